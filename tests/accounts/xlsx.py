"""Spreadsheets as people make them."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

TITLES = ["Código", "Nome", "Nível", "Tipo", "Natureza", "Grupo acima", "Código externo"]


def book(*lines: list[Any], titles: list[Any] | None = None, above: int = 0) -> bytes:
    """A file of one sheet: lines above, the titles, the lines. What begins with = is a formula."""
    made = Workbook()
    sheet = made.active
    for _ in range(above):
        sheet.append(["Plano da Contabilidade Exemplo"])
    sheet.append(TITLES if titles is None else titles)
    for line in lines:
        sheet.append(line)
    content = BytesIO()
    made.save(content)
    return content.getvalue()

"""Write the chart of accounts to a spreadsheet (XLSX).

openpyxl takes a tenth of all that a process loads at its start: who writes imports this then.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from accounts.importing.spreadsheet import HEADINGS, Row, column_letter
from accounts.models import Nature


def write_chart(rows: Iterable[Row]) -> bytes:
    """All cells are text, so that 1.10 stays 1.10 and a name that begins with = is a name."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Plano de contas")
    sheet.freeze_panes = "A2"
    for number, width in enumerate((16, 44, 8, 12, 20, 16, 18), 1):
        sheet.column_dimensions[column_letter(number)].width = width
    sheet.append([text_cell(sheet, heading, bold=True) for heading in HEADINGS])
    for row in rows:
        values = (
            row.code,
            row.name,
            "" if row.level is None else str(row.level),
            row.kind,
            Nature(row.nature).label if row.nature else "",
            row.parent_code,
            row.external_code,
        )
        sheet.append([text_cell(sheet, value) for value in values])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def text_cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type, cell.number_format = "s", "@"
    if bold:
        cell.font = Font(bold=True)
    return cell

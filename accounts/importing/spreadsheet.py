"""The chart of accounts as a spreadsheet (XLSX): its rows, and how they are written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts.models import Nature

MAX_PROBLEMS = 50
GROUP, ACCOUNT = "Sintética", "Analítica"
LONGEST_CODE = {GROUP: 20, ACCOUNT: 24}
DEBIT, CREDIT = "D", "C"
HEADINGS = ("Código", "Nome", "Nível", "Tipo", "Natureza", "Grupo acima", "Código externo")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the sheet. `level` is None and the texts are empty where it says nothing."""

    line: int
    code: str
    name: str
    kind: str  # GROUP or ACCOUNT
    level: int | None = None
    nature: str = ""
    parent_code: str = ""
    external_code: str = ""
    side: str = ""  # DEBIT or CREDIT: where the balance stands

    @property
    def is_group(self) -> bool:
        return self.kind == GROUP


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the file from being imported, and where."""

    line: int
    text: str
    column: str = ""  # a letter

    def __str__(self) -> str:
        where = f"Linha {self.line}"
        if self.column:
            where += f", célula {self.column}{self.line}"
        return f"{where}: {self.text}"


@dataclass(slots=True)
class Sheet:
    name: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def write_chart(rows: Iterable[Row]) -> bytes:
    """All cells are text, so that 1.10 stays 1.10 and a name that begins with = is a name."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Plano de contas")
    sheet.freeze_panes = "A2"
    for number, width in enumerate((16, 44, 8, 12, 20, 16, 18), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
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


def parts_of(code: str) -> Iterator[str]:
    """The codes above a dotted one, the nearest first: 1.1.2 → 1.1, 1."""
    while "." in code:
        code = code.rpartition(".")[0]
        yield code

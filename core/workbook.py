"""Writes spreadsheets: XLSX, and CSV as Brazilian programs open it.

What a text begins with is never a formula: in an XLSX it is a cell of text, in a CSV it is given an
apostrophe. openpyxl takes a tenth of all that a process loads at its start, so it is imported when
something is written.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from core.spreadsheet import column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Windows-1252
Value = str | Decimal | int | date | None
# As a program of spreadsheets may run it (OWASP, «CSV Injection»).
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMATS = {Decimal: "#,##0.00", date: "dd/mm/yyyy", int: "0"}
RED = "FDEAE8"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: int = 16  # in letters


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows are written as they come and are not kept."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    # Of the row with that number, from 0 on: the columns that are marked, from 0 on.
    marked: Callable[[int], frozenset[int]] = lambda number: frozenset()


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Numbers are numbers, days are days, everything else is text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        write_sheet(book, sheet)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def write_sheet(book: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Font, PatternFill

    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[column_letter(number)].width = column.width
    bold, red = Font(bold=True), PatternFill("solid", fgColor=RED)
    heads = [cell_of(page, column.title) for column in sheet.columns]
    for head in heads:
        head.font = bold
    page.append(heads)
    for number, row in enumerate(sheet.rows):
        cells = [cell_of(page, value) for value in row]
        for position in sheet.marked(number):
            cells[position].fill = red
        page.append(cells)


def cell_of(page: Any, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell

    content: Any = "" if value is None else value
    cell = WriteOnlyCell(page, value=content)
    if isinstance(value, str) or value is None:
        cell.data_type, cell.number_format = "s", "@"
    else:
        cell.number_format = FORMATS[type(value)]
    return cell


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """One line after the other, with semicolons between, for a response that is streamed."""
    yield BYTE_ORDER_MARK + csv_line([column.title for column in columns])
    for row in rows:
        yield csv_line([written(value) for value in row])


def csv_line(texts: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(texts)
    return line.getvalue()


def written(value: Value) -> str:
    """As it is written here: 1234,50 and 31/12/2026."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text

"""Read the rows of a spreadsheet of payers or charges. Knows no table.

A cell becomes the text that a person would have typed, so that one that is mended on the screen is
read in the same way; what the file had it as (a formula, a serial number, a merged cell) is said
beside it.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from charges.importing.columns import BY_KEY, Headings, Sort, headings_of
from charges.models import ImportFile
from core.plurals import dotted
from core.spreadsheet import (
    HEADINGS_WITHIN,
    Bounds,
    Cell,
    Opened,
    column_letter,
    is_xlsx,
    open_csv,
    open_xlsx,
    refused,
)
from core.text import clean, shorten
from core.xlsx_package import column_number

BOUNDS = Bounds(size=5 * 1024 * 1024, rows=5_000, columns=60)
LONGEST = 1_500  # letters of a cell: five e-mails
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_050  # of 2000 and of 2099, counted from 1900
# Days between the two beginnings that spreadsheets count from (ECMA-376, 18.17.4.1).
TO_1904 = 1_462
EPOCH = dt.date(1899, 12, 30)
ERROR = re.compile(
    r"#(REF|N/A|N/D|VALUE|VALOR|DIV/0|NAME|NOME|NUM|NÚM|NULL|NULO)[!?]?", re.IGNORECASE
)
PLACE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(slots=True)
class ReadRow:
    """`unread` and `remarks` are sentences by key of the column."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadFile:
    sheet: str
    columns: Sequence[str]  # keys, in the order of the file
    ignored: Sequence[str]
    rows: Sequence[ReadRow]


def read_file(content: bytes, kind: str, *, name: str = "") -> ReadFile:
    """The rows of an XLSX or a CSV, whatever is wrong in them.

    Raises:
        InvalidInput: (field «file») it is no spreadsheet that can be read, is too large, or lacks
            headings or rows.
    """
    opened = open_xlsx(content, BOUNDS) if is_xlsx(content) else open_csv(content, BOUNDS)
    start, headings = find_headings(opened, kind)
    reader = Reader(opened, headings)
    rows = [row for row in reader.rows(start) if row.cells or row.unread]
    if not rows:
        raise refused(
            f"A planilha «{opened.name}» não tem nenhuma linha abaixo dos títulos.", code="no_rows"
        )
    if len(rows) > BOUNDS.rows:
        raise refused(
            f"A planilha tem {dotted(len(rows))} linhas; o máximo é {dotted(BOUNDS.rows)}. "
            "Divida-a em partes.",
            code="too_many_rows",
        )
    columns = sorted(headings.places, key=lambda key: headings.places[key])
    return ReadFile(opened.name, columns, headings.ignored, rows)


def find_headings(opened: Opened, kind: str) -> tuple[int, Headings]:
    """How many lines there are down to the headings, and what they say.

    Raises:
        InvalidInput: no line has them, or one column lacks.
    """
    best, start = Headings({}, []), 0
    for number, cells in enumerate(opened.lines[:HEADINGS_WITHIN], 1):
        found = headings_of(cells, kind)
        if len(found.places) > len(best.places):
            best, start = found, number
    if len(best.places) < 2:
        raise refused(
            "Não há uma linha com os títulos das colunas. Baixe o modelo e copie seus dados para "
            "ele.",
            code="no_headings",
        )
    if missing := best.missing(kind):
        is_charge_in_payers = kind == ImportFile.Kind.CHARGES and {"Valor", "Vencimento"} <= {
            *missing
        }
        hint = " Se são só pagadores, escolha «Pagadores»." if is_charge_in_payers else ""
        raise refused(f"Falta a coluna «{missing[0]}».{hint}", code="missing_column")
    return start, best


class Reader:
    """Makes texts of cells, and keeps what is to be said of them."""

    def __init__(self, opened: Opened, headings: Headings) -> None:
        self.opened, self.headings = opened, headings
        self.merged = merged_below(opened.merged)

    def rows(self, start: int) -> Iterator[ReadRow]:
        for line, cells in enumerate(self.opened.lines[start:], start + 1):
            row = ReadRow(line)
            for key, position in self.headings.places.items():
                self.take(row, key, position, cells[position] if position < len(cells) else "")
            yield row

    def take(self, row: ReadRow, key: str, position: int, cell: Cell) -> None:
        place = f"{column_letter(position + 1)}{row.line}"
        text, remark = text_of(cell, BY_KEY[key].sort, self.opened.counts_from_1904)
        if place in self.opened.errors or ERROR.fullmatch(text):
            row.unread[key] = "A planilha mostra um erro (como #REF!) aqui: escreva o valor."
            return
        if place in self.opened.formulas:
            if not text:
                row.unread[key] = "Fórmula sem valor salvo: escreva o valor no lugar dela."
                return
            remark = "Valor de uma fórmula, como estava salvo no arquivo."
        if not text and place in self.merged:
            row.unread[key] = (
                f"Célula mesclada com {self.merged[place]}: escreva o valor em cada linha."
            )
            return
        if text:
            row.cells[key] = shorten(text, LONGEST)
        if text and remark:
            row.remarks[key] = remark


def merged_below(ranges: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Of the cells that a merge covers below its first row: the first cell of it."""
    covered: dict[str, str] = {}
    for first, last in ranges:
        begins, ends = PLACE.fullmatch(first), PLACE.fullmatch(last)
        if begins is None or ends is None or begins[1] != ends[1]:
            continue  # over several columns it is a title
        below = f"{begins[1]}{int(begins[2]) + 1}"
        # Of columns that no row reaches, and of ranges that overlap, which no program writes
        # (ECMA-376, 18.3.1.55), a small file may tell without end.
        if column_number(begins[1]) > BOUNDS.columns or below in covered:
            continue
        for line in range(int(begins[2]) + 1, min(int(ends[2]), BOUNDS.rows + HEADINGS_WITHIN) + 1):
            covered[f"{begins[1]}{line}"] = first
    return covered


def text_of(cell: Cell, sort: Sort, counts_from_1904: bool) -> tuple[str, str]:
    """What a person would have typed, and what is to be said of it."""
    if isinstance(cell, bool):
        return ("VERDADEIRO" if cell else "FALSO"), ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%d/%m/%Y}", ""
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}", ""
    if isinstance(cell, int | float):
        if sort is Sort.DAY:
            return day_of_serial(cell, counts_from_1904)
        return number_text(cell), ""
    return clean(str(cell)), ""


def day_of_serial(number: float, counts_from_1904: bool) -> tuple[str, str]:
    if not math.isfinite(number):
        return number_text(number), ""
    serial = int(number) + (TO_1904 if counts_from_1904 else 0)
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return number_text(number), ""
    day = EPOCH + dt.timedelta(days=serial)
    return f"{day:%d/%m/%Y}", f"Estava como o número {number_text(number)}."


def number_text(number: float) -> str:
    """Spreadsheets keep fifteen figures of a number; the rest is noise of its arithmetic."""
    text = f"{number:.15g}" if isinstance(number, float) else str(number)
    if "e" in text:
        text = f"{float(number):.0f}" if abs(number) >= 1 else f"{float(number):.15f}".rstrip("0")
    return text.replace(".", ",")

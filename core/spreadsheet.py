"""Opens the spreadsheets that people send: XLSX, and CSV where it is taken. Knows no table.

Values of an XLSX come from calamine; what it cannot tell (formulas, errors, merged cells, how far a
sheet reaches) is read from the sheet's own XML before it, and calamine is handed only what was
looked through (see core.xlsx_package).
"""

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineWorkbook, XmlError, ZipError

from core.errors import InvalidInput
from core.plurals import dotted
from core.text import read_line
from core.xlsx_package import COMPOUND, NotXlsx, TooMuchText, survey

Cell = int | float | str | bool | dt.date | dt.time | dt.timedelta
LONGEST_HEADING = 200
TOO_MUCH_TEXT = (
    "A planilha tem texto demais. Deixe só as colunas necessárias, com textos curtos, e tente de "
    "novo."
)
# What a picture, a document or a page begins with, whatever the file is called.
SIGNATURES = (
    (b"\x89PNG", "uma imagem"), (b"\xff\xd8\xff", "uma imagem"), (b"GIF8", "uma imagem"),
    (b"%PDF", "um PDF"), (b"Rar!", "um arquivo compactado"),
    (b"7z\xbc\xaf", "um arquivo compactado"), (b"\x1f\x8b", "um arquivo compactado"),
    (b"{\\rtf", "um texto do Word"),
)  # fmt: skip
PAGE = re.compile(rb"\s*<(!doctype|html|table|\?xml|\w+:workbook)", re.IGNORECASE)
DELIMITERS = ";,\t"
HEADINGS_WITHIN = 20  # rows: what stands above the headings is a title


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file and its sheet may be."""

    size: int  # bytes
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The cells of one sheet. Its first line is line 1, its first column A."""

    name: str
    lines: Sequence[list[Cell]]
    formulas: frozenset[str] = frozenset()  # «C12»
    errors: frozenset[str] = frozenset()  # that show #REF! or the like
    merged: Sequence[tuple[str, str]] = ()  # («A2», «A5»)
    counts_from_1904: bool = False


def open_xlsx(content: bytes, bounds: Bounds) -> Opened:
    """The first visible sheet.

    Raises:
        InvalidInput: (field «file») it is no spreadsheet that can be read, or is too large.
    """
    check_size(content, bounds)
    if content.startswith(COMPOUND):
        raise locked_or_old()
    try:
        found = survey(content)
    except NotXlsx:
        raise unreadable() from None
    except TooMuchText:
        raise refused(TOO_MUCH_TEXT, code="too_much_text") from None
    if found is None:
        raise refused("O arquivo não tem uma planilha visível.", code="no_sheet")
    # Before calamine lays the sheet out whole in memory.
    if found.last_row > bounds.rows + HEADINGS_WITHIN or found.last_column > bounds.columns:
        raise refused(
            f"A planilha «{found.name}» vai até a linha {dotted(found.last_row)} e a coluna "
            f"{found.last_column}: o máximo é de {dotted(bounds.rows)} linhas e {bounds.columns} "
            "colunas. Divida-a em partes, ou apague o que sobra, e tente de novo.",
            code="too_many_cells",
        )
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(found.content))
        lines = book.get_sheet_by_name(found.name).to_python(skip_empty_area=False)
    except (CalamineError, ZipError, XmlError, OverflowError):  # the last: a huge duration
        raise unreadable() from None
    return Opened(
        found.name,
        lines,
        frozenset(found.formulas),
        frozenset(found.errors),
        found.merged,
        found.counts_from_1904,
    )


def open_csv(content: bytes, bounds: Bounds, *, name: str = "CSV") -> Opened:
    """Lines of text, with semicolons, commas or tabs between, in UTF-8 or Windows-1252.

    Raises:
        InvalidInput: (field «file») it is no text, or is too large.
    """
    check_size(content, bounds)
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    lines: list[list[Cell]] = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            lines.append(list(row))
            if len(lines) > bounds.rows + HEADINGS_WITHIN or len(row) > bounds.columns:
                raise refused(
                    f"O arquivo passa de {dotted(bounds.rows)} linhas ou {bounds.columns} colunas. "
                    "Divida-o em partes.",
                    code="too_many_cells",
                )
    except csv.Error:  # a cell without its closing quotation mark, or a field without end
        raise unreadable_csv() from None
    return Opened(name, lines)


def decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise unreadable_csv()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def is_xlsx(content: bytes) -> bool:
    """Whether it is an XLSX file, and not a CSV; by what is in it, for names are typed.

    Raises:
        InvalidInput: (field «file») it is neither, as its first bytes tell.
    """
    if not content.strip():
        raise refused("O arquivo está vazio.", code="empty")
    if content.startswith(COMPOUND):
        raise locked_or_old()
    for signature, what in SIGNATURES:
        if content.startswith(signature):
            raise refused(
                f"O arquivo é {what}, e não uma planilha. Envie um «.xlsx» ou «.csv».",
                code="another_kind",
            )
    if PAGE.match(content):
        raise refused(
            "O arquivo é uma página com nome de planilha. Abra-o no programa de planilhas e salve "
            "como «.xlsx».",
            code="another_kind",
        )
    if content.startswith(b"PK"):
        return True
    decoded(content)
    return False


def check_size(content: bytes, bounds: Bounds) -> None:
    if len(content) > bounds.size:
        raise refused(f"O arquivo passa de {bounds.size // 1024 // 1024} MB.", code="too_large")


def locked_or_old() -> InvalidInput:
    return refused(
        "O arquivo tem senha ou é do formato antigo. Salve-o como «.xlsx», sem senha.",
        code="locked_or_old",
    )


def unreadable() -> InvalidInput:
    return refused(
        "Não foi possível ler este arquivo como planilha XLSX. Abra-o no programa de planilhas "
        "e salve como «.xlsx».",
        code="unreadable",
    )


def unreadable_csv() -> InvalidInput:
    return refused(
        "Não foi possível ler este arquivo. Envie uma planilha «.xlsx», ou um «.csv» com ponto e "
        "vírgula entre as colunas.",
        code="unreadable",
    )


def refused(text: str, *, code: str) -> InvalidInput:
    return InvalidInput(text, field="file", code=code)


def heading_of(text: str) -> str:
    """Of «Cód.», «Natureza (D/C)» and «Tipo S/A»: cod, natureza, tipo."""
    bare = re.sub(r"\(.*?\)|[^a-z0-9/ ]", " ", plain(text[:LONGEST_HEADING]))
    heading = " ".join(bare.split()).replace(" / ", "/")
    return re.sub(r" (s/a|a/s|t/a|a/t|d/c|c/d)$", "", heading)


def plain(text: str) -> str:
    """Without accents, capitals, outer blanks and what nobody sees."""
    parts = unicodedata.normalize("NFKD", read_line(text))
    kept = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(kept.casefold().split())


@cache
def column_letter(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

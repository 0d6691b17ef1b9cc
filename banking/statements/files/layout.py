"""Where the headings of a table stand, and which column is which."""

from collections.abc import Callable, Sequence

from banking.statements.files.amounts import decimal_mark, read_amount
from banking.statements.files.cells import as_text
from banking.statements.files.column_sample import Rows, has_sign, told_at
from banking.statements.files.columns import MOST_COLUMNS, Columns, headings_of, recognise
from banking.statements.files.contract import NotRead, UnreadableFile
from banking.statements.files.days import read_day
from core.spreadsheet import Cell

HEADINGS_WITHIN = 60  # rows
LONGEST_DAY = 25  # letters, with the hour


def layout_of(rows: Sequence[Sequence[Cell]], columns: Columns | None) -> tuple[int, Columns]:
    """How many rows stand above the first movement, and which column is which.

    Raises:
        UnreadableFile: there are no such headings.
    """
    if columns is not None and not columns.headings:
        return 0, columns
    for number, cells in enumerate(rows[:HEADINGS_WITHIN], 1):
        found = recognise(cells) if columns is None else columns
        if found is not None and headings_of(cells) == found.headings:
            return number, found
    if columns is not None:
        raise UnreadableFile(
            "As colunas deste arquivo não são as do último: confira qual é qual.",
            code="other_headings",
        )
    bare = without_headings(rows)
    if bare is not None:
        return 0, bare
    raise UnreadableFile(
        "Não reconhecemos as colunas deste arquivo: informe onde estão data, descrição e valor.",
        code="columns_unknown",
    )


def without_headings(rows: Rows) -> Columns | None:
    """Of a file that has none, as Itaú writes it: each row is a day, a text and an amount, and
    money out has a minus. None where anything is left to guess."""
    width = max((len(cells) for cells in rows), default=0)
    if width > MOST_COLUMNS:
        return None
    rows = [cells for cells in rows if any(as_text(cell) for cell in cells)]
    days, amounts, texts = [], [], []
    for position in range(width):
        told = told_at(position, rows)
        if len(told) < len(rows) and told:
            return None
        if told and all(map(is_day, told)):
            days.append(position)
        elif told and all(map(is_money, told)):
            amounts.append(position)
        elif told:
            texts.append(position)
    if len(days) != 1 or len(amounts) != 1 or not texts:
        return None
    columns = Columns((), days[0], amounts[0], texts=tuple(texts))
    return columns if has_sign(columns, rows) else None


def is_day(text: str) -> bool:
    return len(text) <= LONGEST_DAY and can(read_day, text)


def is_money(text: str) -> bool:
    """With centavos: what has none may be a number of something."""
    return bool(decimal_mark([text])) and can(read_amount, text)


def can(read: Callable[[str], object], text: str) -> bool:
    try:
        return read(text) is not None
    except NotRead:
        return False

"""What the first rows of a table tell of its columns, beyond their headings."""

from collections.abc import Sequence
from dataclasses import replace

from banking.statements.files.amounts import decimal_mark
from banking.statements.files.cells import as_amount, as_text, at
from banking.statements.files.codes import currency_code
from banking.statements.files.columns import HEADINGS, TEXTS, Columns, side_of
from banking.statements.files.contract import NotRead
from banking.statements.files.days import is_month_first
from core.spreadsheet import Cell

Rows = Sequence[Sequence[Cell]]


def understood(columns: Columns, rows: Rows, *, is_recognised: bool) -> Columns:
    """With what the cells show of how the columns are written. What a person said of them stays."""
    days = [cell for cells in rows if isinstance(cell := at(cells, columns.date), str)]
    money = (at(cells, position) for cells in rows for position in columns.money)
    mark = columns.decimal_mark or decimal_mark(c.strip() for c in money if isinstance(c, str))
    month_first = columns.is_month_first
    if month_first is None:
        month_first = is_month_first([day.strip() for day in days])
    found = replace(columns, decimal_mark=mark, is_month_first=month_first)
    if is_recognised and found.headings:
        found = with_direction(found, rows)
        found = replace(found, texts=texts_of(found, rows))
    return replace(found, is_unsigned=found.direction is not None and not has_sign(found, rows))


def with_direction(columns: Columns, rows: Rows) -> Columns:
    """«Tipo» is the direction where it says C or D, and a text where it says «Pix»."""
    candidates = directions_of(columns)
    chosen = None
    if columns.amount is not None:
        chosen = next((each for each in candidates if tells_sides(told_at(each, rows))), None)
    named = {position for position in columns.texts if columns.headings[position] in TEXTS}
    texts = {*named, *candidates} - {chosen}
    return replace(columns, direction=chosen, texts=tuple(sorted(texts)) or columns.texts)


def directions_of(columns: Columns) -> list[int]:
    headings = columns.headings
    return [headings.index(name) for name in HEADINGS["direction"] if name in headings]


def told_at(position: int, rows: Rows) -> list[str]:
    return [text for cells in rows if (text := as_text(at(cells, position)))]


def tells_sides(texts: Sequence[str]) -> bool:
    return sum(bool(side_of(text)) for text in texts) * 2 > len(texts)


def texts_of(columns: Columns, rows: Rows) -> tuple[int, ...]:
    """Without those that hold nothing but numbers, unless all do: «Transação» may be one's id."""
    words = tuple(
        position
        for position in columns.texts
        if not (told := told_at(position, rows)) or not all(text.isdigit() for text in told)
    )
    return words or columns.texts


def has_sign(columns: Columns, rows: Rows) -> bool:
    return any(is_out(at(cells, columns.amount), columns.decimal_mark) for cells in rows)


def is_out(cell: Cell, mark: str) -> bool:
    try:
        amount = as_amount(cell, mark)
    except NotRead:
        return False
    return amount is not None and amount < 0


def only_currency(columns: Columns, rows: Rows) -> str:
    """Of all rows; empty where they tell none, or several."""
    if columns.currency is None:
        return ""
    told = {currency_code(text) for text in told_at(columns.currency, rows)} - {""}
    return told.pop() if len(told) == 1 else ""

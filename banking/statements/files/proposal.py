"""Which column may be which, for a person to correct: by its heading, else by its cells."""

from collections.abc import Callable, Sequence

from banking.statements.files.cells import as_text, at
from banking.statements.files.column_sample import Rows, tells_sides, told_at
from banking.statements.files.columns import HEADINGS, MOST_COLUMNS, TEXTS, headings_of, position_of
from banking.statements.files.layout import is_day, is_money
from core.spreadsheet import Cell

LEAST = 0.6  # of the cells


def proposed(titles: Sequence[Cell], rows: Rows) -> dict[str, int]:
    """By role, as `Columns` names them; all texts are «text». `rows` stand below the titles."""
    headings = headings_of(titles)
    found = {
        role: position
        for role, names in HEADINGS.items()
        if (position := position_of(names, headings)) is not None
    }
    if "direction" in found and not tells_sides(told_at(found["direction"], rows)):
        del found["direction"]
    width = min(MOST_COLUMNS, max((len(cells) for cells in rows), default=0))
    positions = [position for position in range(width) if told_at(position, rows)]
    if "date" not in found:
        found |= first("date", [p for p in positions if mostly(is_day, p, rows)])
    free = [position for position in positions if position not in found.values()]
    money = [position for position in free if mostly(is_money, position, rows)]
    if not found.keys() & {"amount", "credit", "debit"}:
        found |= first("amount", money)
    return found | first("text", texts_of(headings, [p for p in free if p not in money], rows))


def first(role: str, positions: Sequence[int]) -> dict[str, int]:
    return {role: positions[0]} if positions else {}


def mostly(holds: Callable[[str], bool], position: int, rows: Rows) -> bool:
    told = told_at(position, rows)
    return sum(map(holds, told)) >= LEAST * len(told)


def texts_of(headings: Sequence[str], free: Sequence[int], rows: Rows) -> list[int]:
    """The one with such a heading, else that with the most letters."""
    named = [position for position in free if position < len(headings)]
    named = [position for position in named if headings[position] in TEXTS]
    return named or sorted(free, key=lambda position: -letters(position, rows))


def letters(position: int, rows: Rows) -> int:
    return sum(sign.isalpha() for cells in rows for sign in as_text(at(cells, position)))

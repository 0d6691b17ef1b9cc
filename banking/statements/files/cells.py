"""What stands in one cell of a table: the text of a CSV, or what an XLSX holds."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal

from banking.statements.files.amounts import TOO_LARGE, TOO_PRECISE, UNREADABLE, read_amount
from banking.statements.files.columns import Columns
from banking.statements.files.contract import FIRST_YEAR, LAST_YEAR, NotRead
from banking.statements.files.days import NO_DAY, NO_SUCH_DAY, day_of, read_day
from banking.statements.files.particulars import tidy
from core.money import MAX_AMOUNT
from core.spreadsheet import Cell

EPOCH, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
# Days as spreadsheets count them. What is less or more is another number.
SERIALS = range((dt.date(FIRST_YEAR, 1, 1) - EPOCH).days, (dt.date(LAST_YEAR, 12, 31) - EPOCH).days)
LEAST_CENTAVO = 1e-6  # by which a number may miss its centavos


def at(cells: Sequence[Cell], position: int | None) -> Cell:
    return cells[position] if position is not None and position < len(cells) else ""


def as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return tidy(str(cell))


def as_amount(cell: Cell, mark: str) -> Decimal | None:
    """Raises:
    NotRead: it is none of money.
    """
    if isinstance(cell, str):
        return read_amount(cell.strip(), mark)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise NotRead(UNREADABLE)
    if abs(cell) > MAX_AMOUNT:
        raise NotRead(TOO_LARGE)
    amount = round(Decimal(cell), 2)
    if abs(float(amount) - cell) > LEAST_CENTAVO:
        raise NotRead(TOO_PRECISE)
    return amount


def as_day(cell: Cell, columns: Columns, *, counts_from_1904: bool) -> dt.date:
    """Raises:
    NotRead: it is no day.
    """
    if isinstance(cell, str):
        return read_day(cell, is_month_first=bool(columns.is_month_first), year_by=columns.year_by)
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not math.isfinite(cell) or int(cell) not in SERIALS:
            raise NotRead(NO_SUCH_DAY)
        cell = (EPOCH_1904 if counts_from_1904 else EPOCH) + dt.timedelta(int(cell))
    if not isinstance(cell, dt.date):
        raise NotRead(NO_DAY)
    if columns.swaps_days and cell.day <= 12:
        return day_of(cell.year, cell.day, cell.month)
    return day_of(cell.year, cell.month, cell.day)

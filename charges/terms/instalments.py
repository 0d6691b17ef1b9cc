"""One sale in N parts, to the centavo."""

from datetime import date
from decimal import ROUND_DOWN, Decimal

from core.money import CENTAVO

MOST = 60


def split_amount(total: Decimal, count: int) -> list[Decimal]:
    """`count` parts that add up to `total`. They differ by a centavo at most, the larger first."""
    least = (total / count).quantize(CENTAVO, ROUND_DOWN)
    larger = int((total - least * count) / CENTAVO)
    return [least + CENTAVO] * larger + [least] * (count - larger)


def most_instalments(total: Decimal, smallest: Decimal) -> int:
    """Into how many parts it goes without one below `smallest`."""
    return min(int(total / smallest), MOST)


def monthly(first: date, count: int) -> list[date]:
    """The day of the first one in each month; in a shorter month its last day."""
    return [in_month(first, months) for months in range(count)]


def in_month(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    for day in range(first.day, first.day - 4, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("a month has 28 days")

"""The days on which banks settle, and the São Paulo day.

The calendar is ANBIMA's, as the `bizdays` package carries it from 2000 to 2099: weekends and
the national bank holidays of Resolução CMN 4.880/2020 (20 November from 2024 on). Ash Wednesday
and 24 December are banking days. City and state holidays do not stop the national rails.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from brazil.errors import InvalidValue

SAO_PAULO = ZoneInfo("America/Sao_Paulo")

ONE_DAY = timedelta(days=1)


class DebtKind(StrEnum):
    """Which way a due date rolls when no bank is open on it."""

    ORDINARY = "ordinary"
    TAX = "tax"


def is_banking_day(day: date) -> bool:
    """Whether it is neither a weekend nor a bank holiday. 31 December may be one.

    Raises:
        InvalidValue: the calendar does not reach this day.
    """
    calendar = _anbima()
    if not calendar.startdate <= day <= calendar.enddate:
        raise InvalidValue(
            "O calendário bancário vai de "
            f"{calendar.startdate:%d/%m/%Y} a {calendar.enddate:%d/%m/%Y}."
        )
    return bool(calendar.isbizday(day))


def next_banking_day(day: date) -> date:
    """Return the first banking day from `day` on: the day itself when it is one.

    Raises:
        InvalidValue: the calendar does not reach that far.
    """
    while not is_banking_day(day):
        day += ONE_DAY
    return day


def previous_banking_day(day: date) -> date:
    """Return the last banking day up to `day`: the day itself when it is one.

    Raises:
        InvalidValue: the calendar does not reach that far.
    """
    while not is_banking_day(day):
        day -= ONE_DAY
    return day


def is_settlement_day(day: date) -> bool:
    """Whether TED and boletos settle: a banking day that is not 31 December.

    On 31 December banks neither serve the public nor settle, though it is no holiday; Pix works.

    Raises:
        InvalidValue: the calendar does not reach this day.
    """
    return is_banking_day(day) and (day.month, day.day) != (12, 31)


def payment_date_for(due_date: date, *, kind: DebtKind) -> date:
    """Return the last day on which TED or boleto pays a bill in time.

    An ordinary debt due on a day without banks is paid on the next banking day without interest
    (Lei 7.089/1983, art. 1; Código Civil, art. 132 § 1); a tax on the one before. Where that
    comes to 31 December, the settlement day before it. The due date itself is never altered.

    Raises:
        InvalidValue: the calendar does not reach that far.
    """
    roll = next_banking_day if kind is DebtKind.ORDINARY else previous_banking_day
    day = roll(due_date)
    while not is_settlement_day(day):
        day -= ONE_DAY
    return day


def sao_paulo_day(instant: datetime) -> date:
    """Return the São Paulo day of an aware instant.

    Raises:
        ValueError: the instant has no time zone, which is a fault of the program.
    """
    if instant.utcoffset() is None:
        raise ValueError("an instant without a time zone has no day")
    return instant.astimezone(SAO_PAULO).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a São Paulo day and that of the next one, both in UTC.

    The second is not part of the day. A day may have 23 or 25 hours: summer time, last in 2019.

    Raises:
        InvalidValue: the day is the last that a date can hold.
    """
    try:
        following = day + ONE_DAY
    except OverflowError:
        raise InvalidValue("Esta data está longe demais.") from None
    return _first_instant(day), _first_instant(following)


def _first_instant(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SAO_PAULO).astimezone(UTC)


@cache
def _anbima() -> Any:
    # bizdays brings pandas along: a third of a second and its memory, only for who needs it.
    from bizdays import Calendar

    return Calendar.load("ANBIMA")

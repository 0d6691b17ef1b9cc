"""The days on which banks settle, and the São Paulo day.

The calendar is ANBIMA's from 2000 to 2099: weekends and the national bank holidays of
Resolução CMN 4.880/2020. Ash Wednesday and 24 December are banking days. City and state
holidays do not stop the national rails.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from brazil.errors import InvalidValue

SAO_PAULO = ZoneInfo("America/Sao_Paulo")

ONE_DAY = timedelta(days=1)

WEEKEND = (5, 6)  # as `date.weekday` counts

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)

# Month and day of a holiday, and the first year in which banks close on it.
FIXED_HOLIDAYS = {
    (1, 1): FIRST_DAY.year,
    (4, 21): FIRST_DAY.year,
    (5, 1): FIRST_DAY.year,
    (9, 7): FIRST_DAY.year,
    (10, 12): FIRST_DAY.year,
    (11, 2): FIRST_DAY.year,
    (11, 15): FIRST_DAY.year,
    (11, 20): 2024,  # Lei 14.759/2023
    (12, 25): FIRST_DAY.year,
}
# Days after Easter: Carnival Monday and Tuesday, Good Friday, Corpus Christi.
MOVABLE_HOLIDAYS = (-48, -47, -2, 60)


class DebtKind(StrEnum):
    """Which way a due date rolls when no bank is open on it."""

    ORDINARY = "ordinary"
    TAX = "tax"


def is_banking_day(day: date) -> bool:
    """Whether it is neither a weekend nor a bank holiday. 31 December may be one.

    Raises:
        InvalidValue: the calendar does not reach this day.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidValue(
            f"O calendário bancário vai de {FIRST_DAY:%d/%m/%Y} a {LAST_DAY:%d/%m/%Y}."
        )
    return day.weekday() not in WEEKEND and day not in _bank_holidays(day.year)


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
def _bank_holidays(year: int) -> frozenset[date]:
    fixed = {
        date(year, month, day)
        for (month, day), first_year in FIXED_HOLIDAYS.items()
        if year >= first_year
    }
    easter = _easter(year)
    return frozenset(fixed | {easter + timedelta(days=days) for days in MOVABLE_HOLIDAYS})


def _easter(year: int) -> date:
    """Return the Sunday after the church's first full moon from 21 March on.

    Gauss's rule; its 24 holds from 1900 to 2199. The full moon is on 18 April at the latest and
    on 19 different days in the 19 years of its cycle: so there are two exceptions.
    """
    year_of_cycle = year % 19
    days = (19 * year_of_cycle + 24) % 30
    if days == 29 or (days == 28 and year_of_cycle > 10):
        days -= 1
    full_moon = date(year, 3, 21) + timedelta(days=days)
    return full_moon + timedelta(days=7 - full_moon.isoweekday() % 7)

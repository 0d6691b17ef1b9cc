"""The simulator's own time: the machine's clock moved by an offset that the control API sets."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock:
    """Instants are aware UTC; a day is a São Paulo calendar day."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        return sao_paulo_day(self.now())

    def set(self, instant: datetime) -> None:
        """Make it be `instant` (aware) now. Time goes on from there."""
        self.offset = instant - datetime.now(UTC)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC: how the store keeps an instant."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def sao_paulo_day(instant: datetime) -> date:
    return instant.astimezone(SAO_PAULO).date()


def at_sao_paulo(day: date, clock_time: time) -> datetime:
    """The UTC instant of a São Paulo wall time."""
    return datetime.combine(day, clock_time, tzinfo=SAO_PAULO).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after the São Paulo day."""
    return at_sao_paulo(day + timedelta(days=1), time())


@cache
def is_banking_day(day: date) -> bool:
    """Whether banks settle: weekdays outside the national holidays (Resolução CMN 4.880/2020).

    20 November counts from 2024 (Lei 14.759/2023). 31 December has no settlement either.
    """
    if day.weekday() >= 5 or (day.month, day.day) in _FIXED_HOLIDAYS:
        return False
    if (day.month, day.day) == (11, 20) and day.year >= 2024:
        return False
    return (day - _easter(day.year)).days not in (-48, -47, -2, 60)


def next_banking_day(day: date) -> date:
    """The day itself when banks settle on it, else the next one that they do."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


_FIXED_HOLIDAYS = frozenset(
    {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25), (12, 31)}
)


def _easter(year: int) -> date:
    """Easter Sunday (Meeus/Jones/Butcher, Gregorian calendar)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quarter, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)

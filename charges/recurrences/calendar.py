"""Which periods a contract has, when each falls due, and from when it is issued. Pure.

Each date comes from the contract's day and never from the date before, so a day that a short month
lacks is back in the next one (31/01, 28/02, 31/03). A due date on a day without banks stays: it is
paid on the next one without fine, and interest counts from it (charges/terms/amounts.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile

from charges.models import Recurrence

# The calendar of banks ends there.
END = date(2099, 1, 1)
WORDS = {
    1: "todo mês", 2: "a cada 2 meses", 3: "a cada 3 meses", 6: "a cada 6 meses", 12: "todo ano"
}  # fmt: skip
MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
    "outubro", "novembro", "dezembro",
)  # fmt: skip


def add_months(month: date, number: int) -> date:
    """Of the first day of a month."""
    year, index = divmod(month.year * 12 + month.month - 1 + number, 12)
    return date(year, index + 1, 1)


def due_in(month: date, day: int) -> date:
    """That day of the month; in a shorter month its last one."""
    last = add_months(month, 1) - timedelta(days=1)
    return month.replace(day=min(day, last.day))


@dataclass(frozen=True, slots=True)
class Calendar:
    day: int
    every_months: int
    first_month: date
    last_month: date | None = None
    days_before: int = 0

    @classmethod
    def of(cls, recurrence: Recurrence) -> "Calendar":
        return cls(
            recurrence.day,
            recurrence.every_months,
            recurrence.first_month,
            recurrence.last_month,
            recurrence.days_before,
        )

    def months(self, since: date | None = None) -> Iterator[date]:
        """The periods from that month on, by the first day of each; without end, to the end of
        the calendar."""
        passed = months_between(self.first_month, since) if since else 0
        start = max(-(-passed // self.every_months), 0)
        every = (add_months(self.first_month, n * self.every_months) for n in count(start))
        return takewhile(self.is_before_end, every)

    def is_before_end(self, month: date) -> bool:
        return month < END and (self.last_month is None or month <= self.last_month)

    def has(self, month: date) -> bool:
        passed = months_between(self.first_month, month)
        fits = passed >= 0 and passed % self.every_months == 0 and month.day == 1
        return fits and self.is_before_end(month)

    def due(self, month: date) -> date:
        return due_in(month, self.day)

    def issue_day(self, month: date) -> date:
        return self.due(month) - timedelta(days=self.days_before)

    def number(self, month: date) -> int:
        """Of a period, counted from 1."""
        return months_between(self.first_month, month) // self.every_months + 1

    @property
    def size(self) -> int | None:
        """How many periods there are; None without end."""
        return None if self.last_month is None else self.number(self.last_month)

    def first_due_from(self, day: date) -> date | None:
        """The first period that does not fall due before that day."""
        since = add_months(day.replace(day=1), 0)
        return next((month for month in self.months(since) if self.due(month) >= day), None)

    def passed_before(self, day: date) -> list[date]:
        """The periods that fell due before that day."""
        return list(takewhile(lambda month: self.due(month) < day, self.months()))


def months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month

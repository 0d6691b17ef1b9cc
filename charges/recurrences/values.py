"""What each period of a contract costs: its first value, and the adjustments since. Pure.

An adjustment holds for what falls due from the anniversary on, whenever it was typed; what has a
charge already keeps what it has.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from charges.models import Recurrence, RecurrenceValue
from charges.recurrences.calendar import END, Calendar, add_months
from charges.terms.amounts import rounded

HUNDRED = Decimal(100)
A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Step:
    from_month: date
    amount: Decimal
    anniversary: date | None = None

    @classmethod
    def of(cls, value: RecurrenceValue) -> "Step":
        return cls(value.from_month, value.amount, value.anniversary)


def amount_in(month: date, steps: Sequence[Step]) -> Decimal:
    """`steps` are in the order in which they were made: of one month the last one holds."""
    held = [step for step in steps if step.from_month <= month]
    return max(enumerate(held), key=lambda each: (each[1].from_month, each[0]))[1].amount


def adjusted(amount: Decimal, percent: Decimal) -> Decimal:
    """Rounded once, half a centavo up."""
    return rounded(amount * (HUNDRED + percent) / HUNDRED)


def anniversaries(recurrence: Recurrence) -> Iterator[date]:
    """The months of adjustment that the contract still has, the next one first."""
    start = add_months(recurrence.adjusted_to, 1)
    month = start.replace(month=recurrence.adjust_month)
    if month < start:
        month = add_months(month, A_YEAR)
    while month < END and (recurrence.last_month is None or month <= recurrence.last_month):
        if month > recurrence.first_month:
            yield month
        month = add_months(month, A_YEAR)


def first_without_charge(calendar: Calendar, since: date, charged: Collection[date]) -> date | None:
    return next((month for month in calendar.months(since) if month not in charged), None)


def foreseen(
    recurrence: Recurrence, steps: Sequence[Step], charged: Collection[date], until: date
) -> list[Step]:
    """The adjustments by a fixed percentage that fall until that month and are not made yet."""
    if recurrence.adjustment != Recurrence.Adjustment.FIXED or not recurrence.adjustment_percent:
        return []
    calendar, made = Calendar.of(recurrence), {step.anniversary for step in steps}
    new: list[Step] = []
    for anniversary in anniversaries(recurrence):
        if anniversary > until:
            break
        since = first_without_charge(calendar, anniversary, charged)
        if anniversary in made or since is None or since > until:
            continue
        before = amount_in(since, [*steps, *new])
        amount = adjusted(before, recurrence.adjustment_percent)
        new.append(Step(since, amount, anniversary))
    return new

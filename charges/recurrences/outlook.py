"""What a contract has before it: the next period, what was left out, what is to be adjusted.

Only `refresh` writes the columns of the contract that follow from its calendar and its charges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice

from charges.models import Charge, Recurrence, RecurrenceValue
from charges.recurrences.calendar import Calendar
from charges.recurrences.values import Step, amount_in, anniversaries, foreseen
from charges.states import ChargeStatus
from tenants.models import TenantQuerySet

# How long before its first charge leaves an adjustment is asked for.
ASK_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Period:
    month: date
    due: date
    issue_day: date
    amount: Decimal
    is_adjusted: bool = False  # the first one after an adjustment


@dataclass(frozen=True)
class Outlook:
    recurrence: Recurrence
    steps: Sequence[Step]
    charged: frozenset[date]  # the periods that have a charge, whatever became of it
    live: frozenset[date]  # those that have one that is not cancelled
    today: date

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar.of(self.recurrence)

    @cached_property
    def ahead(self) -> list[date]:
        """The periods to come that have no charge, the next one first."""
        since = self.calendar.first_due_from(self.today)
        if since is None:
            return []
        months = (month for month in self.calendar.months(since) if month not in self.charged)
        return list(islice(months, 12))

    @property
    def next_month(self) -> date | None:
        return self.ahead[0] if self.ahead else None

    @cached_property
    def left_out(self) -> list[date]:
        """The periods that passed without a charge, and of which nobody said that none is due."""
        skipped = self.recurrence.skipped_to
        return [
            month
            for month in self.calendar.passed_before(self.today)
            if month not in self.charged and (skipped is None or month > skipped)
        ]

    def amount(self, month: date) -> Decimal:
        """With the adjustments by a fixed percentage that fall until then."""
        new = foreseen(self.recurrence, self.steps, self.charged, month)
        return amount_in(month, [*self.steps, *new])

    def period(self, month: date) -> Period:
        calendar, amount = self.calendar, self.amount(month)
        all_steps = [*self.steps, *foreseen(self.recurrence, self.steps, self.charged, month)]
        is_adjusted = any(step.anniversary and step.from_month == month for step in all_steps)
        return Period(month, calendar.due(month), calendar.issue_day(month), amount, is_adjusted)

    @property
    def periods(self) -> list[Period]:
        """The next twelve."""
        return [self.period(month) for month in self.ahead]

    @property
    def open_anniversaries(self) -> list[date]:
        """The last two years' and the next one that are not adjusted yet, for which there is a
        period."""
        made = {step.anniversary for step in self.steps}
        until = self.today + timedelta(days=370)
        since = self.today - timedelta(days=730)
        return (
            [
                month
                for month in anniversaries(self.recurrence)
                if since <= month <= until and month not in made
            ]
            if not self.recurrence.ended_at
            else []
        )

    @property
    def ask_from(self) -> date | None:
        """From when the next adjustment by an index is asked for."""
        if self.recurrence.adjustment != Recurrence.Adjustment.TYPED:
            return None
        for anniversary in self.open_anniversaries:
            month = next(self.calendar.months(anniversary), None)
            if month is not None:
                return self.calendar.issue_day(month) - ASK_BEFORE
        return None


def outlook_of(recurrence: Recurrence, today: date) -> Outlook:
    """Two queries. Runs inside the company's scope."""
    values = RecurrenceValue.objects.of(recurrence.tenant_id).filter(recurrence=recurrence)
    charges = charges_of(recurrence).values_list("recurrence_month", "status")
    told = list(charges)
    return Outlook(
        recurrence,
        [Step.of(value) for value in values.order_by("created_at", "id")],
        frozenset(month for month, _ in told),
        frozenset(month for month, status in told if status != ChargeStatus.CANCELLED),
        today,
    )


def charges_of(recurrence: Recurrence) -> TenantQuerySet:
    rows: TenantQuerySet = Charge.objects.of(recurrence.tenant_id).filter(recurrence=recurrence)
    return rows


def lock_recurrence(recurrence: Recurrence) -> Recurrence:
    """The contract as it is now, held until the transaction ends."""
    held: Recurrence = (
        Recurrence.objects.of(recurrence.tenant_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("tenant", "payer", "revenue_account__group", "bank_account", "responsible")
        .get(id=recurrence.id)
    )
    return held


def refresh(recurrence: Recurrence, today: date, *, not_before: date | None = None) -> Outlook:
    """Write what follows for a contract that the caller holds. Until `not_before` the clock does
    not look at it again."""
    outlook = outlook_of(recurrence, today)
    month, ask_from = outlook.next_month, outlook.ask_from
    period = outlook.period(month) if month else None
    recurrence.next_month = month
    recurrence.next_due = period.due if period else None
    recurrence.next_amount = period.amount if period else None
    recurrence.left_out = len(outlook.left_out)
    recurrence.asks_adjustment = ask_from is not None and ask_from <= today
    days = [period.issue_day] if period else []
    if ask_from is not None and ask_from > today:
        days.append(ask_from)
    recurrence.next_on = max(min(days), not_before or today) if days else None
    recurrence.save(
        update_fields=[
            "next_month", "next_due", "next_amount", "next_on", "left_out", "asks_adjustment",
        ]
    )  # fmt: skip
    return outlook

"""The sums above the list of charges, and the charts that they are drawn from.

What is owed is read from the open charges, what came by day from this month and the one before:
nothing reads charges that have ended.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import formats

from charges.models import REST, Charge, Settlement
from charges.models.charge import STAYED_BEHIND
from charges.states import ChargeStatus
from charges.tracking.unfollowed import unfollowed
from core.dates import ONE_DAY
from core.money import format_brl
from core.plurals import counted
from tenants.models import Tenant

ZERO = Decimal("0.00")
TALLEST = 60  # pixels
TOLD = 2  # questions
WEEKS = 4  # this one and the next ones; what falls due later is one bar
# How many days late, both included; None: no end.
AGES: Sequence[tuple[str, int, int | None]] = (
    ("1 a 7 dias", 1, 7),
    ("8 a 30 dias", 8, 30),
    ("31 a 60 dias", 31, 60),
    ("mais de 60", 61, None),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a chart. `share` is its part of the largest one, 0 to 100."""

    label: str
    amount: Decimal
    share: int
    is_current: bool = False
    title: str = ""  # the label in full, for readers

    @property
    def height(self) -> int:
        """In pixels."""
        return pixels(self.share)

    @property
    def width(self) -> int:
        """In hundredths of the chart: what is not zero is seen."""
        return max(3, self.share)


@dataclass(frozen=True, slots=True)
class Day:
    """What came on a day of this month."""

    day: date
    amount: Decimal
    height: int  # pixels


@dataclass(frozen=True)
class Numbers:
    """Sums of what is left to pay of charges, without fine and interest."""

    today: date
    owed: int
    owed_amount: Decimal
    overdue: int
    overdue_amount: Decimal
    debtors: int
    to_look_at: int
    unfollowed: int
    drafts: int
    weeks: Sequence[Bar]  # of what is not overdue
    ages: Sequence[Bar]  # of what is
    came: Mapping[date, tuple[Decimal, int]]  # by day, since the first of the month before

    @property
    def week_amount(self) -> Decimal:
        """Of what falls due in this week."""
        return self.weeks[0].amount

    @property
    def owed_text(self) -> str:
        if not self.overdue:
            return counted(self.owed, "cobrança em aberto", "cobranças em aberto")
        ahead = format_brl(self.owed_amount - self.overdue_amount)
        return f"{self.owed} em aberto; {ahead} a vencer, por semana"

    @property
    def month(self) -> str:
        return formats.date_format(self.today, "F").lower()

    @property
    def received(self) -> Decimal:
        """In this month."""
        return self.sum_of(self.today.replace(day=1), self.today)[0]

    @property
    def payments(self) -> int:
        return self.sum_of(self.today.replace(day=1), self.today)[1]

    def sum_of(self, since: date, until: date) -> tuple[Decimal, int]:
        found = [told for day, told in self.came.items() if since <= day <= until]
        return sum((amount for amount, _ in found), ZERO), sum(count for _, count in found)

    @property
    def same_day_before(self) -> date:
        """The same day of the month before, or its last one."""
        last = self.today.replace(day=1) - ONE_DAY
        return last.replace(day=min(self.today.day, last.day))

    @cached_property
    def compared(self) -> str:
        """«8 % a mais que até 30/10»; empty where there is nothing to compare."""
        until = self.same_day_before
        before, _ = self.sum_of(until.replace(day=1), until)
        if not before:
            return ""
        change = round((self.received - before) / before * 100)
        if not change:
            return f"o mesmo que até {until:%d/%m}"
        more = "a mais" if change > 0 else "a menos"
        return f"{abs(change)} % {more} que até {until:%d/%m}"

    @property
    def received_text(self) -> str:
        told = counted(self.payments, "recebimento", "recebimentos")
        return f"{told} · {self.compared}" if self.compared else told

    @cached_property
    def days(self) -> list[Day]:
        """Each day of the month until today."""
        first = self.today.replace(day=1)
        every = [first + timedelta(days=n) for n in range(self.today.day)]
        amounts = {day: self.came.get(day, (ZERO, 0))[0] for day in every}
        return [
            Day(day, amount, pixels(share(amount, amounts.values())))
            for day, amount in amounts.items()
        ]

    @property
    def last_day(self) -> int:
        """Of this month."""
        return monthrange(self.today.year, self.today.month)[1]

    @property
    def days_ahead(self) -> range:
        """The rest of the month."""
        return range(self.last_day - self.today.day)

    @property
    def days_received(self) -> list[Day]:
        return [day for day in self.days if day.amount]


def pixels(of_largest: int) -> int:
    return max(2, TALLEST * of_largest // 100)


def share(amount: Decimal, of: Any) -> int:
    largest = max(of, default=ZERO)
    return round(amount / largest * 100) if largest else 0


def numbers_of(tenant: Tenant, today: date) -> Numbers:
    """Seven queries, each by an index of its own."""
    days, charges = owed_by_day(tenant), Charge.objects.of(tenant)
    late, ahead = days_of(days, today, is_late=True), days_of(days, today, is_late=False)
    asked = charges.filter(Q(needs_person=True) | Q(status=ChargeStatus.UNKNOWN)).count()
    behind = charges.filter(STAYED_BEHIND, needs_person=False).count()
    overdue = charges.overdue(today).filter(due_date__lt=today)  # both: the day is in the index
    return Numbers(
        today=today,
        owed=sum(day.count for day in days),
        owed_amount=sum((day.rest for day in days), ZERO),
        overdue=sum(day.count for day in late),
        overdue_amount=sum((day.rest for day in late), ZERO),
        debtors=overdue.order_by().values("payer").distinct().count(),
        weeks=week_bars(ahead, today),
        ages=age_bars(late, today),
        came=received_by_day(tenant, today),
        unfollowed=unfollowed(tenant).count(),
        drafts=charges.filter(status=ChargeStatus.DRAFT).count(),
        to_look_at=asked + behind,
    )


@dataclass(frozen=True, slots=True)
class DueDay:
    """What is open and fell due on a day."""

    due_date: date
    late_from: date
    count: int
    rest: Decimal


def owed_by_day(tenant: Tenant) -> list[DueDay]:
    """One query over the open charges, from the index that has them."""
    rows = Charge.objects.of(tenant).owed().order_by().values_list("due_date", "late_from")
    return [DueDay(*row) for row in rows.annotate(count=Count("id"), rest=Sum(REST))]


def days_of(days: Sequence[DueDay], today: date, *, is_late: bool) -> list[DueDay]:
    return [day for day in days if (day.late_from <= today) is is_late]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_bars(ahead: Sequence[DueDay], today: date) -> list[Bar]:
    """What fell due on a day without banks can still be paid in time: it is of this week."""
    amounts = [ZERO] * (WEEKS + 1)
    for day in ahead:
        week = (day.due_date - monday_of(today)).days // 7
        amounts[min(max(week, 0), WEEKS)] += day.rest
    days = [monday_of(today) + timedelta(days=7 * n) for n in range(WEEKS)]
    labels = ["esta", *(f"{day.day}/{day.month}" for day in days[1:]), "depois"]
    titles = ["Nesta semana", *(f"Na semana de {day:%d/%m}" for day in days[1:]), "Depois disso"]
    return [
        Bar(label, amount, share(amount, amounts), number == 0, title)
        for number, (label, amount, title) in enumerate(zip(labels, amounts, titles, strict=True))
    ]


def age_bars(late: Sequence[DueDay], today: date) -> list[Bar]:
    amounts = [
        sum((day.rest for day in late if is_within((today - day.due_date).days, least, most)), ZERO)
        for _, least, most in AGES
    ]
    return [
        Bar(label, amount, share(amount, amounts))
        for (label, _, _), amount in zip(AGES, amounts, strict=True)
    ]


def is_within(age: int, least: int, most: int | None) -> bool:
    return age >= least and (most is None or age <= most)


def questions_of(tenant: Tenant) -> list[Charge]:
    """Of the charges that a person has to look at, the first ones, with what is asked."""
    asked = Charge.objects.of(tenant).filter(needs_person=True).exclude(question="")
    return list(asked.select_related("payer").order_by("due_date", "id")[:TOLD])


def received_by_day(tenant: Tenant, today: date) -> dict[date, tuple[Decimal, int]]:
    """What is in the books, of this month and the one before."""
    first = (today.replace(day=1) - ONE_DAY).replace(day=1)
    rows = (
        Settlement.objects.of(tenant)
        .filter(entry__isnull=False, posted_on__range=(first, today))
        .exclude(way=Settlement.Way.ADVANCE)  # it came before, for another charge
        .order_by()
        .values_list("posted_on")
        .annotate(Sum("received"), Count("id"))
    )
    return {day: (amount, count) for day, amount, count in rows}

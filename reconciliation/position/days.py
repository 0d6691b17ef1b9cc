"""An account day by day: what the bank says, what its lines come to, what the books hold."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from banking.models import BalanceStep, BankAccount, DailyBalance, DayTotal
from reconciliation.position.beginning import ONE_DAY
from reconciliation.position.lists import base_day
from reconciliation.position.position import Position

SHOWN = 60  # days of the chart


@dataclass(frozen=True, slots=True)
class Day:
    day: dt.date
    bank: Decimal
    books: Decimal
    closing: Decimal | None  # as the bank says; None when it says nothing of that day
    by_lines: Decimal  # the opening and the lines since
    has_lines: bool

    @property
    def is_proved(self) -> bool | None:
        return None if self.closing is None else self.closing == self.by_lines

    @property
    def unproved(self) -> Decimal:
        return Decimal(0) if self.closing is None else self.closing - self.by_lines

    @property
    def difference(self) -> Decimal:
        return self.bank - self.books


@dataclass(frozen=True, slots=True)
class Proof:
    """The bank's closings against the opening and the lines, apart from any reconciliation."""

    days: int  # of which the bank states a closing
    broken: Day | None  # the first that fails

    @property
    def holds(self) -> bool:
        return bool(self.days) and self.broken is None


def days_of(position: Position) -> list[Day]:
    """From the opening balance to the position's day; none while no balance is known."""
    base = base_day(position)
    first = opening_amount(position)
    if base is None or first is None or base > position.day:
        return []
    account = position.account
    moved = sums_of_lines(account, base, position.day)
    closings = closings_of(account, base, position.day)
    booked = sums_of_entries(account, base, position.day)
    books = position.books - sum(booked.values(), Decimal(0))
    by_lines, gap, days = first, Decimal(0), []
    day = base
    while day <= position.day:
        by_lines += moved.get(day, Decimal(0))
        books += booked.get(day, Decimal(0))
        closing = closings.get(day)
        if closing is not None:
            gap = closing - by_lines
        days.append(Day(day, by_lines + gap, books, closing, by_lines, day in moved))
        day += ONE_DAY
    return days


def opening_amount(position: Position) -> Decimal | None:
    if position.opening is not None:
        return position.opening.amount
    return position.beginning.amount if position.beginning else None


def sums_of_lines(account: BankAccount, base: dt.date, until: dt.date) -> Mapping[dt.date, Decimal]:
    rows = DayTotal.objects.of(account.tenant_id).filter(
        bank_account_id=account.id, day__gt=base, day__lte=until
    )
    return dict(rows.values_list("day", "amount"))


def closings_of(account: BankAccount, base: dt.date, until: dt.date) -> Mapping[dt.date, Decimal]:
    rows = DailyBalance.objects.of(account.tenant_id).filter(
        bank_account=account, day__range=(base, until)
    )
    return dict(rows.values_list("day", "closing"))


def sums_of_entries(
    account: BankAccount, base: dt.date, until: dt.date
) -> Mapping[dt.date, Decimal]:
    rows = BalanceStep.objects.of(account.tenant_id).filter(
        owner_id=account.ledger_account_id, day__gt=base, day__lte=until
    )
    return dict(rows.values_list("day").annotate(Sum("amount")))


def proof_of(days: Sequence[Day]) -> Proof:
    told = [day for day in days if day.closing is not None]
    return Proof(len(told), next((day for day in told if not day.is_proved), None))


# --- The chart ----------------------------------------------------------------------------

WIDTH, HEIGHT, MARGIN = 600, 160, 8


@dataclass(frozen=True, slots=True)
class Chart:
    bank: str  # points of a polyline
    books: str
    first: dt.date
    last: dt.date
    highest: Decimal
    lowest: Decimal


def chart_of(days: Sequence[Day]) -> Chart | None:
    """The last days, the two lines on one scale; None with fewer than two."""
    shown = days[-SHOWN:]
    if len(shown) < 2:
        return None
    values = [value for day in shown for value in (day.bank, day.books)]
    lowest, highest = min(values), max(values)
    return Chart(
        bank=points([day.bank for day in shown], lowest, highest),
        books=points([day.books for day in shown], lowest, highest),
        first=shown[0].day,
        last=shown[-1].day,
        highest=highest,
        lowest=lowest,
    )


def points(values: Sequence[Decimal], lowest: Decimal, highest: Decimal) -> str:
    span = highest - lowest or Decimal(1)
    step = Decimal(WIDTH) / (len(values) - 1)
    room = HEIGHT - 2 * MARGIN
    return " ".join(
        f"{number * step:.1f},{MARGIN + (highest - value) / span * room:.1f}"
        for number, value in enumerate(values)
    )

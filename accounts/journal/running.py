"""What an account holds after each entry, and over a period."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Account, AccountStep, JournalLine

ZERO = Decimal("0.00")
BEFORE, SINCE, AFTER = dt.date.min, dt.date(1, 1, 2), dt.date.max


@dataclass(frozen=True, slots=True)
class Summary:
    """An account over a period; balances have the sign of its nature."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class Ledger:
    summary: Summary
    # What the account holds, as debits less credits, before each of the days asked for.
    before: Mapping[dt.date, Decimal]


def sign_of(account: Account) -> int:
    return 1 if account.nature.grows_by_debit else -1


def ledger_of(
    account: Account, since: dt.date | None, until: dt.date | None, days: Sequence[dt.date]
) -> Ledger:
    """The account from `since` to `until`, both included, and before each of `days`, which lie
    between them. One query."""
    changes = changes_of(account, since, until, days)
    opening = sum((debit - credit for day, debit, credit in changes if day == BEFORE), ZERO)
    debits = sum((debit for day, debit, _ in changes if day != BEFORE), ZERO)
    credits = sum((credit for day, _, credit in changes if day != BEFORE), ZERO)
    sign = sign_of(account)
    closing = opening + debits - credits
    summary = Summary(account, sign * opening, debits, credits, sign * closing)
    before, held, rest = {}, ZERO, changes
    for day in sorted(set(days)):
        while rest and rest[0][0] < day:
            held += rest[0][1] - rest[0][2]
            rest = rest[1:]
        before[day] = held
    return Ledger(summary, before)


def changes_of(
    account: Account, since: dt.date | None, until: dt.date | None, days: Sequence[dt.date]
) -> list[tuple[dt.date, Decimal, Decimal]]:
    """Debits and credits by day, in order. What lies before the period is one, and so are what of
    it lies before the days asked for and after them."""
    steps = AccountStep.objects.of(account.tenant_id).filter(account_id=account.id)
    if until is not None:
        steps = steps.filter(day__lte=until)
    first, last = (min(days), max(days)) if days else (AFTER, AFTER)
    whole = Case(
        When(day__lt=since or BEFORE, then=Value(BEFORE)),
        When(day__lt=first, then=Value(SINCE)),
        When(day__gt=last, then=Value(AFTER)),
        default=F("day"),
        output_field=DateField(),
    )
    summed = steps.values_list(whole).annotate(debits=Sum("debit"), credits=Sum("credit"))
    return sorted(summed)


def within_day(account: Account, only: UUID | None = None) -> Case | Coalesce:
    """Of an entry: what the account's lines of its day come to, up to it and with it; of that one
    alone where one is named."""
    lines = JournalLine.objects.filter(
        tenant=OuterRef("tenant"), account=account, day=OuterRef("date"), entry__lte=OuterRef("pk")
    )
    summed = lines.order_by().values("account").annotate(sum=Sum("amount")).values("sum")
    within = Coalesce(Subquery(summed), ZERO)
    return within if only is None else Case(When(pk=only, then=within))


def balances_of(ledger: Ledger, entries: Sequence[Any], *, has_gaps: bool) -> dict[UUID, Decimal]:
    """What the account holds after each of the entries, which are annotated `within`; where no
    entry of the account lies between them, only the first of them by day is asked for that."""
    account, before = ledger.summary.account, ledger.before
    sign = sign_of(account)
    if has_gaps or not entries:
        return {each.id: sign * (before[each.date] + each.within) for each in entries}
    first, *others = sorted(entries, key=lambda each: (each.date, each.id))
    held = before[first.date] + first.within
    balances = {first.id: sign * held}
    for entry in others:
        of_account = (each.amount for each in entry.lines.all() if each.account_id == account.id)
        held += sum(of_account, ZERO)
        balances[entry.id] = sign * held
    return balances

"""What an account holds after each entry, and over a period."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, DateField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Account, AccountStep, JournalEntry, JournalLine
from core.dates import ONE_DAY

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Summary:
    """An account over a period; balances have the sign of its nature."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


def sign_of(account: Account) -> int:
    return 1 if account.nature.grows_by_debit else -1


def summary_of(account: Account, since: dt.date | None, until: dt.date | None) -> Summary:
    """Both days included. One query."""
    steps = AccountStep.objects.of(account.tenant_id).filter(account_id=account.id)
    if until is not None:
        steps = steps.filter(day__lte=until)
    before = Q(day__lt=since or dt.date.min)
    sums = steps.aggregate(
        opening=Sum(F("debit") - F("credit"), filter=before, default=ZERO),
        debit=Sum("debit", filter=~before, default=ZERO),
        credit=Sum("credit", filter=~before, default=ZERO),
    )
    sign = sign_of(account)
    closing = sums["opening"] + sums["debit"] - sums["credit"]
    return Summary(account, sign * sums["opening"], sums["debit"], sums["credit"], sign * closing)


def balances_after(account: Account, entries: Sequence[JournalEntry]) -> dict[UUID, Decimal]:
    """What the account holds after each of them, in the order of day and id, with the sign of its
    nature. Two queries; the entries may be any of the account's."""
    if not entries:
        return {}
    days = sorted({entry.date for entry in entries})
    held, opening = {}, ZERO
    steps = held_by_day(account, days[0], days[-1])
    for day in days:
        while steps and steps[0][0] < day:
            opening += steps.pop(0)[1]
        held[day] = opening
    sign = sign_of(account)
    return {
        entry_id: sign * (held[day] + within)
        for entry_id, day, within in held_within(account, [entry.id for entry in entries])
    }


def held_by_day(account: Account, first: dt.date, last: dt.date) -> list[tuple[dt.date, Decimal]]:
    """What changed on each day before the last one; all days before the first are one."""
    steps = AccountStep.objects.of(account.tenant_id).filter(account_id=account.id, day__lt=last)
    one = Case(
        When(day__lt=first, then=Value(first - ONE_DAY)), default=F("day"), output_field=DateField()
    )
    changes = steps.values_list(one).annotate(change=Sum("debit") - Sum("credit"))
    return sorted(changes)


def held_within(account: Account, ids: Sequence[UUID]) -> list[tuple[UUID, dt.date, Decimal]]:
    """Each entry with what the account's lines of its day are up to it, itself included."""
    lines = JournalLine.objects.of(account.tenant_id).filter(
        account=account, day=OuterRef("date"), entry__lte=OuterRef("pk")
    )
    summed = lines.order_by().values("account").annotate(sum=Sum("amount")).values("sum")
    entries = JournalEntry.objects.of(account.tenant_id).filter(id__in=ids)
    return list(entries.values_list("id", "date", Coalesce(Subquery(summed), ZERO)))

"""The days of a statement, read until they join what is stored of the days before.

The bank's opening of the days that are read is our closing of the day before, or a line is missing
further back: banks add lines to days that are long over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from banking.banks.contract.adapter import BankAdapter
from banking.models import BankAccount, DailyBalance, StatementLine
from banking.statements.lease import check_lease
from banking.statements.store import (
    closing_before,
    store_closings,
    store_daily_balances,
    store_pages,
)
from banking.statements.unread import close_gone, keep_unread, open_unread, read_unread_again
from brazil.banking_days import sao_paulo_day
from tenants.scope import tenant_scope

FIRST_SYNC = timedelta(days=90)
# After a long pause the statement is read piece by piece: banks limit what one request may span
# (the Conta Kamino to 366 days), and say so or not.
LONGEST_READING = FIRST_SYNC
ONE_DAY = timedelta(days=1)
# Banks add lines to days that are over; reading a week again finds most of them.
OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Days:
    """Days that were read, both included, and how they agree. Amounts are reais."""

    since: date
    until: date
    opening: Decimal
    closing: Decimal
    gap: Decimal  # the bank's opening minus our closing of the day before
    difference: Decimal  # the bank's closing minus its opening and our lines
    new_lines: int
    changed_lines: int
    has_unread: bool

    @property
    def agree(self) -> bool:
        return not (self.gap or self.difference)


@dataclass(frozen=True, slots=True)
class SyncResult:
    new_lines: int
    changed_lines: int
    # Reais: what the bank has and we have not, on the first day that does not agree.
    difference: Decimal
    broken_on: date | None  # that day
    unread: int  # elements that are kept and cannot be read

    @property
    def is_proved(self) -> bool:
        return not (self.broken_on or self.changed_lines or self.unread)


def read_statement(account: BankAccount, bank: BankAdapter, today: date) -> SyncResult:
    """All that is missing up to today, stored as it comes, and what it proves.

    To be called outside of scopes. May raise any BankError, and LeaseLost.
    """
    found = read_unread_again(account, bank) if account.unread_movements else 0
    pieces = stretches(first_day(account, today), today)
    usual = [read_days(account, bank, *days) for days in pieces]
    read = [*days_before(account, bank, usual[0]), *usual]
    read = [*doubted_days(account, bank, read[0]), *read]
    broken_on, difference = first_break(account, bank, read)
    return SyncResult(
        new_lines=found + sum(days.new_lines for days in read),
        changed_lines=sum(days.changed_lines for days in read),
        difference=difference,
        broken_on=broken_on,
        unread=count_unread(account, read),
    )


def first_day(account: BankAccount, today: date) -> date:
    if account.synced_at is None:
        return today - FIRST_SYNC
    return min(sao_paulo_day(account.synced_at), today) - OVERLAP


def stretches(since: date, until: date) -> list[tuple[date, date]]:
    """The days since..until, both included, in one or more pieces, the oldest first; none when
    `until` is before `since`."""
    pieces = []
    while until - since > LONGEST_READING:
        pieces.append((since, since + LONGEST_READING))
        since += LONGEST_READING + ONE_DAY
    return [*pieces, (since, until)] if since <= until else pieces


# --- Reading ------------------------------------------------------------------------------


def read_days(account: BankAccount, bank: BankAdapter, since: date, until: date) -> Days:
    """Read the days; once more when they do not add up, as a movement may have arrived between two
    pages. When something cannot be read that is why."""
    days = read_once(account, bank, since, until)
    if not days.difference or days.has_unread:
        return days
    again = read_once(account, bank, since, until)
    return replace(
        again,
        new_lines=days.new_lines + again.new_lines,
        changed_lines=max(days.changed_lines, again.changed_lines),
    )


def read_once(account: BankAccount, bank: BankAdapter, since: date, until: date) -> Days:
    stored = store_pages(account, bank.fetch_statement(since, until))
    opening, closing = stored.last_page.opening, stored.last_page.closing
    with tenant_scope(account.tenant_id):
        check_lease(account)
        gap = opening - opening_kept(account, since, opening)
        ours = store_daily_balances(account, since, until, opening)
        if stored.unread or account.unread_movements:
            close_gone(account, since, until, keep_unread(account, stored.unread, since))
    return Days(
        since=since,
        until=until,
        opening=opening,
        closing=closing,
        gap=gap,
        difference=closing - ours,
        new_lines=stored.new,
        changed_lines=stored.changed,
        has_unread=bool(stored.unread),
    )


def opening_kept(account: BankAccount, since: date, told: Decimal) -> Decimal:
    """What the account held when the first of the days began, as we have it: of the first days that
    are ever read, what the bank tells, which is kept as the closing of the day before."""
    if account.synced_at is None:
        store_closings(account, {since - ONE_DAY: told})
    kept = closing_before(account, since)
    return told if kept is None else kept


def days_before(account: BankAccount, bank: BankAdapter, first: Days) -> list[Days]:
    """The days before `first`, as far back as its opening does not agree: each time twice as many,
    until they join what is stored or the first day that is."""
    earlier: list[Days] = []
    span = OVERLAP
    while first.gap and first.since > (oldest := first_kept_day(account)):
        span *= 2
        pieces = stretches(max(oldest, first.since - span), first.since - ONE_DAY)
        earlier = [*(read_days(account, bank, *days) for days in pieces), *earlier]
        first = earlier[0]
    return earlier


def first_kept_day(account: BankAccount) -> date:
    """The first day whose lines are stored, after the closing that the first sync kept."""
    with tenant_scope(account.tenant_id):
        balances = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
        first: DailyBalance = balances.earliest("day")
    return first.day + ONE_DAY


def doubted_days(account: BankAccount, bank: BankAdapter, first: Days) -> list[Days]:
    """The day that did not agree at the last sync, if it is before `first`; when it does by now,
    the days after it too."""
    doubted = account.proof_broken_on
    if doubted is None or doubted >= first.since:
        return []
    day = read_once(account, bank, doubted, doubted)
    if not day.agree:
        return [day]
    since, until = doubted + ONE_DAY, first.since - ONE_DAY
    return [day, *(read_days(account, bank, *days) for days in stretches(since, until))]


# --- What it proves -----------------------------------------------------------------------


def first_break(
    account: BankAccount, bank: BankAdapter, read: Sequence[Days]
) -> tuple[date | None, Decimal]:
    """The first day that does not agree, and by how much."""
    before: Days | None = None
    for days in read:
        is_next = before is not None and before.until + ONE_DAY == days.since
        gap = days.opening - before.closing if before and is_next else days.gap
        if gap:
            return days.since, gap
        if days.difference:
            return broken_day(account, bank, days), days.difference
        before = days
    return None, Decimal(0)


def broken_day(account: BankAccount, bank: BankAdapter, days: Days) -> date:
    """The first of these days that does not close with what the bank says, by halves: a day's
    opening is asked for at each. From it on the balances that are kept are the bank's."""
    with tenant_scope(account.tenant_id):
        moved = dict(
            StatementLine.objects.of(account.tenant_id)
            .filter(bank_account=account, booked_on__range=(days.since, days.until))
            .values_list("booked_on")
            .annotate(Sum("amount"))
        )
    first, last, told = days.since, days.until, days.closing  # `last` closes with `told`
    while first < last:
        middle = first + (last - first) // 2
        closing = next(iter(bank.fetch_statement(middle + ONE_DAY, middle + ONE_DAY))).opening
        ours = days.opening + sum(amount for day, amount in moved.items() if day <= middle)
        if closing == ours:
            first = middle + ONE_DAY
        else:
            last, told = middle, closing
    with tenant_scope(account.tenant_id):
        check_lease(account)
        store_closings(account, {last: told})
        store_daily_balances(account, last + ONE_DAY, days.until, told)
    return last


def count_unread(account: BankAccount, read: Sequence[Days]) -> int:
    if not account.unread_movements and not any(days.has_unread for days in read):
        return 0
    with tenant_scope(account.tenant_id):
        return open_unread(account).count()

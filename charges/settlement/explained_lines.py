"""The same income never twice: bank lines that are in the books as something else."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from accounts.models import JournalEntry
from banking.models import Allocation, BankAccount, StatementLine
from brazil.banking_days import next_banking_day, previous_banking_day
from charges.models import Settlement
from core.money import to_cents
from core.text import fold

ONE_DAY = timedelta(days=1)
NEAR = 5  # banking days


def explanation_of(settlement: Settlement) -> JournalEntry | None:
    """The entry that a line stands for which may be the money of this settlement: same amount, its
    payer or its number, within five banking days. Runs inside the company's scope."""
    if settlement.bank_account is None:
        return None
    since, until = near(settlement.posted_on)
    lines = StatementLine.objects.of(settlement.tenant_id).filter(
        bank_account=settlement.bank_account,
        cents=to_cents(settlement.received),
        booked_on__range=(since, until),
        allocations__ended_at=None,
        allocations__isnull=False,
    )
    for line in lines.distinct():
        if not may_be_of(line, settlement):
            continue
        entry = entry_of(line)
        if entry is not None and not is_of_a_charge(entry):
            return entry
    return None


def lines_of_others(
    account: BankAccount, settlements: Collection[Settlement]
) -> dict[Decimal, list[StatementLine]]:
    """By amount, the lines that stand for something which no settlement posted, around the days of
    some payments of one account. One query."""
    days = {settlement.posted_on for settlement in settlements}
    standing = Allocation.objects.of(account.tenant_id).standing()
    of_charges = Settlement.objects.filter(
        tenant=OuterRef("tenant"), entry=OuterRef("journal_line__entry")
    )
    others = standing.filter(~Exists(of_charges), statement_line__bank_account=account)
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account,
        cents__in={to_cents(settlement.received) for settlement in settlements},
        booked_on__range=(near(min(days))[0], near(max(days))[1]),
        id__in=others.values("statement_line"),
    )
    found: dict[Decimal, list[StatementLine]] = {}
    for line in lines:
        found.setdefault(line.amount, []).append(line)
    return found


def may_be_of(line: StatementLine, settlement: Settlement) -> bool:
    payer, slip = settlement.charge.payer, settlement.slip
    if line.counterparty_document:
        by_payer = line.counterparty_document == payer.document
    else:
        by_payer = fold(line.counterparty_name) == payer.name_folded
    numbers = {slip.code, slip.our_number, slip.reference} if slip else set()
    return by_payer or any(number in line.description for number in numbers if number)


def entry_of(line: StatementLine) -> JournalEntry | None:
    parts = Allocation.objects.of(line.tenant_id).standing().filter(statement_line=line)
    part = parts.select_related("journal_line__entry").first()
    return part.journal_line.entry if part else None


def is_of_a_charge(entry: JournalEntry) -> bool:
    """Or of one that was written in its place."""
    settlements = Settlement.objects.of(entry.tenant_id)
    return settlements.filter(
        Q(entry=entry) | Q(entry__replacements=entry) | Q(entry__replacements__replacements=entry)
    ).exists()


def near(day: date) -> tuple[date, date]:
    since = until = day
    for _ in range(NEAR):
        since = previous_banking_day(since - ONE_DAY)
        until = next_banking_day(until + ONE_DAY)
    return since, until

"""Bank lines of charges: joined to their settlement where an id says so, and proof of a slip that
nobody could tell of. Without an id they wait for reconciliation.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.db.models import Exists, OuterRef

from accounts.chart.reclassify import standing
from accounts.models import JournalEntry
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import NotFree, allocate, line_on, unallocated, was_undone
from banking.statements.entry_day import on_day_of, record_redating
from brazil.banking_days import sao_paulo_day
from charges.models import Settlement, Slip
from charges.models.slip import CODE, keys_of_code
from charges.refunds.bank_lines import match_refunds, refund_of
from charges.settlement.settle import Money, settle
from charges.states import OPEN_AT_BANK, SlipStatus
from charges.terms.check import reais, rules_of
from charges.timeline import Tone, note
from charges.transitions import lock_charge, lock_slip, move_slip, require_look
from core.clock import database_now
from core.errors import DomainError
from tenants.models import User

# How far back lines are looked through: a slip may be paid 60 days after its due date.
SINCE = timedelta(days=120)
RECENT = timedelta(days=30)
# Slips that may exist unseen, and those that may be paid before the bank's API says it.
UNSEEN = (SlipStatus.UNKNOWN, SlipStatus.GIVEN_UP)
PAYABLE = (*UNSEEN, *OPEN_AT_BANK, SlipStatus.CANCELLED, SlipStatus.WRITTEN_OFF)


def match_statement(account: BankAccount) -> None:
    """Named in `settings.ON_STATEMENT_READ`; runs inside the company's scope. Of two workers the
    second finds nothing to do."""
    if rules_of(account) is None:
        return
    for slip, line in proved(account):
        record_proof(slip, line)
    for settlement, line in named(account):
        join(settlement, line)
    match_refunds(account)


def proved(account: BankAccount) -> Iterator[tuple[Slip, StatementLine]]:
    """Credits with our code in their text, of a bank whose credits have it."""
    rules = rules_of(account)
    if rules is None or not rules.movement_has_code:
        return
    since = sao_paulo_day(database_now() - SINCE)
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, amount__gt=0, booked_on__gte=since, description__contains="kc-"
    )
    for line in unallocated(lines):
        for digits in CODE.findall(line.description):
            slips = Slip.objects.of(account.tenant_id).filter(
                bank_account=account, key__range=keys_of_code(digits), status__in=PAYABLE
            )
            for slip in slips.filter(settlements=None):
                yield slip, line


def record_proof(slip: Slip, line: StatementLine) -> None:
    """The money is here. What the bank has not told of the slip, it tells later."""
    held = lock_slip(slip)
    if held.status not in PAYABLE:
        return
    if held.status in UNSEEN:
        move_slip(held, SlipStatus.PAID, message="")
    money = Money(
        evidence=f"{held.id}:1",
        way=Settlement.Way.UNKNOWN,
        received=line.amount,
        paid_on=line.booked_on,
        posted_on=line.booked_on,
        source="O crédito com o número desta cobrança está no extrato.",
        slip=held,
        bank_account=held.bank_account,
    )
    settle(held.charge, money)


def named(account: BankAccount) -> list[tuple[Settlement, StatementLine]]:
    """Settlements without a bank line, each with the line that names its slip."""
    pairs = []
    for settlement in without_line(account):
        line = line_of(settlement, account)
        if line is not None:
            pairs.append((settlement, line))
    return pairs


def without_line(account: BankAccount) -> list[Settlement]:
    joined = Allocation.objects.filter(
        tenant=OuterRef("tenant"), journal_line__entry=OuterRef("entry"), ended_at=None
    )
    since = sao_paulo_day(database_now() - RECENT)
    rows = Settlement.objects.of(account.tenant_id).filter(
        ~Exists(joined), bank_account=account, entry__isnull=False, slip__isnull=False
    )
    found = rows.filter(posted_on__gte=since).select_related("slip", "charge", "entry")
    return list(found.order_by("id"))


def line_of(settlement: Settlement, account: BankAccount) -> StatementLine | None:
    """The free line of this amount that names the slip."""
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account,
        amount=settlement.received,
        booked_on__gte=settlement.posted_on - RECENT,
    )
    slip = settlement.slip
    assert slip is not None
    return next((line for line in unallocated(lines) if names(line, slip, account)), None)


def names(line: StatementLine, slip: Slip, account: BankAccount) -> bool:
    rules = rules_of(account)
    assert rules is not None
    told = line.raw.get(rules.movement_field) if isinstance(line.raw, dict) else None
    is_told = bool(slip.reference) and told == slip.reference
    return is_told or slip.code in line.description


def join(settlement: Settlement, line: StatementLine) -> None:
    """The settlement and its line stand for each other, on the line's day."""
    charge = lock_charge(settlement.charge)
    assert settlement.entry is not None
    former = standing(settlement.entry)
    if former.reversal is not None:
        return  # a person took it out of the books
    try:
        entry = on_day_of(line, former)
    except DomainError as error:
        require_look(charge, str(error))
        return
    posted = line_on(line.bank_account, entry)
    if posted is not None and not was_undone(line, posted):
        with suppress(NotFree):  # another act took it: what comes next is seen at the next reading
            allocate(line, posted)
    if entry == former:
        return
    keep_day(settlement, entry)
    text = f"De {former.date:%d/%m/%Y} para {entry.date:%d/%m/%Y}, o dia do extrato."
    note(charge, "Data do lançamento corrigida", text, tone=Tone.INFO)
    record_redating(former, entry)


def keep_day(settlement: Settlement, entry: JournalEntry) -> None:
    Settlement.objects.of(settlement.tenant_id).filter(id=settlement.id).update(
        entry=entry, posted_on=entry.date, is_provisional=False
    )


def note_undone(allocation: Allocation, *, by: User) -> None:
    """The charge says that a person took its entry and a bank line apart.

    Named in `settings.ON_ALLOCATION_UNDONE`; runs inside the company's scope.
    """
    settlement = (
        Settlement.objects.of(allocation.tenant_id)
        .filter(entry=allocation.journal_line.entry_id)
        .select_related("charge")
        .first()
    )
    line = allocation.statement_line
    text = f"Linha do extrato de {line.booked_on:%d/%m/%Y}, {reais(abs(allocation.amount))}."
    if settlement is not None:
        note(settlement.charge, "Conciliação desfeita", text, tone=Tone.WARN, by=by)
        return
    refund = refund_of(allocation.journal_line.entry)
    if refund is not None:
        note(refund.charge, "Conciliação desfeita", text, tone=Tone.WARN, by=by)

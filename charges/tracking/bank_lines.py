"""Bank lines of charges: joined to their settlement where an id says so, proof of a slip that
nobody could tell of, and a second payment that the bank's API does not tell. Without an id they
wait for reconciliation (charges/tracking/credits.py says what one may be).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KT

from accounts.chart.reclassify import standing
from accounts.models import JournalEntry
from banking.banks.contract.charge_rules import ChargeRules
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import NotFree, allocate, line_on, unallocated, was_undone
from banking.statements.entry_day import on_day_of, record_redating
from brazil.banking_days import sao_paulo_day
from charges.models import Settlement, Slip
from charges.models.slip import CODE, keys_of_code
from charges.refunds.bank_lines import match_refunds, refund_of
from charges.settlement.settle import Money, evidence_of, settle
from charges.states import OPEN_AT_BANK, SlipStatus
from charges.terms.check import reais, rules_of
from charges.timeline import Tone, note
from charges.tracking.credits import see_credits
from charges.transitions import lock_charge, lock_slip, move_slip, require_look
from core.apart import apart
from core.clock import database_now
from core.errors import DomainError
from tenants.models import TenantQuerySet, User

# How far back lines are looked through: a slip may be paid 60 days after its due date.
SINCE = timedelta(days=120)
# Of a settlement, how long before its day its line may be.
RECENT = timedelta(days=30)
PAGE = 500
# Slips that may exist unseen, and those that may be paid before the bank's API says it.
UNSEEN = (SlipStatus.UNKNOWN, SlipStatus.GIVEN_UP)
PAYABLE = (
    *UNSEEN,
    *OPEN_AT_BANK,
    SlipStatus.PAID,  # once more, or the bank says that it is and not how much
    SlipStatus.CANCELLED,
    SlipStatus.WRITTEN_OFF,
)
# The id of a Pix that gives money back, in the whole country (E… is that of a payment).
RETURN = re.compile(r"D[0-9]{20}[0-9A-Za-z]{11}")


def match_statement(account: BankAccount) -> None:
    """Named in `settings.ON_STATEMENT_READ`; runs inside the company's scope. Of two workers the
    second finds nothing to do."""
    rules = rules_of(account)
    if rules is None:
        return
    if rules.movement_field or rules.movement_has_code:
        for line, slip in named(account, rules):
            with apart("line_not_taken", line=str(line.id)):
                take_line(line, slip)
    if not rules.movement_field:  # else a credit that names none is no slip's
        see_credits(account)
    match_refunds(account)


def named(account: BankAccount, rules: ChargeRules) -> list[tuple[StatementLine, Slip]]:
    """Credits that stand for nothing yet and name one of our slips, each with it. Their number
    decides the queries, and not that of the settlements."""
    since = sao_paulo_day(database_now() - SINCE)
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, amount__gt=0, booked_on__gte=since
    )
    told = Q(description__contains="kc-")
    if rules.movement_field:
        lines = lines.annotate(told=KT(f"raw__{rules.movement_field}"))
        told |= Q(told__gt="")
    lines = lines.filter(told)
    ordered = unallocated(lines).order_by("booked_on", "id")
    free = [line for line in ordered if not is_return(line)]
    return [
        pair
        for first in range(0, len(free), PAGE)
        for pair in with_slips(free[first : first + PAGE], account, rules)
    ]


def is_return(line: StatementLine) -> bool:
    """A refund of ours that failed, and whose money is here again: nobody paid it."""
    values = line.raw.values() if isinstance(line.raw, dict) else ()
    return any(isinstance(each, str) and RETURN.fullmatch(each) for each in values)


def with_slips(
    lines: Sequence[StatementLine], account: BankAccount, rules: ChargeRules
) -> Iterator[tuple[StatementLine, Slip]]:
    """Two queries."""
    slips = Slip.objects.of(account.tenant_id).filter(bank_account=account)
    names = {line.id: told_of(line, rules) for line in lines}
    references = {name for name in names.values() if name}
    by_reference = {slip.reference: slip for slip in slips.filter(reference__in=references)}
    codes = {digits for line in lines for digits in CODE.findall(line.description)}
    by_code = {slip.code: slip for slip in of_codes(slips, codes)}
    for line in lines:
        found = by_reference.get(names[line.id])
        for digits in CODE.findall(line.description):
            found = found or by_code.get(f"kc-{digits}")
        if found is not None:
            yield line, found


def told_of(line: StatementLine, rules: ChargeRules) -> str:
    """By which id the bank names a slip in a movement; empty when it names none."""
    told = line.raw.get(rules.movement_field) if isinstance(line.raw, dict) else None
    return told if isinstance(told, str) else ""


def of_codes(slips: TenantQuerySet, codes: Collection[str]) -> TenantQuerySet:
    if not codes:
        return slips.none()
    wanted = [Q(key__range=keys_of_code(digits)) for digits in sorted(codes)]
    return slips.filter(reduce(or_, wanted))


def take_line(line: StatementLine, slip: Slip) -> None:
    """A credit that names a slip: the line of a settlement, proof of one that the bank does not
    tell yet, or a second payment."""
    came = list(settlements_of(slip))
    waiting = [each for each in came if not each.has_line]
    own = next((each for each in waiting if is_line_of(line, each)), None)
    if own is not None:
        join(own, line)
    elif not came:
        record_proof(slip, line, "")
    elif not waiting:
        record_proof(slip, line, line.bank_id)


def settlements_of(slip: Slip) -> TenantQuerySet:
    """Each says whether a line stands for it: one that is held back has it elsewhere."""
    joined = Allocation.objects.filter(
        tenant=OuterRef("tenant"), journal_line__entry=OuterRef("entry"), ended_at=None
    )
    rows = Settlement.objects.of(slip.tenant_id).filter(slip=slip).order_by("id")
    told = rows.select_related("slip", "charge", "entry").annotate(has_line=Exists(joined))
    found: TenantQuerySet = told
    return found


def is_line_of(line: StatementLine, settlement: Settlement) -> bool:
    is_near = line.booked_on >= settlement.posted_on - RECENT
    return settlement.entry_id is not None and is_near and line.amount == settlement.received


def record_proof(slip: Slip, line: StatementLine, evidence: str) -> None:
    """The money is here. What the bank has not told of the slip, it tells later."""
    held = lock_slip(slip)
    if held.status not in PAYABLE:
        return
    if held.status in UNSEEN:
        move_slip(held, SlipStatus.PAID, message="")
    money = Money(
        evidence=evidence_of(held, evidence),
        way=Settlement.Way.UNKNOWN,
        received=line.amount,
        paid_on=line.booked_on,
        posted_on=line.booked_on,
        source="O crédito com o número desta cobrança está no extrato.",
        slip=held,
        bank_account=held.bank_account,
    )
    settlement = settle(held.charge, money)
    if settlement is not None and settlement.entry is not None:
        join(settlement, line)


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


def note_undone(allocation: Allocation, *, by: User | None) -> None:
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

"""The debits of refunds: joined to their entry where an id says so, and, at banks that list no
refunds, what shows that money of a charge went back.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.chart.reclassify import standing
from accounts.models import JournalEntry
from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import NotFree, allocate, line_on, unallocated, was_undone
from banking.statements.entry_day import on_day_of, record_redating
from brazil.banking_days import sao_paulo_day
from charges.models import Refund, Settlement, Slip
from charges.models.slip import CODE, keys_of_code
from charges.refunds.parts import left_of
from charges.refunds.record import Told, record_fact
from charges.refunds.transitions import lock_payment, lock_refund
from charges.terms.check import rules_of
from charges.timeline import Tone, note
from charges.transitions import require_look
from core.apart import apart
from core.clock import database_now
from core.errors import DomainError
from core.money import to_cents
from core.text import fold

SINCE = timedelta(days=120)
RECENT = timedelta(days=30)
PAGE = 200
# As long as the numbers of banks, and their ids.
NAME = re.compile(r"[0-9A-Za-z_-]{8,64}")
# A fee for a boleto has its number too.
KINDS = (StatementLine.Kind.PIX, StatementLine.Kind.TRANSFER)


def match_refunds(account: BankAccount) -> None:
    """Runs inside the company's scope. Of two workers the second finds nothing to do."""
    capabilities = registry.info(account.provider).capabilities
    for refund in without_line(account):
        line = line_of(refund, account)
        if line is not None:
            with apart("refund_not_joined", refund=str(refund.id)):
                join(refund, line)
    if Capability.LIST_REFUNDS not in capabilities:  # a debit of one that is here is no other one
        find_by_lines(account)


def without_line(account: BankAccount) -> list[Refund]:
    joined = Allocation.objects.filter(
        tenant=OuterRef("tenant"), journal_line__entry=OuterRef("entry"), ended_at=None
    )
    since = sao_paulo_day(database_now() - RECENT)
    rows = Refund.objects.of(account.tenant_id).filter(
        ~Exists(joined), bank_account=account, entry__isnull=False, done_on__gte=since
    )
    return list(rows.select_related("settlement__slip", "entry").order_by("id"))


def line_of(refund: Refund, account: BankAccount) -> StatementLine | None:
    """The free debit of this amount that names the Pix, else the charge."""
    assert refund.done_on is not None
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account,
        cents=-to_cents(refund.amount),
        booked_on__gte=refund.done_on - RECENT,
    )
    free = list(unallocated(lines.exclude(kind=StatementLine.Kind.FEE)).order_by("booked_on", "id"))
    by_pix = [line for line in free if refund.end_to_end and refund.end_to_end in text_of(line)]
    if by_pix or refund.end_to_end:  # another Pix of the same charge is another refund
        return by_pix[0] if by_pix else None
    slip = refund.settlement.slip
    return next((line for line in free if slip is not None and names(line, slip, account)), None)


def text_of(line: StatementLine) -> str:
    return f"{line.description} {json.dumps(line.raw, ensure_ascii=False)}"


def names(line: StatementLine, slip: Slip, account: BankAccount) -> bool:
    rules = rules_of(account)
    field = rules.movement_field if rules is not None else ""
    told = line.raw.get(field) if field and isinstance(line.raw, dict) else None
    return (bool(slip.reference) and told == slip.reference) or slip in slips_named([line])[0][1]


def join(refund: Refund, line: StatementLine) -> None:
    """The refund and its line stand for each other, on the line's day."""
    held = lock_refund(refund)
    assert held.entry is not None
    former = standing(held.entry)
    if former.reversal is not None:
        return  # a person took it out of the books
    try:
        entry = on_day_of(line, former)
    except DomainError as error:
        require_look(held.charge, str(error))
        return
    posted = line_on(line.bank_account, entry)
    if posted is not None and not was_undone(line, posted):
        with suppress(NotFree):  # another act took it: what comes next is seen at the next reading
            allocate(line, posted)
    if entry == former:
        return
    Refund.objects.of(held.tenant_id).filter(id=held.id).update(entry=entry, done_on=entry.date)
    text = f"De {former.date:%d/%m/%Y} para {entry.date:%d/%m/%Y}, o dia do extrato."
    note(held.charge, "Data do lançamento da devolução corrigida", text, tone=Tone.INFO)
    record_redating(former, entry)


def find_by_lines(account: BankAccount) -> None:
    """A Pix or transfer that went out and has the number of a charge which was paid into this
    account: its money went back."""
    since = sao_paulo_day(database_now() - RECENT)
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, amount__lt=0, kind__in=KINDS, booked_on__gte=since
    )
    free = list(unallocated(lines).order_by("booked_on", "id"))
    for first in range(0, len(free), PAGE):
        for line, slips in slips_named(free[first : first + PAGE]):
            payment = next(filter(None, (payment_of(slip, line) for slip in slips)), None)
            if payment is not None:
                with apart("debit_not_taken", line=str(line.id)):
                    record_debit(payment, line)


def slips_named(lines: Sequence[StatementLine]) -> list[tuple[StatementLine, list[Slip]]]:
    """Each line of one account, with the slips of it that the line names. One query."""
    texts = [text_of(line) for line in lines]
    words = [{*NAME.findall(text)} for text in texts]
    keys = [[keys_of_code(digits) for digits in CODE.findall(text)] for text in texts]
    together = set[str]().union(*words)
    named = Q(reference__in=together) | Q(our_number__in=together)
    for span in {span for spans in keys for span in spans}:
        named |= Q(key__range=span)
    rows = Slip.objects.of(lines[0].tenant_id).filter(named, bank_account=lines[0].bank_account_id)
    slips = list(rows.order_by("id"))
    return [
        (line, [slip for slip in slips if is_named(slip, told, spans)])
        for line, told, spans in zip(lines, words, keys, strict=True)
    ]


def is_named(slip: Slip, words: set[str], keys: list[tuple[UUID, UUID]]) -> bool:
    is_word = slip.reference in words or slip.our_number in words
    return is_word or any(first <= slip.key <= last for first, last in keys)


def payment_of(slip: Slip, line: StatementLine) -> Settlement | None:
    """The newest of the slip that this much of may still go back."""
    rows = Settlement.objects.of(slip.tenant_id).filter(
        slip=slip, bank_account=line.bank_account_id, posted_on__lte=line.booked_on
    )
    recent = rows.filter(posted_on__gte=line.booked_on - SINCE).order_by("-posted_on", "-id")
    return next((each for each in recent if left_of(each).total >= -line.amount), None)


def record_debit(payment: Settlement, line: StatementLine) -> None:
    held = lock_payment(payment)
    reference = f"line:{line.id}"
    if Refund.objects.of(held.tenant_id).filter(reference=reference).exists():
        return
    is_med = "especial" in fold(line.description) or re.search(r"\bMED\b", line.description)
    refund = record_fact(
        held,
        Told(
            kind=Refund.Kind.MED if is_med else Refund.Kind.FOUND,
            amount=-line.amount,
            day=line.booked_on,
            reference=reference,
            source="A saída com o número desta cobrança está no extrato.",
        ),
    )
    if refund.entry is not None:
        join(refund, line)


def refund_of(entry: JournalEntry) -> Refund | None:
    rows = Refund.objects.of(entry.tenant_id).filter(entry=entry).select_related("charge")
    found: Refund | None = rows.first()
    return found

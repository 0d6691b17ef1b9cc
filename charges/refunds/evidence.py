"""What a bank lists as given back: ours on its way, MED, and what was done in the bank's own app.

An id of the bank's is one refund, however often and by whom it is told.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.charges import Refund as Reading
from banking.banks.contract.charges import RefundOrigin, RefundState, UnreadRefund
from banking.banks.contract.errors import BankError
from banking.models import BankAccount, BankEvent
from brazil.banking_days import sao_paulo_day
from charges.models import ChargeRound, Refund, Settlement, Slip
from charges.models.refund import REASON_LENGTH
from charges.refunds.ask import refund_key
from charges.refunds.parts import left_of, taken_back
from charges.refunds.post import post_if_possible
from charges.refunds.record import Told, record_fact
from charges.refunds.send import take_in
from charges.refunds.transitions import lock_payment, lock_refund, move_refund
from charges.slips.readings import take_in as take_in_slip
from charges.states import RefundStatus
from charges.transitions import lock_slip, require_look
from core.apart import apart
from core.errors import DomainError, InvalidInput
from core.text import shorten
from tenants.scope import tenant_scope

log = structlog.get_logger()

OVERLAP = timedelta(days=2)
FIRST_LIST = timedelta(days=90)
KINDS = {RefundOrigin.MED: Refund.Kind.MED}


def read_refunds(account: BankAccount, bank: BankAdapter, now: datetime) -> None:
    """What changed since the list was last read to its end. To be called outside of scopes, by the
    account's one round."""
    with tenant_scope(account.tenant_id):
        mine = ChargeRound.objects.of(account.tenant_id).filter(bank_account=account)
        listed_at = mine.values_list("refunds_at", flat=True).first()
    pause = timedelta(seconds=settings.POLL_ORDERS_SECONDS)
    if listed_at is not None and now - listed_at < pause and not has_news(account, listed_at):
        return
    since = listed_at - OVERLAP if listed_at is not None else now - FIRST_LIST
    try:
        is_whole = True
        for each in bank.list_refunds(sao_paulo_day(since), sao_paulo_day(now)):
            is_whole &= take_in_or_say(account, bank, each)
    except BankError:
        return  # read from the same day on at the next round
    if is_whole:
        with tenant_scope(account.tenant_id):
            mine.update(refunds_at=now)


def take_in_or_say(account: BankAccount, bank: BankAdapter, told: Reading | UnreadRefund) -> bool:
    """As `take_in_told`. One that our own rules refuse hides no other, and is read again."""
    try:
        return take_in_told(account, bank, told)
    except (DomainError, IntegrityError):
        log.exception("refund_not_taken_in", reference=told.reference)
        return False


def has_news(account: BankAccount, since: datetime) -> bool:
    """Whether a notice of the account came since then: it may be of a refund."""
    with tenant_scope(account.tenant_id):
        events = BankEvent.objects.of(account.tenant_id).filter(connection__accounts=account)
        return events.filter(received_at__gte=since).exists()


def take_in_told(account: BankAccount, bank: BankAdapter, told: Reading | UnreadRefund) -> bool:
    """Whether nothing more is to be done about it. May raise any BankError."""
    if isinstance(told, UnreadRefund):
        return False
    with tenant_scope(account.tenant_id):
        slip = Slip.objects.of(account.tenant_id).filter(
            bank_account=account, reference=told.charge_reference
        ).first()  # fmt: skip
        if slip is None or take_in_known(account, told):
            return True  # of a charge that is not ours, or known
        is_paid = Settlement.objects.of(account.tenant_id).filter(slip=slip).exists()
    if told.state is not RefundState.DONE:
        return told.state is RefundState.FAILED  # one of others is a fact once it is done
    reading = None if is_paid else bank.fetch_charge(slip.reference)
    with tenant_scope(account.tenant_id):
        if reading is not None:
            take_in_slip(lock_slip(slip), reading, source=f"{account.bank_said.begins} informou.")
        return record_told(slip, told)


def take_in_known(account: BankAccount, told: Reading) -> bool:
    """One that is here already, by the bank's id or by the key under which it was asked for."""
    rows = Refund.objects.of(account.tenant_id).filter(bank_account=account)
    known = Q(reference=told.reference)
    if told.end_to_end:
        known |= Q(end_to_end=told.end_to_end)
    if told.key is not None:
        known |= Q(key=told.key) & ~Q(status__in=[RefundStatus.WITHDRAWN, RefundStatus.FAILED])
    found = rows.filter(known).order_by("id").first()
    if found is None:
        return False
    held = lock_refund(found)
    if held.status == RefundStatus.QUEUED:  # a database that was restored: it had left before
        move_refund(held, RefundStatus.SENDING)
    if held.status in {RefundStatus.SENDING, RefundStatus.UNKNOWN, RefundStatus.AT_BANK}:
        take_in(held, told)
    return True


def record_told(slip: Slip, told: Reading) -> bool:
    """False: the payment that it is of is not here yet."""
    payments = Settlement.objects.of(slip.tenant_id).filter(slip=slip).order_by("-posted_on", "-id")
    if not payments:
        return False
    # The newest that so much came by.
    enough = (each for each in payments if told.amount <= each.received - taken_back(each))
    held = lock_payment(next(enough, payments[0]))
    asked = forgotten(held, told)
    kind = KINDS.get(told.origin, Refund.Kind.FOUND) if told.origin else Refund.Kind.FOUND
    fact = Told(
        kind=kind,
        amount=told.amount,
        day=told.done_on,
        reference=told.reference,
        end_to_end=told.end_to_end,
        key=told.key,
        reason=shorten(told.reason, REASON_LENGTH),
        answer_until=told.answer_until,
        debt=asked.debt if asked is not None else Refund.Debt.OWED,
        source=f"{slip.bank_account.bank_said.begins} informou.",
    )
    if asked is not None:
        why = "O banco já fez esta devolução antes da restauração do banco de dados."
        move_refund(asked, RefundStatus.WITHDRAWN, message=why)
    try:
        record_fact(held, fact)
    except InvalidInput as error:  # the bank and we do not agree on what came
        require_look(held.charge, str(error))
    return True


def forgotten(payment: Settlement, told: Reading) -> Refund | None:
    """The one that still waits here and has left: a database that was restored. Its key says it."""
    waiting = Refund.objects.of(payment.tenant_id).filter(
        settlement=payment, status=RefundStatus.WAITING, amount=told.amount
    )
    held = waiting.select_related("settlement__slip").select_for_update(of=("self",), no_key=True)
    return next((each for each in held.order_by("id") if refund_key(each) == told.key), None)


def post_waiting(account: BankAccount) -> None:
    """Those that could not be posted when they came. Runs inside the company's scope."""
    rows = Refund.objects.of(account.tenant_id).filter(
        bank_account=account, status=RefundStatus.DONE, entry=None
    )
    for refund in rows.filter(settlement__entry__isnull=False).order_by("id"):
        with apart("refund_not_posted", refund=str(refund.id)):
            post_held_back(lock_refund(refund))


def post_held_back(held: Refund) -> None:
    if held.entry_id is None:
        # Its payment may have been divided anew since.
        parts = left_of(held.settlement, but=held).split(held.amount)
        move_refund(held, RefundStatus.DONE, **asdict(parts))
        post_if_possible(held)

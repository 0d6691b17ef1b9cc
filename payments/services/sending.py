"""Send queued orders: claim in one short transaction, call the bank outside, store in another.

Whatever happens in between (a kill, a lost answer, a second worker), an order leaves `queued`
once for each claim, only the claim's holder stores an outcome, and what was claimed and not
stored becomes `unknown`, which asks the bank before anything else (payments.services.asking).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from banking.access import connect
from banking.banks.base import BankAdapter, Capability, OrderState, Payment, Receipt, TedPayment
from banking.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.models import BankAccount
from payments.models import PaymentOrder
from payments.services.contents import payment_of
from payments.services.deadlines import give_back_what_missed_the_day
from payments.services.outcomes import Outcome, store_surely
from payments.states import OrderStatus
from tenants.scope import across_tenants, tenant_scope

SIDE_BY_SIDE = 16  # as many as a client has connections
BATCH = 64
RETRY_AFTER = timedelta(minutes=1)
ASK_AFTER = timedelta(seconds=20)


def accounts_with_queue(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account that has something to send now."""
    with across_tenants():
        rows = (
            PaymentOrder.objects.filter(waiting(now), status=OrderStatus.QUEUED)
            .values_list("tenant_id", "bank_account_id")
            .distinct()
        )
        return list(rows)


def waiting(now: datetime) -> Q:
    return Q(wait_until=None) | Q(wait_until__lte=now)


def send_queued(tenant_id: UUID, account_id: UUID) -> int:
    """Send all that is queued for an account, batch by batch. Returns how many were tried.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    with tenant_scope(tenant_id):
        account = (
            BankAccount.objects.of(tenant_id)
            .connected()
            .in_plan()
            .select_related("connection")
            .filter(id=account_id)
            .first()
        )
        if account is None:
            return 0
        give_back_what_missed_the_day(account, timezone.now())
    tried = 0
    with (
        connect(account.connection, needing=Capability.SEND_TED) as bank,
        ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="send") as pool,
    ):
        while batch := claim(account):
            tried += len(batch)
            outcomes = send_batch(bank, batch, pool)
            if any(o.status == OrderStatus.QUEUED for o in outcomes):
                break  # the bank is not there: the next sweep tries again
    return tried


def claim(account: BankAccount) -> list[PaymentOrder]:
    """Take the next orders of the queue. What is returned is committed as `sending`."""
    now = timezone.now()
    with tenant_scope(account.tenant_id):
        queue = (
            PaymentOrder.objects.of(account.tenant_id)
            .filter(waiting(now), bank_account=account, status=OrderStatus.QUEUED)
            .order_by("created_at", "id")
            .select_for_update(skip_locked=True)
        )
        ids = list(queue.values_list("id", flat=True)[:BATCH])
        claim_id = uuid4()
        taken = PaymentOrder.objects.of(account.tenant_id).filter(
            id__in=ids, status=OrderStatus.QUEUED
        )
        taken.update(status=OrderStatus.SENDING, claim=claim_id, claimed_at=now, first_sent_at=now)
        return list(PaymentOrder.objects.of(account.tenant_id).filter(claim=claim_id))


def send_batch(
    bank: BankAdapter, orders: Sequence[PaymentOrder], pool: ThreadPoolExecutor
) -> list[Outcome]:
    """Call the bank for the orders side by side, and store what came of each."""
    attempts = [pool.submit(send_one, bank, order) for order in orders]
    wait(attempts)
    outcomes = [attempt.result() for attempt in attempts if attempt.exception() is None]
    store_surely(orders[0].tenant_id, orders[0].claim, outcomes)
    for attempt in attempts:
        attempt.result()  # a bug: its order stays `sending`, is asked about, and the log has why
    return outcomes


def send_one(bank: BankAdapter, order: PaymentOrder) -> Outcome:
    assert order.claimed_at is not None
    if timezone.now() >= order.claimed_at + sending_time():
        return Outcome(order, OrderStatus.QUEUED, "O banco está lento e a vez deste não chegou.")
    try:
        return accepted(order, submit(bank, payment_of(order)))
    except BankError as error:
        return failed(order, error)


def sending_time() -> timedelta:
    """How long after its claim an order may still leave.

    A quarter of the lease: waiting for a token, a refusal of it, and another token take the rest,
    so no request leaves after a sweep has taken its sender for dead.
    """
    return timedelta(seconds=settings.SEND_LEASE_SECONDS / 4)


def submit(bank: BankAdapter, payment: Payment) -> Receipt:
    """May raise any BankError."""
    if isinstance(payment, TedPayment):
        return bank.send_ted(payment)
    return bank.pay_boleto(payment)


def accepted(order: PaymentOrder, receipt: Receipt) -> Outcome:
    """The bank has it. That it is paid already is for the next poll to say, which settles it.

    The poll waits a little: a bank's list may not show at once what the bank has just taken.
    """
    status = {
        OrderState.SCHEDULED: OrderStatus.SCHEDULED,
        OrderState.REJECTED: OrderStatus.REJECTED,
        OrderState.CANCELLED: OrderStatus.REJECTED,
    }.get(receipt.state, OrderStatus.AT_BANK)
    return Outcome(
        order,
        status,
        message=receipt.reason,
        reference=receipt.reference,
        amount=receipt.amount,
        wait=timedelta(seconds=settings.POLL_ORDERS_SECONDS),
    )


def failed(order: PaymentOrder, error: BankError) -> Outcome:
    """By consequence: refused for good, certainly not sent, or nobody knows."""
    message = sentence(error)
    match error:
        case BankRejected():
            return Outcome(order, OrderStatus.REJECTED, message)
        case BankUnavailable(retry_after=seconds):
            wait = timedelta(seconds=seconds) if seconds else RETRY_AFTER
            return Outcome(order, OrderStatus.QUEUED, message, wait=wait)
        case BankAccessDenied():
            return Outcome(order, OrderStatus.QUEUED, message, wait=RETRY_AFTER)
        case BankOutcomeUnknown():
            return Outcome(order, OrderStatus.UNKNOWN, message, wait=ASK_AFTER)
    raise error


def sentence(error: BankError) -> str:
    text = str(error)
    if error.reason and error.reason not in text:
        text = f"{text} O banco disse: {error.reason}"
    return text[:300]

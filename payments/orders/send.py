"""Send queued orders: claim in one short transaction, call the bank outside, store in another.

Whatever happens in between (a kill, a lost answer, a second worker), an order leaves `queued`
once for each claim, only the claim's holder stores an outcome, and what was claimed and not
stored becomes `unknown`, which asks the bank before anything else (payments.orders.unknown).
"""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import (
    BoletoPayment,
    OrderState,
    Payment,
    PixPayment,
    Receipt,
    TedPayment,
)
from banking.gateway.bank_clock import require_right_clocks
from banking.gateway.connect import connect
from banking.models import BankAccount
from core import deadline
from core.clock import Stopwatch, database_now
from core.text import shorten
from payments.models import PaymentOrder
from payments.models.order import waiting
from payments.orders.creditors import hear_creditors
from payments.orders.give_back import give_back_what_may_not_leave, give_back_what_was_undone
from payments.orders.payload import payment_of
from payments.orders.sending_lock import LOCKED
from payments.orders.transitions import (
    BATCH,
    Outcome,
    apply_state,
    claim_queued,
    store_surely,
)
from payments.states import OrderStatus
from payments.timeline import NOT_YET, Tone, note_many
from tenants.scope import across_tenants, tenant_scope

SIDE_BY_SIDE = 16  # as many as a client has connections
RETRY_AFTER = timedelta(minutes=1)
ASK_AFTER = timedelta(seconds=20)

_own = threading.local()


def accounts_with_queue(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account that has something to send now."""
    with across_tenants():
        rows = (
            PaymentOrder.objects.filter(waiting(now), status=OrderStatus.QUEUED)
            .values_list("tenant_id", "bank_account_id")
            .distinct()
        )
        return list(rows)


def send_queued(tenant_id: UUID, account_id: UUID) -> int:
    """Send all that is queued for an account, batch by batch. Returns how many were tried.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).select_related("connection", "tenant")
        account = accounts.get(id=account_id)
        give_back_what_may_not_leave(account, database_now())
        give_back_what_was_undone(account)
        if why := why_not(account):
            postpone_queue(account, why)
            return 0
    try:
        with connect(account.connection, needing=Capability.FIND_ORDER) as bank:
            return send_all(account, bank)
    except (BankUnavailable, BankAccessDenied) as error:  # nothing was claimed
        with tenant_scope(tenant_id):
            postpone_queue(account, sentence(error), getattr(error, "retry_after", None))
        return 0


def send_all(account: BankAccount, bank: BankAdapter) -> int:
    """
    Raises:
        BankUnavailable, BankAccessDenied: the next batch was not claimed, for a clock is wrong or
            the bank was asked for its time and did not answer.
    """
    tried = 0
    while not deadline.is_over():
        require_right_clocks(bank)
        claimed = Stopwatch()
        if not (batch := claim_queued(account)):
            break
        tried += len(batch)
        outcomes = send_batch(bank, batch, claimed)
        if any(o.status == OrderStatus.QUEUED for o in outcomes):
            break  # the bank is not there: the next sweep tries again
        if len(batch) < BATCH:
            break  # that was all; who has queued more since sends a message
    return tried


def senders() -> ThreadPoolExecutor:
    """The threads that send for the calling one; they stay for its next account."""
    pool: ThreadPoolExecutor | None = getattr(_own, "senders", None)
    if pool is None:
        pool = _own.senders = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="send")
    return pool


def why_not(account: BankAccount) -> str:
    """Why nothing is sent from an account, in a Portuguese sentence; empty when it may be."""
    if account.tenant.sending_locked_at is not None:
        return LOCKED
    if not account.is_connected:
        return f"A conexão com {account.bank_said.the} precisa ser refeita: nada foi enviado."
    if account.tenant.plan not in registry.info(account.provider).plans:
        return f"O plano da empresa não inclui {account.bank_said.the}: nada foi enviado."
    return ""


def postpone_queue(account: BankAccount, why: str, seconds: float | None = None) -> None:
    """Nothing of the queue was sent, and its orders say why. Runs inside the company's scope."""
    now = database_now()
    queue = PaymentOrder.objects.of(account.tenant_id).filter(
        waiting(now), bank_account=account, status=OrderStatus.QUEUED
    )
    orders = list(queue.select_for_update(skip_locked=True))
    news = [(o.payable_id, NOT_YET, why, Tone.WARN) for o in orders if o.message != why]
    wait_until = now + (timedelta(seconds=seconds) if seconds else RETRY_AFTER)
    PaymentOrder.objects.of(account.tenant_id).filter(id__in=[o.id for o in orders]).update(
        message=why, wait_until=wait_until
    )
    note_many(account.tenant_id, news, at=now)


def send_batch(
    bank: BankAdapter, orders: Sequence[PaymentOrder], claimed: Stopwatch
) -> list[Outcome]:
    """Call the bank for the orders side by side, and store what came of each."""
    left, outcomes = deque(orders), list[Outcome]()

    def send_next() -> None:
        while left:
            try:
                order = left.popleft()
            except IndexError:  # another thread was faster
                return
            outcomes.append(send_one(bank, order, claimed))

    pool = senders()
    attempts = [pool.submit(send_next) for _ in range(min(SIDE_BY_SIDE, len(orders)))]
    wait(attempts)
    store_surely(orders[0].tenant_id, orders[0].claim, outcomes)
    hear_creditors((o.order, o.creditor, o.amount) for o in outcomes)
    settle_paid(outcomes, bank.info.said.begins)
    for attempt in attempts:
        attempt.result()  # a bug: its order stays `sending`, is asked about, and the log has why
    return outcomes


def send_one(bank: BankAdapter, order: PaymentOrder, claimed: Stopwatch) -> Outcome:
    if claimed.elapsed() >= sending_time():
        return Outcome(order, OrderStatus.QUEUED, "O banco está lento: ainda não foi enviada.")
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
    match payment:
        case TedPayment():
            return bank.send_ted(payment)
        case PixPayment():
            return bank.send_pix(payment)
        case BoletoPayment():
            return bank.pay_boleto(payment)


def settle_paid(outcomes: Sequence[Outcome], bank: str) -> None:
    """Those that the bank paid at once, once they are stored; if this is lost, a poll tells."""
    for outcome in outcomes:
        if outcome.is_paid:
            with tenant_scope(outcome.order.tenant_id):
                apply_state(
                    outcome.order,
                    OrderState.PAID,
                    source=f"{bank} pagou na hora.",
                    day=outcome.paid_on,
                )


def accepted(order: PaymentOrder, receipt: Receipt) -> Outcome:
    """The bank has it.

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
        is_paid=receipt.state is OrderState.PAID,
        paid_on=receipt.day,
        creditor=receipt.creditor,
        wait=timedelta(seconds=settings.POLL_ORDERS_SECONDS),
    )


def failed(order: PaymentOrder, error: BankError) -> Outcome:
    """By consequence: refused for good, certainly not sent, or unknown."""
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
    return shorten(error.with_reason(), 300)

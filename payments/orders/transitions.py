"""How an order moves from state to state. Nothing else writes an order's status.

Every move of one order is asked of ORDER_MOVES, and one that is not there raises. The statements
for whole batches (CLAIM, STORE) name what they move; the database holds them to the same table.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import BooleanField, Func, QuerySet

from accounts.models import Account
from banking.banks.contract.payments import Creditor, OrderState
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import NotFree
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import DomainError, InvalidState
from core.text import shorten
from payments.models import NOT_APPROVED, Payable, PaymentOrder
from payments.orders.bank_lines import hold_account
from payments.orders.settlement import ENDINGS, NOT_PAID, News, record_payments
from payments.states import LIVE_ORDERS, OLD_NEWS, ORDER_MOVES, OrderStatus, PayableStatus
from payments.timeline import (
    AT_BANK,
    BACK_IN_QUEUE,
    NEEDS_CHECKING,
    NOT_YET,
    UNKNOWN_ANSWER,
    Tone,
    note,
    note_many,
)
from tenants.scope import tenant_scope

log = structlog.get_logger()

BATCH = 64
# Asked of an order: whether it pays what the approval of its bill says.
IS_SEALED = Func(
    "tenant_id", "payable_id", "rail", "amount", "content",
    function="payments_is_sealed", output_field=BooleanField(),
)  # fmt: skip
# Seconds between the attempts to store what came of a batch, while the database is away.
STORE_AGAIN = (0.1, 0.5, 2.0, 8.0)


def lock_order(order: PaymentOrder) -> PaymentOrder:
    """The order as it is now, held with its account until the transaction ends. Bill comes along.

    The account is locked first, as by all who hold both.
    """
    hold_account(order.tenant_id, order.bank_account_id)
    orders = PaymentOrder.objects.of(order.tenant_id).select_for_update(of=("self",), no_key=True)
    loaded = ("payable__payee", "payable__expense_account", "bank_account", "entry")
    locked: PaymentOrder = orders.select_related(*loaded).get(id=order.id)
    return locked


def lock_in_order(rows: QuerySet[Any]) -> list[UUID]:
    """Hold the rows until the transaction ends; their ids. Before every write of several.

    All who hold several take them in the order of their ids: an `UPDATE` takes them in whatever
    order it finds them, and two that meet hold what the other waits for.
    """
    locked = rows.select_for_update(no_key=True, of=("self",)).order_by("id")
    return list(locked.values_list("id", flat=True))


def write_status(order: PaymentOrder, status: OrderStatus, **changes: object) -> None:
    """Move an order that the caller holds, and write the changes that come with it.

    Raises:
        InvalidState: ORDER_MOVES does not have the move.
    """
    check_move(order, status)
    order.status = status
    for name, value in changes.items():
        setattr(order, name, value)
    order.save(update_fields=["status", *changes])


def check_move(order: PaymentOrder, status: OrderStatus) -> None:
    """
    Raises:
        InvalidState: an order in its status does not come to that one.
    """
    if status not in ORDER_MOVES[order.status]:
        raise InvalidState(
            f"Este pagamento consta como «{order.get_status_display().lower()}» e não pode passar "
            f"a «{status.label.lower()}». Confira no aplicativo do banco.",
            code="move_refused",
        )


def is_old_news(order: PaymentOrder, status: OrderStatus) -> bool:
    """Whether it is known already, or something later is: a poll may arrive late, or again."""
    return status == order.status or status in OLD_NEWS.get(order.status, ())


def apply_state(
    order: PaymentOrder,
    state: OrderState,
    *,
    source: str,
    line: StatementLine | None = None,
    reason: str = "",
    day: date | None = None,
) -> None:
    """Move an order to where the bank says it is, unless that is no news.

    `source` is a Portuguese phrase for the timeline: who said so. `reason` is the bank's own, and
    stays with an order that was not paid. `day` is the one on which the money moved, if the bank
    says it; `line` the line of the statement that proves it. Runs inside the company's scope.
    Where news contradict what is known, or our own books refuse them, nothing is changed, a person
    is told, and the other orders go on.

    Raises:
        NotFree: another act has taken the line.
    """
    if status_for(order, state) == order.status:
        return
    try:
        move_by_news(order, state, News(source, reason, day, line))
    except NotFree:
        raise
    except DomainError as error:
        require_review(order, str(error))


@transaction.atomic
def move_by_news(order: PaymentOrder, state: OrderState, news: News) -> None:
    """
    Raises:
        DomainError: the books do not take it, or it contradicts what is known; nothing changed.
    """
    order = lock_order(order)
    status = status_for(order, state)
    if status is not None and not is_old_news(order, status):
        move(order, status, news)


def move(order: PaymentOrder, status: OrderStatus, news: News) -> None:
    """Move an order that the caller holds, with all that follows from it.

    Raises:
        DomainError: it may not move so, or the books do not take it; the caller rolls back.
    """
    begin_move(order, status, news.reason)
    ENDINGS[status](order, news)
    order.save(update_fields=MOVED)


# What a move writes.
MOVED = [
    "status", "wait_until", "watch_until", "needs_person", "message", "seen", "entry",
    "return_entry",
]  # fmt: skip


def begin_move(order: PaymentOrder, status: OrderStatus, reason: str = "") -> None:
    """
    Raises:
        InvalidState: it may not move so.
    """
    check_move(order, status)
    order.status = status
    order.wait_until = None
    order.needs_person = False
    order.message = shorten(reason, 300) if status in NOT_PAID else ""
    order.seen = ""


STORE_PAID = """
UPDATE payments_paymentorder AS o
SET status = 'paid', needs_person = false, message = '', seen = '', entry_id = v.entry_id,
    wait_until = v.wait_until, watch_until = v.watch_until
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
    AS v (id, entry_id, wait_until, watch_until)
WHERE o.tenant_id = %s AND o.id = v.id
"""


def pay_by_lines(
    proofs: Sequence[tuple[PaymentOrder, StatementLine]],
    leaves: Mapping[UUID, Account],
    source: str,
) -> list[Allocation]:
    """As `move_by_news` of each order that its line proves to be paid, all or none; what joins the
    two, in the same order. The caller holds accounts, lines, orders and bills (`hold_live`), and by
    bank account the Contas do Ativo. Their number decides no query.

    Raises:
        DomainError, IntegrityError: one of them is not taken; the caller rolls back.
    """
    orders = [order for order, _ in proofs]
    if not orders:
        return []
    for order in orders:
        begin_move(order, OrderStatus.PAID)
    parts = record_payments(proofs, leaves, source)
    with database.cursor() as cursor:
        cursor.execute(
            STORE_PAID,
            [
                [order.id for order in orders],
                [order.entry_id for order in orders],
                [order.wait_until for order in orders],
                [order.watch_until for order in orders],
                orders[0].tenant_id,
            ],
        )
    return parts


def hold_live(
    tenant_id: UUID, bills: Collection[UUID], accounts: Collection[UUID]
) -> dict[UUID, PaymentOrder]:
    """The orders that may pay bills, by bill: those at the accounts, which the caller holds."""
    rows = PaymentOrder.objects.of(tenant_id).filter(
        payable__in=list(bills), bank_account__in=list(accounts), status__in=LIVE_ORDERS
    )
    held = PaymentOrder.objects.of(tenant_id).filter(id__in=lock_in_order(rows))
    return {order.payable_id: order for order in held}


def require_review(order: PaymentOrder, why: str) -> None:
    """Once: it is tried again at every poll, and succeeds when the reason is gone."""
    asked = PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, needs_person=False)
    if asked.update(needs_person=True):
        note(order.payable, NEEDS_CHECKING, why, tone=Tone.BAD)


def status_for(order: PaymentOrder, state: OrderState) -> OrderStatus | None:
    """Banks say «refused» and «cancelled» also of what was not approved in time: the day tells."""
    if state is OrderState.CANCELLED and order.cancel_asked_at is not None:
        return OrderStatus.CANCELLED
    if state in {OrderState.REJECTED, OrderState.CANCELLED}:
        sent_on = sao_paulo_day(order.first_sent_at or order.created_at)
        late = sao_paulo_day(database_now()) > max(order.payable.due_date, sent_on)
        return OrderStatus.EXPIRED if late else OrderStatus.REJECTED
    return {
        OrderState.AWAITING_APPROVAL: OrderStatus.AT_BANK,
        OrderState.SCHEDULED: OrderStatus.SCHEDULED,
        OrderState.PAID: OrderStatus.PAID,
        OrderState.RETURNED: OrderStatus.RETURNED,
    }.get(state)


def requeue(order: PaymentOrder, why: str) -> None:
    """The bank certainly does not have it: it is queued again, under the same key.

    The caller holds it.

    Raises:
        InvalidState: its answer is not unknown.
    """
    write_status(
        order,
        OrderStatus.QUEUED,
        wait_until=None,
        absent_since=None,
        first_sent_at=None,
        needs_person=False,
        message="",
        seen="",
    )
    note(order.payable, BACK_IN_QUEUE, why, tone=Tone.WARN)


def take_from_queue(tenant_id: UUID, reasons: Mapping[UUID, str]) -> int:
    """Give up orders that never left, by id, each with the reason; their bills are approved again.

    Returns how many; one that did leave stays as it is. The number of queries does not depend on
    that of the orders. Runs inside the company's scope, and so in a transaction.
    """
    if not reasons:
        return 0
    queued = PaymentOrder.objects.of(tenant_id).filter(id__in=reasons, status=OrderStatus.QUEUED)
    orders = list(queued.select_for_update(of=("self",), no_key=True).order_by("id"))
    if not orders:
        return 0
    for order in orders:
        check_move(order, OrderStatus.CANCELLED)
        order.status, order.message = OrderStatus.CANCELLED, shorten(reasons[order.id], 300)
    PaymentOrder.objects.bulk_update(orders, ["status", "message"])
    bills = Payable.objects.of(tenant_id).filter(id__in=[order.payable_id for order in orders])
    bills.update(status=PayableStatus.APPROVED)
    note_many(
        tenant_id,
        [(o.payable_id, "Não foi enviada", reasons[o.id], Tone.WARN) for o in orders],
        at=database_now(),
    )
    return len(orders)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one order's attempt."""

    order: PaymentOrder
    status: OrderStatus
    message: str = ""
    reference: str = ""
    amount: Decimal | None = None
    is_paid: bool = False  # the bank says that it has paid it already
    paid_on: date | None = None  # and on which day, if it says that
    creditor: Creditor | None = None  # of a boleto, whom it pays
    wait: timedelta | None = None


STORE = """
WITH held AS (  -- in the order in which all hold several
    SELECT id FROM payments_paymentorder
    WHERE tenant_id = %s AND claim = %s AND id = ANY(%s::uuid[])
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE payments_paymentorder AS o
SET status = v.status, reference = coalesce(nullif(v.reference, ''), o.reference),
    message = v.message, bank_amount = coalesce(v.amount, o.bank_amount),
    wait_until = v.wait_until, needs_person = false,
    first_sent_at = CASE WHEN v.status <> 'queued' THEN o.first_sent_at END
FROM held
JOIN unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::timestamptz[])
    AS v (id, status, reference, message, amount, wait_until) ON v.id = held.id
WHERE o.tenant_id = %s AND o.id = v.id AND o.claim = %s
  AND (o.status = 'sending' OR o.status = 'unknown' AND v.status IN ('at_bank', 'scheduled'))
RETURNING o.id
"""


def store_surely(tenant_id: UUID, claim_id: UUID | None, outcomes: Sequence[Outcome]) -> None:
    """Store, and again on a new connection when the database went away.

    A first attempt whose COMMIT was done and its answer lost makes the second one change nothing.
    """
    for pause in STORE_AGAIN:
        try:
            store_outcomes(tenant_id, claim_id, outcomes)
        except (OperationalError, InterfaceError):
            log.warning("store_again", count=len(outcomes), exc_info=True)
            database.close()
            time.sleep(pause)
        else:
            return
    store_outcomes(tenant_id, claim_id, outcomes)


def store_outcomes(tenant_id: UUID, claim_id: UUID | None, outcomes: Sequence[Outcome]) -> None:
    """One statement for a whole batch, and the bills and timelines that follow from it.

    Only the holder of the claim writes. An order that a sweep called `unknown` since then takes a
    late yes; a late no is not believed, because the bank has been asked again since.
    """
    now = database_now()
    with tenant_scope(tenant_id):
        with database.cursor() as cursor:
            cursor.execute(
                STORE,
                [
                    tenant_id,
                    claim_id,
                    [o.order.id for o in outcomes],
                    [o.order.id for o in outcomes],
                    [o.status.value for o in outcomes],
                    [o.reference for o in outcomes],
                    [o.message for o in outcomes],
                    [o.amount for o in outcomes],
                    [now + o.wait if o.wait else None for o in outcomes],
                    tenant_id,
                    claim_id,
                ],
            )
            stored = {row[0] for row in cursor.fetchall()}
        outcomes = [o for o in outcomes if o.order.id in stored]
        give_back(tenant_id, outcomes)
        note_many(tenant_id, [timeline_row(o) for o in outcomes if is_news(o)], at=now)
    log.info("orders_stored", count=len(outcomes))


def is_news(outcome: Outcome) -> bool:
    """Not when it stays queued for the reason of its last attempt."""
    return outcome.status != OrderStatus.QUEUED or outcome.message != outcome.order.message


def give_back(tenant_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """The bills of refused orders wait for approval again."""
    refused = [o.order.payable_id for o in outcomes if o.status == OrderStatus.REJECTED]
    if refused:
        Payable.objects.of(tenant_id).filter(id__in=refused, status=PayableStatus.SENT).update(
            status=PayableStatus.PENDING, hold=Payable.Hold.REFUSED, **NOT_APPROVED
        )


def timeline_row(outcome: Outcome) -> tuple[UUID, str, str, str]:
    if outcome.is_paid:
        text = f"Identificação no banco: {outcome.reference}."
        return outcome.order.payable_id, "No banco", text, Tone.INFO
    title, tone = {
        OrderStatus.AT_BANK: (AT_BANK, Tone.INFO),
        OrderStatus.SCHEDULED: ("Agendada no banco", Tone.INFO),
        OrderStatus.REJECTED: ("Recusada pelo banco", Tone.BAD),
        OrderStatus.QUEUED: (NOT_YET, Tone.WARN),
        OrderStatus.UNKNOWN: (UNKNOWN_ANSWER, Tone.BAD),
    }[outcome.status]
    text = outcome.message or (f"Identificação no banco: {outcome.reference}.")
    return outcome.order.payable_id, title, text, tone


# Between two batches somebody may undo the connection that the sender holds, or lock sending
# (payments.orders.sending_lock). What is taken is compared with its approval once more
# (payments.orders.give_back): these orders once each, whatever plan PostgreSQL makes of the rest.
CLAIM = """
WITH next AS (
    SELECT o.id, o.payable_id, o.rail, o.amount, o.content FROM payments_paymentorder AS o
    JOIN tenants_tenant AS t ON t.id = o.tenant_id AND t.sending_locked_at IS NULL
    JOIN banking_bankaccount AS a ON a.tenant_id = o.tenant_id AND a.id = o.bank_account_id
    JOIN banking_connection AS c
        ON c.tenant_id = a.tenant_id AND c.id = a.connection_id AND c.status = 'active'
    WHERE o.tenant_id = %(tenant)s AND o.bank_account_id = %(account)s AND o.status = 'queued'
        AND (o.wait_until IS NULL OR o.wait_until <= %(now)s)
    ORDER BY o.created_at, o.id
    LIMIT %(batch)s FOR UPDATE OF o SKIP LOCKED
), sealed AS MATERIALIZED (
    SELECT id FROM next
    WHERE payments_is_sealed(%(tenant)s, payable_id, rail, amount, content)
)
UPDATE payments_paymentorder
SET status = 'sending', claim = %(claim)s, claimed_at = %(now)s, first_sent_at = %(now)s
WHERE tenant_id = %(tenant)s AND id = ANY(ARRAY(SELECT id FROM sealed))
RETURNING *
"""


def claim_queued(account: BankAccount) -> list[PaymentOrder]:
    """Take the next orders of the queue. What is returned is committed as `sending`."""
    claim = {
        "tenant": account.tenant_id, "account": account.id, "now": database_now(),
        "claim": uuid4(), "batch": BATCH,
    }  # fmt: skip
    with tenant_scope(account.tenant_id):
        orders = list(PaymentOrder.objects.raw(CLAIM, claim))
    return sorted(orders, key=lambda order: order.id)


def abandon_stale_sends(account: BankAccount, now: datetime) -> None:
    """A claim whose holder stored nothing in time: it may have been sent."""
    hold_account(account.tenant_id, account.id)
    lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
    stale = PaymentOrder.objects.of(account.tenant_id).filter(
        bank_account=account, status=OrderStatus.SENDING, claimed_at__lte=now - lease
    )
    locked = stale.select_for_update(no_key=True, skip_locked=True, of=("self",))
    for order in locked.select_related("payable").order_by("id"):
        why = "O envio foi interrompido antes da resposta do banco."
        write_status(order, OrderStatus.UNKNOWN, message=why, wait_until=None)
        note(order.payable, UNKNOWN_ANSWER, order.message, tone=Tone.BAD)

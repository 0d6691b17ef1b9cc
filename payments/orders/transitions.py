"""How an order ends, and what follows for its bill, the books and the timeline."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.chart.reclassify import (
    standing,
)
from accounts.journal.entries import (
    post_entry,
    reverse_entry,
)
from banking.bank_accounts.ledger_account import hold_leaf
from banking.banks.contract.payments import OrderState, Rail
from banking.models import StatementLine
from brazil.banking_days import day_bounds, next_banking_day, sao_paulo_day
from core.errors import DomainError, InvalidState, NotAllowed
from payments.bills.approval import revoke_approval
from payments.models import Payable, PaymentOrder
from payments.states import ORDER_MOVES, OrderStatus, PayableStatus
from payments.timeline import Tone, note
from payments.words import ONE_DAY
from tenants.models import Membership

NOT_PAID = frozenset(
    {OrderStatus.REJECTED, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.RETURNED}
)
# The payee's bank gives a transfer back on the same day or the next; five banking days are ample.
RETURN_DAYS = 5
LOOK_AGAIN_AT_PAID = timedelta(hours=6)


def lock_order(order: PaymentOrder) -> PaymentOrder:
    """The order as it is now, held until the transaction ends. Bill and account come along."""
    locked: PaymentOrder = (
        PaymentOrder.objects.of(order.tenant_id)
        .select_for_update(of=("self",))
        .select_related("payable__payee", "payable__expense_account", "bank_account")
        .get(id=order.id)
    )
    return locked


def apply_state(
    order: PaymentOrder,
    state: OrderState,
    *,
    source: str,
    line: StatementLine | None = None,
    reason: str = "",
) -> bool:
    """Move an order to where the bank says it is. False when that changes nothing.

    `source` is a Portuguese phrase for the timeline: who said so. `reason` is the bank's own, and
    stays with an order that was not paid. Runs inside the company's
    scope. What the state machine does not allow (news that are older than what is known) is
    left alone. Where our own books refuse what the bank says, a person is told, and the other
    orders go on.
    """
    if status_for(order, state) == order.status:
        return False
    try:
        return move(order, state, source, line, reason)
    except DomainError as error:
        ask_a_person(order, str(error))
        return False


@transaction.atomic
def move(
    order: PaymentOrder,
    state: OrderState,
    source: str,
    line: StatementLine | None = None,
    reason: str = "",
) -> bool:
    """
    Raises:
        DomainError: the books do not take it; nothing was changed.
    """
    order = lock_order(order)
    status = status_for(order, state)
    if status is None or status == order.status or status not in ORDER_MOVES[order.status]:
        return False
    order.status = status
    order.wait_until = None
    order.needs_person = False
    order.message = reason[:300] if status in NOT_PAID else ""
    order.seen = ""
    ENDINGS[status](order, source, line)
    order.save(
        update_fields=[
            "status", "wait_until", "watch_until", "needs_person", "message", "seen", "entry",
            "statement_line",
        ]
    )  # fmt: skip
    return True


def ask_a_person(order: PaymentOrder, why: str) -> None:
    """Once: it is tried again at every poll, and mends itself when the reason is gone."""
    asked = PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, needs_person=False)
    if asked.update(needs_person=True):
        note(order.payable, "Precisa de uma pessoa", why, tone=Tone.BAD)


def status_for(order: PaymentOrder, state: OrderState) -> OrderStatus | None:
    """Banks say «refused» and «cancelled» also when nobody approved in time: the day tells."""
    if state is OrderState.CANCELLED and order.cancel_asked_at is not None:
        return OrderStatus.CANCELLED
    if state in {OrderState.REJECTED, OrderState.CANCELLED}:
        sent_on = sao_paulo_day(order.first_sent_at or order.created_at)
        late = sao_paulo_day(timezone.now()) > max(order.payable.due_date, sent_on)
        return OrderStatus.EXPIRED if late else OrderStatus.REJECTED
    return {
        OrderState.AWAITING_APPROVAL: OrderStatus.AT_BANK,
        OrderState.SCHEDULED: OrderStatus.SCHEDULED,
        OrderState.PAID: OrderStatus.PAID,
        OrderState.RETURNED: OrderStatus.RETURNED,
    }.get(state)


def waits_at_bank(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    note(order.payable, order.get_status_display(), source, tone=Tone.INFO)


def is_paid(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    """The bill is paid, and the books say so: expense against the Conta do Ativo."""
    payable = order.payable
    amount = -line.amount if line else order.bank_amount or order.amount
    paid_on = line.booked_on if line else sao_paulo_day(timezone.now())
    order.statement_line = line or order.statement_line
    order.entry = post_entry(
        payable.tenant,
        date=paid_on,
        memo=f"Pagamento a {payable.payee.name}"[:140],
        lines=[(payable.expense_account, amount), (hold_leaf(order.bank_account), -amount)],
    )
    if order.rail == Rail.TED:
        order.watch_until = returns_until(timezone.now())
        order.wait_until = timezone.now() + LOOK_AGAIN_AT_PAID
    _move(payable, PayableStatus.PAID)
    note(payable, "Paga", source, tone=Tone.OK)


def returns_until(paid_at: datetime) -> datetime:
    """Until when a transfer that was paid is expected back, if it comes back."""
    day = sao_paulo_day(paid_at)
    for _ in range(RETURN_DAYS):
        day = next_banking_day(day + ONE_DAY)
    return day_bounds(day)[1]


def is_not_paid(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    """The bill waits for approval again: nothing sends it a second time before that."""
    hold = {
        OrderStatus.EXPIRED: Payable.Hold.EXPIRED,
        OrderStatus.RETURNED: Payable.Hold.RETURNED,
        OrderStatus.CANCELLED: Payable.Hold.TAKEN_BACK,
    }.get(OrderStatus(order.status), Payable.Hold.REFUSED)
    if order.entry is not None:
        today = sao_paulo_day(timezone.now())
        entry = standing(order.entry)
        reverse_entry(entry, by=None, date=max(today, entry.date), why=str(hold.label))
    revoke_approval(order.payable, hold=hold)
    note(order.payable, hold.label, source, tone=Tone.BAD)


def _move(payable: Payable, status: PayableStatus) -> None:
    payable.status = status
    payable.save(update_fields=["status"])


ENDINGS: dict[str, Callable[[PaymentOrder, str, StatementLine | None], None]] = {
    OrderStatus.AT_BANK: waits_at_bank,
    OrderStatus.SCHEDULED: waits_at_bank,
    OrderStatus.PAID: is_paid,
    OrderStatus.REJECTED: is_not_paid,
    OrderStatus.EXPIRED: is_not_paid,
    OrderStatus.CANCELLED: is_not_paid,
    OrderStatus.RETURNED: is_not_paid,
}


@transaction.atomic
def settle_by_hand(order: PaymentOrder, *, was_paid: bool, by: Membership) -> None:
    """A person looked at the bank's app and statement, and says how an order ended.

    Only for one that neither the bank nor the statement could tell of.

    Raises:
        NotAllowed: `by` may not approve bills.
        InvalidState: the bank is still being asked.
    """
    if not by.can_approve:
        raise NotAllowed("Só quem aprova contas pode dizer como este pagamento terminou.")
    if not lock_order(order).needs_person:
        raise InvalidState("O banco ainda está sendo consultado. Espere a resposta dele.")
    state = OrderState.PAID if was_paid else OrderState.REJECTED
    move(order, state, f"{by.user.display_name} conferiu no banco.")


@transaction.atomic
def take_from_queue(order: PaymentOrder, why: str) -> bool:
    """Give up an order that never left; its bill is approved again. False when it did leave."""
    order = lock_order(order)
    if order.status != OrderStatus.QUEUED:
        return False
    order.status = OrderStatus.CANCELLED
    order.message = why[:300]
    order.save(update_fields=["status", "message"])
    _move(order.payable, PayableStatus.APPROVED)
    note(order.payable, "Não foi enviada", why, tone=Tone.WARN)
    return True

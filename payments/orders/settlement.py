"""What follows for the bill, the books and the timeline when an order ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.chart.reclassify import standing
from accounts.journal.entries import post_entry, reverse_entry
from banking.bank_accounts.ledger_account import hold_leaf
from banking.banks.contract.payments import Rail
from banking.models import StatementLine
from brazil.banking_days import day_bounds, next_banking_day, sao_paulo_day
from core.clock import database_now
from core.dates import ONE_DAY
from payments.bills.approval import revoke_approval
from payments.models import Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from payments.timeline import Tone, note

NOT_PAID = frozenset(
    {OrderStatus.REJECTED, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.RETURNED}
)


# The payee's bank gives a transfer back on the same day or the next; five banking days are ample.
RETURN_DAYS = 5


LOOK_AGAIN_AT_PAID = timedelta(hours=6)


def record_at_bank(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    note(order.payable, order.get_status_display(), source, tone=Tone.INFO)


def record_payment(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    """The bill is paid, and the books say so: expense against the Conta do Ativo."""
    payable = order.payable
    amount = -line.amount if line else order.bank_amount or order.amount
    paid_on = line.booked_on if line else sao_paulo_day(database_now())
    order.statement_line = line or order.statement_line
    order.entry = post_entry(
        payable.tenant,
        date=paid_on,
        memo=f"Pagamento a {payable.payee.name}"[:140],
        lines=[(payable.expense_account, amount), (hold_leaf(order.bank_account), -amount)],
    )
    if order.rail == Rail.TED:
        order.watch_until = returns_until(database_now())
        order.wait_until = database_now() + LOOK_AGAIN_AT_PAID
    set_bill_status(payable, PayableStatus.PAID)
    note(payable, "Paga", source, tone=Tone.OK)


def returns_until(paid_at: datetime) -> datetime:
    """Until when a transfer that was paid is expected back, if it comes back."""
    day = sao_paulo_day(paid_at)
    for _ in range(RETURN_DAYS):
        day = next_banking_day(day + ONE_DAY)
    return day_bounds(day)[1]


def reopen_bill(order: PaymentOrder, source: str, line: StatementLine | None) -> None:
    """The bill waits for approval again: nothing sends it a second time before that."""
    hold = {
        OrderStatus.EXPIRED: Payable.Hold.EXPIRED,
        OrderStatus.RETURNED: Payable.Hold.RETURNED,
        OrderStatus.CANCELLED: Payable.Hold.TAKEN_BACK,
    }.get(OrderStatus(order.status), Payable.Hold.REFUSED)
    if order.entry is not None:
        today = sao_paulo_day(database_now())
        entry = standing(order.entry)
        reverse_entry(entry, by=None, date=max(today, entry.date), why=str(hold.label))
    revoke_approval(order.payable, hold=hold)
    note(order.payable, hold.label, source, tone=Tone.BAD)


def set_bill_status(payable: Payable, status: PayableStatus) -> None:
    payable.status = status
    payable.save(update_fields=["status"])


ENDINGS: dict[str, Callable[[PaymentOrder, str, StatementLine | None], None]] = {
    OrderStatus.AT_BANK: record_at_bank,
    OrderStatus.SCHEDULED: record_at_bank,
    OrderStatus.PAID: record_payment,
    OrderStatus.REJECTED: reopen_bill,
    OrderStatus.EXPIRED: reopen_bill,
    OrderStatus.CANCELLED: reopen_bill,
    OrderStatus.RETURNED: reopen_bill,
}

"""That a line of the statement is the debit of a payment of ours, which a bank may be making."""

from decimal import Decimal

from banking.bank_accounts.ledger_account import hold_leaves
from banking.banks.contract.payments import OrderState
from banking.models import StatementLine
from core.errors import InvalidState
from payments.models import PaymentOrder
from payments.orders.bank_lines import agrees_with_debit_of, sent_on, value_of
from payments.orders.settlement import News
from payments.orders.transitions import move_by_news, pay_by_lines
from reconciliation.matches.write import Effect, Writing, posted_on


def is_debit_of(order: PaymentOrder, line: StatementLine) -> bool:
    """Whether the whole line may be the debit of the order, where something says that it is."""
    return line.bank_account_id == order.bank_account_id and agrees_with_debit_of(order, line)


def prove(writing: Writing, order: PaymentOrder, line: StatementLine, source: str) -> None:
    """The line, which stands for nothing yet, is the debit of the order. The caller holds account,
    line, order and bill.

    Raises:
        DomainError: the order is not on its way, or the books do not take it; the caller rolls
            back.
    """
    leaves = hold_leaves(line.tenant_id, [line.bank_account_id])
    (part,) = pay_by_lines([(order, line)], leaves, source)
    writing.add_part(part)
    note_proof(writing, order)


def prove_by_lot(
    writing: Writing, order: PaymentOrder, news: News, piece: tuple[StatementLine, Decimal]
) -> None:
    """One debit for a lot of orders, which it names by the id that its bank gave the lot."""
    line, amount = piece
    is_named = bool(order.reference) and order.reference in line.description.split()
    if not is_named or -amount != value_of(order) or line.booked_on < sent_on(order):
        raise only_own_line(order)
    move_by_news(order, OrderState.PAID, news)
    order.refresh_from_db(fields=["entry"])
    assert order.entry is not None
    writing.join(line, posted_on(line.bank_account, order.entry), amount)
    note_proof(writing, order)


def note_proof(writing: Writing, order: PaymentOrder) -> None:
    writing.note(Effect.ORDER_PROVED, bill=order.payable, order=order, entry=order.entry)


def only_own_line(order: PaymentOrder) -> InvalidState:
    return InvalidState(
        f"O banco pode estar pagando esta conta ({order.get_status_display().lower()}): só a linha "
        "desse pagamento a concilia. Espere o resultado, ou informe-o na página da conta.",
        code="at_bank",
    )

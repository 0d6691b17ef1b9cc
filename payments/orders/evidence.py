"""Orders and the lines of the statement that paid them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from banking.banks.contract.payments import OrderState, Rail
from banking.models import BankAccount, StatementLine
from brazil.banking_days import sao_paulo_day
from payments.models import PaymentOrder
from payments.orders.transitions import apply_state, lock_in_order
from payments.states import OPEN_AT_BANK, OrderStatus

Kind = StatementLine.Kind
# A bank may not say what a movement was; the payee's document then tells.
LINE_KINDS = {
    Rail.TED: [Kind.TRANSFER, Kind.OTHER],
    Rail.PIX: [Kind.PIX, Kind.OTHER],
    Rail.BOLETO: [Kind.PAYMENT],
}


def match_statement(account: BankAccount) -> None:
    """Give orders their line of the statement; where nothing else tells, a line proves a payment.

    One line pays one order. Among orders of one value, those of which the bank says nothing are
    paid only when there is a line for every one that may have been debited: with fewer, it
    is not known which of them were, and people or a webhook will tell. Runs inside the company's
    scope.
    """
    orders = (
        PaymentOrder.objects.of(account.tenant_id)
        .filter(
            bank_account=account,
            statement_line=None,
            status__in=[OrderStatus.PAID, OrderStatus.UNKNOWN, *OPEN_AT_BANK],
        )
        .select_related("payable__payee")
        .order_by("first_sent_at", "id")
    )
    found: list[tuple[PaymentOrder, StatementLine]] = []
    for group in by_value(orders):
        paid = [order for order in group if order.status == OrderStatus.PAID]
        others = [order for order in group if order.status != OrderStatus.PAID]
        if not paid and not any(map(only_the_statement_tells, others)):
            continue
        lines = free_lines(group, account)
        found += pairs(paid, lines)
        proved = list(pairs(others, lines))
        if len(proved) == len(others):
            found += [pair for pair in proved if only_the_statement_tells(pair[0])]
    mine = PaymentOrder.objects.of(account.tenant_id)
    lock_in_order(mine.filter(id__in=[order.id for order, _ in found]))
    for order, line in found:
        if order.status == OrderStatus.PAID:
            mine.filter(id=order.id).update(statement_line=line)
        else:
            apply_state(order, OrderState.PAID, source="O débito está no extrato.", line=line)


def only_the_statement_tells(order: PaymentOrder) -> bool:
    """It left the bank's list without a word, or the bank could not tell of it."""
    if order.status == OrderStatus.UNKNOWN:
        return order.needs_person
    return order.left_list_at is not None


def by_value(orders: Iterable[PaymentOrder]) -> Iterable[list[PaymentOrder]]:
    """Orders that no line of a statement can tell apart."""
    groups: dict[tuple[object, ...], list[PaymentOrder]] = defaultdict(list)
    for order in orders:
        payee = order.payable.payee.document if order.rail != Rail.BOLETO else ""
        groups[order.rail, order.bank_amount or order.amount, payee].append(order)
    return groups.values()


def free_lines(group: Sequence[PaymentOrder], account: BankAccount) -> list[StatementLine]:
    """Debits of the group's value since the first of it was sent, that no order has yet."""
    first = group[0]
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account,
        amount=-(first.bank_amount or first.amount),
        kind__in=LINE_KINDS[Rail(first.rail)],
        booked_on__gte=sao_paulo_day(first.first_sent_at or first.created_at),
    )
    if first.rail != Rail.BOLETO:
        lines = lines.filter(counterparty_document=first.payable.payee.document)
    taken = PaymentOrder.objects.of(account.tenant_id).exclude(statement_line=None)
    free = lines.exclude(id__in=taken.values("statement_line"))
    return list(free.order_by("booked_on", "occurred_at", "id")[: len(group)])


def pairs(
    orders: Sequence[PaymentOrder], lines: list[StatementLine]
) -> Iterator[tuple[PaymentOrder, StatementLine]]:
    """Each order with the oldest line that is not before its day; the lines given are removed."""
    for order in orders:
        sent_on = sao_paulo_day(order.first_sent_at or order.created_at)
        line = next((line for line in lines if line.booked_on >= sent_on), None)
        if line is not None:
            lines.remove(line)
            yield order, line

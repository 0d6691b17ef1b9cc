"""The lines of an account's statement that its orders may be of, and joining them to the entries.

Everything here runs inside the company's scope, and what writes does so under `hold_account`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from accounts.models import JournalEntry
from banking.banks.contract.payments import Rail
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import unallocated
from brazil.banking_days import sao_paulo_day
from brazil.document import is_same_company
from core.clock import database_now
from core.money import to_cents
from payments.models import PaymentOrder

Kind = StatementLine.Kind
# A bank may not say what a movement was; the payee's document then tells.
LINE_KINDS = {
    Rail.TED: [Kind.TRANSFER, Kind.OTHER],
    Rail.PIX: [Kind.PIX, Kind.OTHER],
    Rail.BOLETO: [Kind.PAYMENT],
}
# What a credit says that names nobody and brings a payment back, without accents.
RETURN_WORDS = ("devol", "estorn")


def hold_account(tenant_id: UUID, account_id: UUID) -> BankAccount:
    """The account as it is now, held until the transaction ends.

    Whoever gives lines to orders, or moves an order by what a bank says, holds it first and the
    orders after it: so of two workers the second sees what the first one did.
    """
    rows = BankAccount.objects.of(tenant_id).select_for_update(of=("self",), no_key=True)
    account: BankAccount = rows.get(id=account_id)
    return account


def value_of(order: PaymentOrder) -> Decimal:
    return order.bank_amount or order.amount


def sent_on(order: PaymentOrder) -> date:
    return sao_paulo_day(order.first_sent_at or order.created_at)


def payee_of(order: PaymentOrder) -> str:
    """The document that its lines name; empty for a boleto, whose lines name nobody for sure."""
    return "" if order.rail == Rail.BOLETO else order.payable.payee.document


def looks_like_debit_of(order: PaymentOrder, line: StatementLine) -> bool:
    """Whatever its day."""
    return (
        line.amount == -value_of(order)
        and line.kind in LINE_KINDS[Rail(order.rail)]
        and (order.rail == Rail.BOLETO or line.counterparty_document == payee_of(order))
    )


def may_be_debit_of(order: PaymentOrder, line: StatementLine) -> bool:
    return line.booked_on >= sent_on(order) and looks_like_debit_of(order, line)


def agrees_with_debit_of(order: PaymentOrder, line: StatementLine) -> bool:
    """As `may_be_debit_of` where a person, or an id in the text, says that it is the debit: a line
    that names nobody, or not what it was, says nothing against it."""
    document, payee = line.counterparty_document, payee_of(order)
    names_another = bool(document and payee) and not is_same_company(document, payee)
    return (
        line.amount == -value_of(order)
        and line.booked_on >= sent_on(order)
        and line.kind in {*LINE_KINDS[Rail(order.rail)], Kind.OTHER}
        and not names_another
    )


def may_be_return_of(order: PaymentOrder, line: StatementLine) -> bool:
    """A credit that brings its money back: from the payee, or from nobody and in such words."""
    if line.amount != value_of(order) or line.booked_on < sent_on(order):
        return False
    if line.counterparty_document:
        return line.counterparty_document == order.payable.payee.document
    return any(word in line.description.lower() for word in RETURN_WORDS)


def free_debits(orders: Sequence[PaymentOrder]) -> list[StatementLine]:
    """Debits of one of their values that stand for nothing yet, the oldest first. One query."""
    return free_lines(orders, {-value_of(order) for order in orders})


def free_credits(orders: Sequence[PaymentOrder]) -> list[StatementLine]:
    return free_lines(orders, {value_of(order) for order in orders})


def free_lines(orders: Sequence[PaymentOrder], amounts: set[Decimal]) -> list[StatementLine]:
    """Of the account of the orders, which is the same for all, since the first was sent."""
    if not orders:
        return []
    lines = StatementLine.objects.of(orders[0].tenant_id).filter(
        bank_account=orders[0].bank_account_id,
        cents__in={to_cents(amount) for amount in amounts},
        booked_on__gte=min(map(sent_on, orders)),
    )
    return list(unallocated(lines).defer("raw").order_by("booked_on", "occurred_at", "id"))


def debit_of(order: PaymentOrder, told: date | None = None) -> StatementLine | None:
    """The free line that may be the debit of an order of which the bank says that it is paid.

    One of the day that the bank tells, else the oldest.
    """
    found = [line for line in free_debits([order]) if may_be_debit_of(order, line)]
    return min(found, key=lambda line: line.booked_on != told, default=None)


def return_of(order: PaymentOrder, told: date | None = None) -> StatementLine | None:
    found = [line for line in free_credits([order]) if may_be_return_of(order, line)]
    return min(found, key=lambda line: line.booked_on != told, default=None)


def event_day(
    order: PaymentOrder, line: StatementLine | None, told: date | None
) -> tuple[date, bool]:
    """On which day the money moved, and whether that is provisional.

    The statement's, else what the bank tells, if that can be, else the day on which we learn it.
    """
    if line is not None:
        return line.booked_on, False
    today = sao_paulo_day(database_now())
    if told is not None and sent_on(order) <= told <= today:
        return told, False
    return today, True


def undone_pairs(tenant_id: UUID, lines: Iterable[StatementLine]) -> set[tuple[UUID, UUID]]:
    """(bank line, entry) of what people took apart: nothing joins them again by itself."""
    undone = Allocation.objects.of(tenant_id).undone()
    undone = undone.filter(statement_line__in=[line.id for line in lines])
    return set(undone.values_list("statement_line_id", "journal_line__entry_id"))


def orders_of(tenant_id: UUID, entries: Sequence[JournalEntry]) -> dict[UUID, PaymentOrder]:
    """Which order each entry is of, if it is of one; an entry that replaces another one too."""
    asked = {entry.id: entry.id for entry in entries}
    newest: Sequence[JournalEntry] = entries
    while former := {entry.replaces_id: entry.id for entry in newest if entry.replaces_id}:
        asked |= {old: asked[new] for old, new in former.items()}
        newest = list(JournalEntry.objects.of(tenant_id).filter(id__in=former))
    found: dict[UUID, PaymentOrder] = {}
    orders = PaymentOrder.objects.of(tenant_id).filter(
        Q(entry__in=asked) | Q(return_entry__in=asked)
    )
    for order in orders.select_related("payable__payee"):
        for entry in (order.entry_id, order.return_entry_id):
            if entry in asked:
                found[asked[entry]] = order
    return found

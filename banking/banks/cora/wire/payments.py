"""Pure functions between Cora's JSON and the contract, for the account and for money out.

Amounts are whole centavos; payments and transfers are snake_case, the rest camelCase
(developers.cora.com.br/reference).
"""

from dataclasses import dataclass
from decimal import Decimal

from banking.banks.contract.errors import BankOutcomeUnknown, BankRejected
from banking.banks.contract.payments import (
    BoletoPayment,
    Creditor,
    OrderState,
    Rail,
    Receipt,
    TedPayment,
)
from banking.banks.cora.wire.fields import (
    UnreadableAnswer,
    amount_of,
    digits_of,
    id_in,
    id_of,
    is_digits,
    list_of,
    object_of,
    text_of,
)
from banking.banks.cora.wire.order_states import STATES
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from brazil.document import read_loose_document
from core.money import MAX_AMOUNT, to_cents


def transfer_to_wire(payment: TedPayment) -> Json:
    """The body of POST /transfers/initiate.

    Cora answers 500 to what it cannot understand, which tells nothing of what was done: what is
    known to be wrong is refused here.

    Raises:
        BankRejected: Cora would not take it. Nothing was sent.
    """
    refuse_unless(is_digits(payment.bank_code, 3, 3), "O código do banco tem três dígitos.")
    refuse_unless(is_digits(payment.branch, 1, 4), "A agência tem até quatro dígitos.")
    refuse_unless(
        is_digits(payment.account, 2, 13), "A conta tem até 13 dígitos, com o dígito verificador."
    )
    name = text_of(payment.holder_name, "name")
    refuse_unless(bool(name), "Falta o nome do favorecido.")
    document = payment.holder_document
    refuse_unless(len(document) in (11, 14), "Falta o CPF ou o CNPJ do favorecido.")
    body: dict[str, Json] = {
        "destination": {
            "bank_code": payment.bank_code,
            "branch_number": payment.branch,
            "account_number": payment.account,
            "account_type": payment.account_type.value.upper(),
            "holder": {
                "name": name,
                "document": {
                    "identity": document,
                    "type": "CPF" if len(document) == 11 else "CNPJ",
                },
            },
        },
        "amount": cents(payment.amount),
        "code": payment.code,
    }
    if description := text_of(payment.description, "description"):
        body["description"] = description
    return body


def boleto_to_wire(payment: BoletoPayment) -> Json:
    """The body of POST /payments/initiate. The amount is not sent: the registered boleto has it.

    Raises:
        BankRejected: Cora would not take it. Nothing was sent.
    """
    refuse_unless(
        is_digits(payment.linha_digitavel, 47, 48), "A linha digitável tem 47 ou 48 dígitos."
    )
    return {"digitable_line": payment.linha_digitavel, "code": payment.code}


def cents(amount: Decimal) -> int:
    """Whole centavos, more than zero. Raises BankRejected: it is no amount that can be sent."""
    refuse_unless(
        amount.is_finite() and 0 < amount <= MAX_AMOUNT,
        "O valor precisa ser maior que zero e de até R$ 999.999.999,99.",
    )
    try:
        return to_cents(amount)
    except ValueError as error:
        raise BankRejected("O valor tem fração de centavo.") from error


def refuse_unless(is_right: bool, sentence: str) -> None:
    """Raises BankRejected with the sentence: Cora would not take it, and nothing is sent."""
    if not is_right:
        raise BankRejected(sentence)


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """A transfer or a payment as Cora shows it."""

    reference: str
    code: str  # ours; empty when it is not shown
    state: OrderState | None  # None: a status that is not documented
    amount: Decimal | None
    creditor: Creditor | None = None
    is_unread: bool = False  # it is there; of it only what could be read of id and code is known


def order_from_wire(answer: Json, rail: Rail) -> ListedOrder:
    answer = object_of(answer, "items")
    status = answer.get("status")
    if not isinstance(status, str):
        raise UnreadableAnswer("status")
    amount = answer.get("amount")
    return ListedOrder(
        reference=id_of(answer.get("id")),
        code=text_of(answer.get("code"), "code"),
        state=STATES[rail].get(status),
        amount=None if amount is None else amount_of(amount),
        creditor=creditor_of(answer.get("creditor")),
    )


def creditor_of(told: Json) -> Creditor | None:
    """What cannot be read of it is as if it were not told: the order stands all the same."""
    if not isinstance(told, dict):
        return None
    name, document = told.get("name"), told.get("document")
    written = " ".join(name.split()) if isinstance(name, str) else ""
    creditor = Creditor(written, read_loose_document(document))
    return creditor if creditor.name or creditor.document else None


def receipt_of(order: ListedOrder) -> Receipt:
    """An undocumented status counts as waiting: Cora's API only initiates, for every rail."""
    state = order.state or OrderState.AWAITING_APPROVAL
    return Receipt(
        reference=order.reference, state=state, amount=order.amount, creditor=order.creditor
    )


def receipt_from_wire(answer: Json, rail: Rail) -> Receipt:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did say yes."""
    try:
        return receipt_of(order_from_wire(answer, rail))
    except UnreadableAnswer as error:
        raise BankOutcomeUnknown(
            "O banco Cora aceitou o pedido, mas a confirmação veio ilegível. "
            "Ele será conferido antes de qualquer repetição."
        ) from error


def orders_from_wire(answer: Json, rail: Rail) -> list[ListedOrder]:
    """One page of a list. Its envelope is not documented: a bare array is taken too, and the
    totals are not read, for they may count the page or the whole."""
    items = answer if isinstance(answer, list) else object_of(answer, "list").get("items")
    orders, unread = each_of(
        list_of(items, "items"),
        lambda item: order_from_wire(item, rail),
        lambda item, error: _unread(item),
    )
    return [*orders, *unread]


def _unread(item: Json) -> ListedOrder:
    code = item.get("code") if isinstance(item, dict) else None
    return ListedOrder(
        reference=id_in(item, id_of),
        code=code.strip() if isinstance(code, str) else "",
        state=None,
        amount=None,
        is_unread=True,
    )


def bank_codes_from_wire(answer: Json) -> frozenset[str]:
    """The COMPE of the banks that transfers go to; some banks have none. The envelope is not
    documented: a bare array is taken too."""
    items = answer if isinstance(answer, list) else object_of(answer, "banks").get("items")
    banks = [object_of(item, "banks") for item in list_of(items, "items")]
    return frozenset(
        digits_of(bank.get("code"), "code", 1, 3).zfill(3) for bank in banks if bank.get("code")
    )

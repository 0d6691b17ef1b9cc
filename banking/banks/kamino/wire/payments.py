"""Pure functions between the Conta Kamino's JSON and the contract, for the account and money out.

The bank's own file describes it: GET /openapi.yaml. Amounts are reais in decimal strings.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from banking.banks.contract.errors import BankRejected
from banking.banks.contract.payments import (
    BoletoPayment,
    KeyHolder,
    OrderState,
    Payment,
    PixAccount,
    PixKey,
    PixPayment,
    Receipt,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from banking.banks.kamino.wire.fields import (
    UnreadableAnswer,
    amount_of,
    cursor_of,
    day_of,
    digits_of,
    id_of,
    instant_of,
    is_digits,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from banking.banks.kamino.wire.order_states import STATES
from brazil.banking_days import sao_paulo_day
from brazil.document import parse_document, read_loose_document
from brazil.errors import InvalidValue
from core.money import MAX_AMOUNT

_CENT: Final = Decimal("0.01")


def payment_to_wire(payment: Payment) -> Json:
    """The body of POST /v1/payments: the same payment always has the same one.

    Raises:
        BankRejected: the bank would not take it. Nothing was sent.
    """
    body: dict[str, Json] = {"amount": amount_to_wire(payment.amount)}
    if payment.code:
        refuse_unless(len(payment.code) <= 64, "A referência tem mais de 64 caracteres.")
        body["code"] = payment.code
    match payment:
        case TedPayment():
            body |= {"type": "ted", "ted": _destination(payment, payment)}
        case BoletoPayment():
            line = payment.linha_digitavel
            refuse_unless(is_digits(line, 47, 48), "A linha digitável tem 47 ou 48 dígitos.")
            return body | {"type": "boleto", "boleto": {"line": line}}
        case PixPayment():
            body |= {"type": "pix", "pix": _pix(payment)}
    if description := text_of(payment.description, "description"):
        body["description"] = description
    return body


def _pix(payment: PixPayment) -> Json:
    to = payment.destination
    if isinstance(to, PixAccount):
        return {"account": _destination(to, payment)}
    body: dict[str, Json] = {}
    if isinstance(to, PixKey):
        refuse_unless(0 < len(to.value) <= 77, "A chave Pix tem até 77 caracteres.")
        body["key"] = {"type": to.type.value, "value": to.value}
    else:
        payload = to.payload.strip()
        refuse_unless(8 <= len(payload) <= 1000, "O código Pix não está completo.")
        body["br_code"] = payload
    if payment.holder_document:
        body["payee_document"] = _document(payment.holder_document)
    return body


def _destination(to: TedPayment | PixAccount, payment: TedPayment | PixPayment) -> Json:
    refuse_unless(is_digits(to.bank_code, 3, 3), "O código do banco tem três dígitos.")
    refuse_unless(is_digits(to.branch, 1, 5), "A agência tem até cinco dígitos.")
    refuse_unless(
        is_digits(to.account, 2, 20), "A conta tem até 20 dígitos, com o dígito verificador."
    )
    name = text_of(payment.holder_name, "name")
    refuse_unless(bool(name), "Falta o nome do favorecido.")
    return {
        "bank_compe": to.bank_code,
        "branch": to.branch,
        "account": to.account,
        "account_type": to.account_type.value,
        "holder": {"name": name, "document": _document(payment.holder_document)},
    }


def _document(text: str) -> str:
    try:
        return parse_document(text)
    except InvalidValue as error:
        raise BankRejected(f"O CPF ou CNPJ do favorecido não vale: {error}") from error


def amount_to_wire(amount: Decimal) -> str:
    """Raises BankRejected: it is not a sum of whole centavos that the bank takes."""
    refuse_unless(
        amount.is_finite() and 0 < amount <= MAX_AMOUNT,
        "O valor precisa ser maior que zero e de até R$ 999.999.999,99.",
    )
    return hundredths_to_wire(amount)


def hundredths_to_wire(value: Decimal) -> str:
    """Raises BankRejected: it has more than two places, or is no sensible number."""
    refuse_unless(value.is_finite() and 0 <= value <= MAX_AMOUNT, "O número não é aceito.")
    exact = value.quantize(_CENT)
    refuse_unless(exact == value, "O valor tem mais de duas casas decimais.")
    return str(exact)


def refuse_unless(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise BankRejected(sentence)


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment as the bank shows it. A state of None is one that this code does not know."""

    reference: str
    key: UUID
    state: OrderState | None
    amount: Decimal
    reason: str
    paid_on: date | None

    @property
    def receipt(self) -> Receipt:
        """One in an unknown state is at the bank: the API gives every order to a person first."""
        state = self.state or OrderState.AWAITING_APPROVAL
        return Receipt(self.reference, state, self.amount, self.reason, self._day)

    @property
    def whereabouts(self) -> Whereabouts | None:
        return None if self.state is None else Whereabouts(self.state, self.reason, self._day)

    @property
    def _day(self) -> date | None:
        """Of one that came back the bank still tells when it went, not when it returned."""
        return self.paid_on if self.state is OrderState.PAID else None


def payment_from_wire(answer: Json) -> ListedPayment:
    answer = object_of(answer, "payments")
    status = answer.get("status")
    if not isinstance(status, str):
        raise UnreadableAnswer("status")
    try:
        key = UUID(text_of(answer.get("idempotency_key"), "idempotency_key"))
    except ValueError as error:
        raise UnreadableAnswer("idempotency_key") from error
    reason = optional_object(answer.get("status_reason"), "status_reason")
    return ListedPayment(
        reference=id_of(answer.get("id")),
        key=key,
        state=STATES.get(status),
        amount=amount_of(answer.get("amount")),
        reason=text_of(reason.get("detail"), "detail", longest=300),
        paid_on=_day_or_none(answer.get("completed_at")),
    )


def _day_or_none(value: Json) -> date | None:
    """The state is good though this cannot be read: the statement will tell the day."""
    with suppress(UnreadableAnswer):
        return sao_paulo_day(instant_of(value, "completed_at"))
    return None


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    payments: list[ListedPayment]
    in_progress: bool
    next_cursor: str | None
    unread: int  # how many more there are that cannot be read


def payments_from_wire(answer: Json) -> PaymentsPage:
    answer = object_of(answer, "payments")
    in_progress = answer.get("in_progress")
    if not isinstance(in_progress, bool):
        raise UnreadableAnswer("in_progress")
    payments, unread = each_of(
        list_of(answer.get("payments"), "payments"),
        payment_from_wire,
        lambda item, error: error.field,
    )
    next_cursor = cursor_of(answer.get("next_cursor"))
    return PaymentsPage(payments, in_progress, next_cursor, len(unread))


def title_from_wire(answer: Json) -> Title:
    answer = object_of(answer, "title")
    beneficiary = object_of(answer.get("beneficiary"), "beneficiary")
    bank = optional_object(answer.get("bank"), "bank")
    due = answer.get("due_date")
    status = answer.get("status")
    return Title(
        linha_digitavel=digits_of(answer.get("line"), "line", 47, 48),
        due_date=None if due is None else day_of(due, "due_date"),
        bank_code=digits_of(bank.get("compe"), "compe", 3, 3) if bank else "",
        beneficiary_name=text_of(beneficiary.get("name"), "name"),
        beneficiary_document=read_loose_document(beneficiary.get("document")),
        amount=amount_of(answer.get("amount_due"), "amount_due"),
        # A word that is not known says nothing of whether it was paid.
        is_paid={"paid": True, "payable": False, "cancelled": False}.get(str(status)),
    )


def key_holder_from_wire(answer: Json) -> KeyHolder:
    answer = object_of(answer, "key")
    holder = object_of(answer.get("holder"), "holder")
    bank = optional_object(answer.get("bank"), "bank")
    return KeyHolder(
        name=text_of(holder.get("name"), "name"),
        document=text_of(holder.get("document_masked"), "document_masked", longest=20),
        bank_name=text_of(bank.get("name"), "bank", longest=80),
    )

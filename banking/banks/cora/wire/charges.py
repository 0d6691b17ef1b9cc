"""Cora's invoices v2 (boleto, boleto + Pix, Pix QR) and carnê: JSON to charges.

developers.cora.com.br/reference/consultar-boletos-v2,
/reference/consultar-detalhes-de-um-boleto-v2, /reference/emissão-de-boleto-parcelado-v2.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from banking.banks.contract.charges import (
    Carne,
    Charge,
    ChargeForm,
    ChargeNotification,
    ChargePayment,
    ChargeState,
    NotifyWhen,
    UnreadCharge,
)
from banking.banks.contract.errors import BankOutcomeUnknown
from banking.banks.cora.wire.charge_requests import RULES
from banking.banks.cora.wire.fields import (
    MAX_CENTS,
    UnreadableAnswer,
    amount_of,
    id_in,
    id_of,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from banking.banks.http import fields
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from brazil.banking_days import SAO_PAULO
from brazil.document import read_loose_document
from core.money import from_cents

_STATES: Final = {
    "INITIATED": ChargeState.DRAFT,
    "DRAFT": ChargeState.DRAFT,
    "RECURRENCE_DRAFT": ChargeState.DRAFT,
    "OPEN": ChargeState.OPEN,
    "IN_PAYMENT": ChargeState.IN_PAYMENT,
    "PAID": ChargeState.PAID,
    "LATE": ChargeState.LATE,
    "CANCELLED": ChargeState.CANCELLED,
}
# As `state` of the list takes them.
LIST_STATES: Final[Mapping[ChargeState, str]] = {
    ChargeState.DRAFT: "DRAFT",
    ChargeState.OPEN: "OPEN",
    ChargeState.LATE: "LATE",
    ChargeState.IN_PAYMENT: "IN_PAYMENT",
    ChargeState.PAID: "PAID",
    ChargeState.CANCELLED: "CANCELLED",
}
_METHODS: Final = {"BANK_SLIP": ChargeForm.BOLETO, "PIX": ChargeForm.PIX}
NOT_REGISTERED: Final = "REC-0030"  # "Bank slip not registered in CIP"
_RULES_READ: Final = {text: rule for rule, text in RULES.items()}


def issued_from_wire(answer: Json) -> Charge:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did say yes."""
    try:
        return charge_from_wire(answer)
    except UnreadableAnswer as error:
        raise _unclear("a cobrança") from error


def charge_from_wire(answer: Json) -> Charge:
    """A charge as it is issued, found or listed; a part of a carnê has other names for some."""
    answer = object_of(answer, "invoice")
    options = optional_object(answer.get("payment_options"), "payment_options")
    slip = optional_object(options.get("bank_slip") or answer.get("bank_slip"), "bank_slip")
    customer = optional_object(answer.get("customer") or answer.get("buyer"), "customer")
    document = optional_object(customer.get("document"), "document")
    terms = object_of(answer.get("payment_terms"), "payment_terms")
    state = _state(answer.get("status"))
    return Charge(
        reference=id_of(answer.get("id")),
        state=state,
        amount=amount_of(answer.get("total_amount", answer.get("amount_total")), "total_amount"),
        due_date=_day(terms.get("due_date"), "due_date"),
        code=text_of(answer.get("code"), "code"),
        paid_amount=_paid(answer.get("total_paid")),
        paid_on=_paid_on(answer) if state is ChargeState.PAID else None,
        payer_name=text_of(customer.get("name"), "name"),
        payer_document=read_loose_document(document.get("identity")),
        linha_digitavel=_digits(slip.get("digitable"), 47),
        barcode=_digits(slip.get("barcode"), 44),
        our_number=text_of(slip.get("our_number"), "our_number", longest=40),
        pix_code=text_of(optional_object(answer.get("pix"), "pix").get("emv"), "emv", longest=512),
        pdf_url=_pdf_url(slip.get("url") or answer.get("document_url")),
        is_registered=_is_registered(slip),
        payments=_payments(answer) if state is ChargeState.PAID else (),
    )


def charges_from_wire(answer: Json) -> list[Charge | UnreadCharge]:
    """One page of the list. `totalItems` may count the page or the whole: it is not read."""
    items = list_of(object_of(answer, "list").get("items"), "items")
    charges, unread = each_of(items, charge_from_wire, _unread)
    return [*charges, *unread]


def _unread(item: Json, error: fields.UnreadableAnswer) -> UnreadCharge:
    return UnreadCharge(id_in(item, id_of), error.field)


def carne_from_wire(answer: Json) -> Carne:
    """Raises BankOutcomeUnknown when none of it can be read: the bank did say yes."""
    try:
        answer = object_of(answer, "carne")
        parts = list_of(answer.get("result"), "result")
        charges, unread = each_of(parts, charge_from_wire, _unread)
        if unread and not charges:
            raise UnreadableAnswer(unread[0].field)
        url = text_of(answer.get("document_url"), "document_url", longest=2000)
        return Carne(charges, url, unread)
    except UnreadableAnswer as error:
        raise _unclear("o carnê") from error


def notifications_from_wire(answer: Json) -> list[ChargeNotification]:
    """The schedules, bare or inside the object of their notification. Of one that cannot be read
    nothing is known but that it is there."""
    if isinstance(answer, dict):
        answer = answer.get("schedules")
    schedules, unread = each_of(
        list_of(answer, "schedules"),
        _schedule_from_wire,
        lambda item, error: ChargeNotification(rule=None, state="", is_active=True),
    )
    return [*schedules, *unread]


def _schedule_from_wire(item: Json) -> ChargeNotification:
    item = object_of(item, "schedules")
    return ChargeNotification(
        rule=_rule(item.get("rule")),
        state=text_of(item.get("status"), "status"),
        is_active=item.get("active") is not False,
        scheduled_for=_instant(item.get("scheduled_to")),
    )


def pdf_from_wire(body: bytes) -> bytes:
    """Raises ValueError: it is no PDF."""
    if not body.lstrip()[:5].startswith(b"%PDF-"):
        raise ValueError("not a PDF")
    return body


def not_registered(reason: str) -> BankOutcomeUnknown:
    return BankOutcomeUnknown(
        "A Cora ainda não conseguiu registrar este boleto, mas pode tê-lo emitido. "
        "O mesmo pedido, repetido daqui a pouco, não emite outro.",
        code=NOT_REGISTERED,
        reason=reason,
    )


def _unclear(what: str) -> BankOutcomeUnknown:
    return BankOutcomeUnknown(
        f"O banco Cora emitiu {what}, mas a confirmação veio ilegível. "
        "Confira na Cora antes de emitir de novo."
    )


def _state(value: Json) -> ChargeState:
    """A status that is not documented counts as not registered yet, and never as paid."""
    if not isinstance(value, str):
        raise UnreadableAnswer("status")
    return _STATES.get(value, ChargeState.DRAFT)


def _rule(value: Json) -> NotifyWhen | None:
    return _RULES_READ.get(value) if isinstance(value, str) else None


def _paid(value: Json) -> Decimal:
    if value is None:
        return Decimal(0)
    if type(value) is not int or not 0 <= value <= MAX_CENTS:
        raise UnreadableAnswer("total_paid")
    return from_cents(value)


def _payments(answer: dict[str, Json]) -> list[ChargePayment] | None:
    """Each that has ended. One that cannot be read hides all: the sum would be another."""
    try:
        found = [
            _payment_from_wire(object_of(item, "payments"))
            for item in list_of(answer.get("payments") or [], "payments")
        ]
    except UnreadableAnswer:
        return None
    return [payment for payment in found if payment is not None]


def _payment_from_wire(payment: dict[str, Json]) -> ChargePayment | None:
    ended = _instant(payment.get("finalized_at"))
    if ended is None:
        return None
    method = payment.get("method")
    return ChargePayment(
        reference=id_of(payment.get("id")),
        amount=_paid(payment.get("total_paid")),
        paid_on=ended.astimezone(SAO_PAULO).date(),
        form=_METHODS.get(method) if isinstance(method, str) else None,
        fine=_optional_cents(payment.get("fine")),
        interest=_optional_cents(payment.get("interest")),
    )


def _optional_cents(value: Json) -> Decimal | None:
    return None if value is None else _paid(value)


def _paid_on(answer: dict[str, Json]) -> date | None:
    """The day of the payment that ended last, else `occurrence_date`, whose meaning is a guess.
    None when one of the payments cannot be read: it may be the last."""
    payments = list_of(answer.get("payments") or [], "payments")
    if not all(isinstance(payment, dict) for payment in payments):
        return None
    ends = [_instant(payment.get("finalized_at")) for payment in payments]
    last = max((end for end in ends if end), default=_instant(answer.get("occurrence_date")))
    return last.astimezone(SAO_PAULO).date() if last else None


def _day(value: Json, field: str) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise UnreadableAnswer(field)
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise UnreadableAnswer(field) from error
    if not 2000 <= day.year < 2100:
        raise UnreadableAnswer(field)
    return day


def _instant(value: Json) -> datetime | None:
    """São Paulo time where there is no offset; None when it is none, or null."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not 2000 <= instant.year < 2100:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=SAO_PAULO)


def _is_registered(slip: dict[str, Json]) -> bool | None:
    """A charge by Pix alone says false, and there is nothing to register."""
    registered = slip.get("registered")
    return registered if isinstance(registered, bool) and slip.get("barcode") else None


def _pdf_url(value: Json) -> str:
    """Empty for the image that a charge by Pix alone has instead."""
    url = text_of(value, "url", longest=2000)
    return "" if url.partition("?")[0].lower().endswith(".png") else url


def _digits(value: Json, length: int) -> str:
    text = text_of(value, "bank_slip", longest=60)
    return text if len(text) == length and text.isascii() and text.isdigit() else ""

"""Cora's invoices v2 (boleto, boleto + Pix, Pix QR) and carnê: JSON to charges and back.

developers.cora.com.br/reference/emissão-de-boleto-registrado-v2, /reference/qr-code-pix-v2,
/reference/emissão-de-boleto-parcelado-v2, /reference/consultar-boletos-v2.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from banking.banks.charges import (
    Address,
    Carne,
    CarneRequest,
    Charge,
    ChargeForm,
    ChargeItem,
    ChargeNotification,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
    NotifyWhen,
)
from banking.banks.cora.fields import (
    MAX_CENTS,
    UnreadableAnswer,
    amount_of,
    id_of,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from banking.banks.cora.wire import cents, refuse_unless
from banking.banks.exact_json import Json
from banking.errors import BankOutcomeUnknown
from brazil.banking_days import SAO_PAULO
from core.money import from_cents

SMALLEST: Final = Decimal("5.00")  # the services of a charge together

_FORMS: Final = {ChargeForm.BOLETO: "BANK_SLIP", ChargeForm.PIX: "PIX"}
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
_RULES: Final = {
    NotifyWhen.FIFTEEN_DAYS_BEFORE: "NOTIFY_FIFTEEN_DAYS_BEFORE_DUE_DATE",
    NotifyWhen.TEN_DAYS_BEFORE: "NOTIFY_TEN_DAYS_BEFORE_DUE_DATE",
    NotifyWhen.SEVEN_DAYS_BEFORE: "NOTIFY_SEVEN_DAYS_BEFORE_DUE_DATE",
    NotifyWhen.FIVE_DAYS_BEFORE: "NOTIFY_FIVE_DAYS_BEFORE_DUE_DATE",
    NotifyWhen.TWO_DAYS_BEFORE: "NOTIFY_TWO_DAYS_BEFORE_DUE_DATE",
    NotifyWhen.ON_DUE_DATE: "NOTIFY_ON_DUE_DATE",
    NotifyWhen.TWO_DAYS_AFTER: "NOTIFY_TWO_DAYS_AFTER_DUE_DATE",
    NotifyWhen.FIVE_DAYS_AFTER: "NOTIFY_FIVE_DAYS_AFTER_DUE_DATE",
    NotifyWhen.SEVEN_DAYS_AFTER: "NOTIFY_SEVEN_DAYS_AFTER_DUE_DATE",
    NotifyWhen.TEN_DAYS_AFTER: "NOTIFY_TEN_DAYS_AFTER_DUE_DATE",
    NotifyWhen.FIFTEEN_DAYS_AFTER: "NOTIFY_FIFTEEN_DAYS_AFTER_DUE_DATE",
    NotifyWhen.WHEN_PAID: "NOTIFY_WHEN_PAID",
}
_RULES_READ: Final = {text: rule for rule, text in _RULES.items()}


# --- To the bank ------------------------------------------------------------------------
# A malformed charge is answered with an empty 400: what is known to be wrong is refused here.


def charge_to_wire(request: ChargeRequest) -> dict[str, Json]:
    """The body of POST /v2/invoices/.

    Raises:
        BankRejected: Cora would not take it. Nothing was sent.
    """
    refuse_unless(request.amount >= SMALLEST, "A Cora emite cobranças a partir de R$ 5,00.")
    refuse_unless(bool(request.forms), "Escolha boleto, Pix ou os dois.")
    refuse_unless(request.beneficiary is None, "A Cora não emite com outro beneficiário final.")
    body: dict[str, Json] = {
        "code": request.code,
        "customer": _customer(request.payer),
        "services": [_service(item) for item in request.items],
        "payment_terms": {"due_date": str(request.due_date), **_terms(request.terms)},
    }
    if request.notify:
        refuse_unless(bool(request.payer.email), "Para lembrar o pagador, informe o e-mail dele.")
        channel = {
            "channel": "EMAIL",
            "contact": request.payer.email,
            "rules": [_RULES[rule] for rule in request.notify],
        }
        body["notification"] = {"name": request.payer.name, "channels": [channel]}
    body["payment_forms"] = [text for form, text in _FORMS.items() if form in request.forms]
    return body


def carne_to_wire(request: CarneRequest) -> dict[str, Json]:
    """The body of POST /v2/invoices/installments.

    Raises:
        BankRejected: Cora would not take it. Nothing was sent.
    """
    count = len(request.due_dates)
    refuse_unless(2 <= count <= 24, "Um carnê tem de 2 a 24 parcelas.")
    refuse_unless(
        request.item.amount >= SMALLEST * count, "Cada parcela precisa ser de R$ 5,00 ou mais."
    )
    refuse_unless(bool(request.payer.email), "O carnê pede o e-mail do pagador.")
    return {
        "code": request.code,
        "customer": _customer(request.payer),
        "service": _service(request.item),
        "payment_terms": _terms(request.terms),
        "installment": {
            "number_of": count,
            "due_date": {"dates": [str(day) for day in request.due_dates]},
        },
        "payment_forms": ["BANK_SLIP"],
    }


def _customer(payer: ChargePayer) -> dict[str, Json]:
    refuse_unless(0 < len(payer.name) <= 60, "O nome do pagador tem até 60 letras.")
    refuse_unless(len(payer.email) <= 60, "O e-mail do pagador tem até 60 letras.")
    refuse_unless(len(payer.document) in (11, 14), "Falta o CPF ou o CNPJ do pagador.")
    customer: dict[str, Json] = {"name": payer.name}
    if payer.email:
        customer["email"] = payer.email
    kind = "CPF" if len(payer.document) == 11 else "CNPJ"
    customer["document"] = {"identity": payer.document, "type": kind}
    # `telephone` is refused with an empty 400, so the phone is not sent.
    if payer.address is not None:
        customer["address"] = _address(payer.address)
    return customer


def _address(address: Address) -> dict[str, Json]:
    """All of it is required once there is an address."""
    return {
        "street": address.street,
        "number": address.number,
        "district": address.district,
        "city": address.city,
        "state": address.state,
        "complement": address.complement or "N/A",
        "zip_code": address.zip_code,
    }


def _service(item: ChargeItem) -> dict[str, Json]:
    refuse_unless(len(item.description) <= 100, "A descrição do item tem até 100 letras.")
    return {"name": item.name, "description": item.description, "amount": cents(item.amount)}


def _terms(terms: ChargeTerms) -> dict[str, Json]:
    body: dict[str, Json] = {}
    if fine := terms.fine:
        body["fine"] = (
            {"rate": _rate(fine.percent)} if fine.amount is None else {"amount": cents(fine.amount)}
        )
    if terms.interest_percent is not None:
        body["interest"] = {"rate": _rate(terms.interest_percent)}
    if discount := terms.discount:
        body["discount"] = (
            {"type": "PERCENT", "value": _rate(discount.percent)}
            if discount.amount is None
            else {"type": "FIXED", "value": cents(discount.amount)}
        )
    return body


def _rate(percent: Decimal | None) -> Decimal:
    refuse_unless(
        percent is not None and 0 < percent <= 100 and not percent.scaleb(2) % 1,
        "A porcentagem vai de 0,01 a 100, com duas casas.",
    )
    assert percent is not None
    return percent


# --- From the bank ----------------------------------------------------------------------


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
        payer_document=text_of(document.get("identity"), "identity", longest=14),
        linha_digitavel=_digits(slip.get("digitable"), 47),
        barcode=_digits(slip.get("barcode"), 44),
        our_number=text_of(slip.get("our_number"), "our_number", longest=40),
        pix_code=text_of(optional_object(answer.get("pix"), "pix").get("emv"), "emv", longest=512),
        pdf_url=text_of(slip.get("url") or answer.get("document_url"), "url", longest=2000),
    )


def charges_from_wire(answer: Json) -> list[Charge]:
    """One page of the list. `totalItems` may count the page or the whole: it is not read."""
    items = list_of(object_of(answer, "list").get("items"), "items")
    return [charge_from_wire(item) for item in items]


def carne_from_wire(answer: Json) -> Carne:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did say yes."""
    try:
        answer = object_of(answer, "carne")
        return Carne(
            charges=[charge_from_wire(part) for part in list_of(answer.get("result"), "result")],
            document_url=text_of(answer.get("document_url"), "document_url", longest=2000),
        )
    except UnreadableAnswer as error:
        raise _unclear("o carnê") from error


def notifications_from_wire(answer: Json) -> list[ChargeNotification]:
    """The schedules, bare or inside the object of their notification."""
    if isinstance(answer, dict):
        answer = answer.get("schedules")
    return [
        ChargeNotification(
            rule=_rule(item.get("rule")),
            state=text_of(item.get("status"), "status"),
            is_active=item.get("active") is not False,
            scheduled_for=_instant(item.get("scheduled_to")),
        )
        for item in (object_of(item, "schedules") for item in list_of(answer, "schedules"))
    ]


def pdf_from_wire(body: bytes) -> bytes:
    """Raises ValueError: it is no PDF."""
    if not body.lstrip()[:5].startswith(b"%PDF-"):
        raise ValueError("not a PDF")
    return body


def _unclear(what: str) -> BankOutcomeUnknown:
    return BankOutcomeUnknown(
        f"O banco Cora emitiu {what}, mas a confirmação veio ilegível. "
        "Confira na Cora antes de emitir de novo."
    )


def _state(value: Json) -> ChargeState:
    """A status that is not documented counts as not registered yet: nobody is told it is paid."""
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


def _paid_on(answer: dict[str, Json]) -> date | None:
    """The day of the payment that ended last, else `occurrence_date`, whose meaning is a guess."""
    payments = list_of(answer.get("payments") or [], "payments")
    ends = [_instant(object_of(p, "payments").get("finalized_at")) for p in payments]
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


def _digits(value: Json, length: int) -> str:
    text = text_of(value, "bank_slip", longest=60)
    return text if len(text) == length and text.isascii() and text.isdigit() else ""

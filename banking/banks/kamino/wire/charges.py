"""Charges between the contract and the Conta Kamino's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from banking.banks.charges import (
    Address,
    Charge,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    Discount,
    Fine,
)
from banking.banks.exact_json import Json
from banking.banks.kamino.fields import (
    UnreadableAnswer,
    amount_of,
    balance_of,
    cursor_of,
    day_of,
    digits_of,
    id_of,
    instant_of,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from banking.banks.kamino.wire import amount_to_wire, hundredths_to_wire, refuse_unless
from brazil.banking_days import sao_paulo_day

STATES: Final[Mapping[str, ChargeState]] = {
    "open": ChargeState.OPEN,
    "late": ChargeState.LATE,
    "paid": ChargeState.PAID,
    "cancelled": ChargeState.CANCELLED,
}
STATUSES: Final = {state: status for status, state in STATES.items()}


@dataclass(frozen=True, slots=True)
class ChargesPage:
    charges: list[Charge]
    next_cursor: str | None


def charge_to_wire(request: ChargeRequest) -> Json:
    """The body of POST /v1/charges: the same request always has the same one.

    Raises:
        BankRejected: the bank would not take it. Nothing was sent.
    """
    refuse_unless(not request.notify, "A Conta Kamino não envia lembretes de cobrança.")
    refuse_unless(bool(request.items), "A cobrança precisa de um item.")
    body: dict[str, Json] = {
        "forms": sorted(form.value for form in request.forms),
        "due_date": request.due_date.isoformat(),
        "payer": _payer(request.payer),
        "items": [
            {
                "name": text_of(item.name, "name"),
                "amount": amount_to_wire(item.amount),
                **_given(description=item.description),
            }
            for item in request.items
        ],
        **_given(code=request.code, message=request.message),
    }
    terms = request.terms
    if terms.fine is not None:
        body["fine"] = _part(terms.fine)
    if terms.interest_percent is not None:
        body["interest_percent"] = hundredths_to_wire(terms.interest_percent)
    if terms.discount is not None:
        body["discount"] = _part(terms.discount)
    if request.beneficiary is not None:
        name = text_of(request.beneficiary.legal_name, "legal_name")
        body["final_beneficiary"] = {"name": name, "document": request.beneficiary.document}
    return body


def _payer(payer: ChargePayer) -> Json:
    name = text_of(payer.name, "name")
    refuse_unless(bool(name), "Falta o nome do pagador.")
    body: dict[str, Json] = {"name": name, "document": payer.document}
    body |= _given(email=payer.email, phone=payer.phone)
    if payer.address is not None:
        body["address"] = _address(payer.address)
    return body


def _address(address: Address) -> Json:
    return {
        "street": address.street,
        "number": address.number,
        "district": address.district,
        "city": address.city,
        "state": address.state,
        "zip_code": address.zip_code,
        **_given(complement=address.complement),
    }


def _part(given: Fine | Discount) -> Json:
    if given.amount is not None:
        return {"amount": amount_to_wire(given.amount)}
    return {"percent": hundredths_to_wire(given.percent or Decimal(0))}


def _given(**texts: str) -> dict[str, Json]:
    """Those that are not empty, on one line."""
    cleaned = {name: text_of(text, name) for name, text in texts.items()}
    return {name: text for name, text in cleaned.items() if text}


def charge_from_wire(answer: Json) -> Charge:
    answer = object_of(answer, "charge")
    payer = object_of(answer.get("payer"), "payer")
    boleto = optional_object(answer.get("boleto"), "boleto")
    pix = optional_object(answer.get("pix"), "pix")
    paid_at = answer.get("paid_at")
    return Charge(
        reference=id_of(answer.get("id")),
        state=_state(answer.get("status")),
        amount=amount_of(answer.get("amount")),
        due_date=day_of(answer.get("due_date"), "due_date"),
        code=text_of(answer.get("code"), "code"),
        paid_amount=balance_of(answer.get("paid_amount"), "paid_amount"),
        paid_on=None if paid_at is None else sao_paulo_day(instant_of(paid_at, "paid_at")),
        payer_name=text_of(payer.get("name"), "name"),
        payer_document=text_of(payer.get("document"), "document", longest=14),
        linha_digitavel=digits_of(boleto.get("line"), "line", 47, 47) if boleto else "",
        barcode=digits_of(boleto.get("barcode"), "barcode", 44, 44) if boleto else "",
        our_number=text_of(boleto.get("our_number"), "our_number", longest=40),
        pix_code=text_of(pix.get("br_code"), "br_code", longest=1000),
    )


def _state(value: Json) -> ChargeState:
    """One that is not known is not decided yet, the bank's file says: one such charge must not hide
    the others of its page."""
    if not isinstance(value, str):
        raise UnreadableAnswer("status")
    return STATES.get(value, ChargeState.DRAFT)


def charges_from_wire(answer: Json) -> ChargesPage:
    answer = object_of(answer, "charges")
    charges = [charge_from_wire(item) for item in list_of(answer.get("charges"), "charges")]
    return ChargesPage(charges, cursor_of(answer.get("next_cursor")))

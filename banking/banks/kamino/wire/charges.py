"""Charges between the contract and the Conta Kamino's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from banking.banks.contract.charges import (
    Charge,
    ChargeForm,
    ChargePayment,
    ChargeState,
    UnreadCharge,
)
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json
from banking.banks.kamino.wire.fields import (
    UnreadableAnswer,
    amount_of,
    balance_of,
    cursor_of,
    day_of,
    digits_of,
    id_in,
    id_of,
    instant_of,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from brazil.banking_days import sao_paulo_day
from brazil.document import read_loose_document

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
    unread: list[UnreadCharge]


def charge_from_wire(answer: Json) -> Charge:
    answer = object_of(answer, "charge")
    payer = object_of(answer.get("payer"), "payer")
    boleto = optional_object(answer.get("boleto"), "boleto")
    pix = optional_object(answer.get("pix"), "pix")
    paid_at = answer.get("paid_at")
    paid_on = None if paid_at is None else sao_paulo_day(instant_of(paid_at, "paid_at"))
    paid_amount = balance_of(answer.get("paid_amount"), "paid_amount")
    state = _state(answer.get("status"))
    return Charge(
        reference=id_of(answer.get("id")),
        state=state,
        amount=amount_of(answer.get("amount")),
        due_date=day_of(answer.get("due_date"), "due_date"),
        code=text_of(answer.get("code"), "code"),
        paid_amount=paid_amount,
        paid_on=paid_on,
        payer_name=text_of(payer.get("name"), "name"),
        payer_document=read_loose_document(payer.get("document")),
        linha_digitavel=digits_of(boleto.get("line"), "line", 47, 47) if boleto else "",
        barcode=digits_of(boleto.get("barcode"), "barcode", 44, 44) if boleto else "",
        our_number=text_of(boleto.get("our_number"), "our_number", longest=40),
        pix_code=text_of(pix.get("br_code"), "br_code", longest=1000),
        payments=(
            [ChargePayment("", paid_amount, paid_on, form=_way(answer.get("paid_by")))]
            if state is ChargeState.PAID
            else ()
        ),
    )


def _way(value: Json) -> ChargeForm | None:
    return ChargeForm(value) if value in ("boleto", "pix") else None


def _state(value: Json) -> ChargeState:
    """One that is not known is not decided yet, the bank's file says: one such charge must not hide
    the others of its page."""
    if not isinstance(value, str):
        raise UnreadableAnswer("status")
    return STATES.get(value, ChargeState.DRAFT)


def charges_from_wire(answer: Json) -> ChargesPage:
    answer = object_of(answer, "charges")
    items = list_of(answer.get("charges"), "charges")
    charges, unread = each_of(
        items, charge_from_wire, lambda item, error: UnreadCharge(id_in(item, id_of), error.field)
    )
    return ChargesPage(charges, cursor_of(answer.get("next_cursor")), unread)

"""BS2's boletos (Cobrança): JSON to charges and back. Issued in v2, everything else is v1.

devs.bs2.com/manual/cobranca, /docs/issuance-registration-collection, /docs/bank-slip-write-off.
"""

from decimal import Decimal
from typing import Final

from banking.banks.bs2.wire import refusals
from banking.banks.bs2.wire.fields import (
    UnreadableAnswer,
    amount_of,
    day_of,
    digits_of,
    id_of,
    object_of,
    optional_day,
    optional_object,
    reais_of,
    text_of,
)
from banking.banks.contract.charges import (
    Cancellation,
    CancellationState,
    Charge,
    ChargeForm,
    ChargePayment,
    ChargeState,
)
from banking.banks.contract.errors import BankOutcomeUnknown
from banking.banks.http.json import Json
from brazil.document import read_loose_document

_PAID = 4
_STATES: Final = {
    1: ChargeState.OPEN,
    2: ChargeState.LATE,
    3: ChargeState.CANCELLED,
    _PAID: ChargeState.PAID,
}
_CANCELLATIONS: Final = {
    1: CancellationState.WAITING,
    2: CancellationState.FAILED,
    3: CancellationState.DONE,
}


def issued_from_wire(answer: Json) -> Charge:
    """
    Raises:
        BankRejected: a refusal that came inside a 200.
        BankOutcomeUnknown: it cannot be read, and the bank did say yes.
    """
    refusals.refuse_if_refusal(answer)
    try:
        return charge_from_wire(answer)
    except UnreadableAnswer as error:
        raise BankOutcomeUnknown(
            "O banco BS2 emitiu o boleto, mas a confirmação veio ilegível. "
            "Confira no BS2 Empresas antes de emitir outro."
        ) from error


def charge_from_wire(answer: Json) -> Charge:
    """A boleto as it was issued, or its detail, which comes wrapped in `item`."""
    answer = object_of(answer, "boleto")
    answer = optional_object(answer.get("item"), "item") or answer
    payer = optional_object(answer.get("sacado"), "sacado")
    credited = _optional_amount(answer, "valorLiquidado")
    paid = credited or _optional_amount(answer, "valorPago")
    paid_on = optional_day(answer.get("pagamento"), "pagamento") if paid else None
    state = _state(answer.get("status"), bool(paid), bool(credited))
    return Charge(
        reference=id_of(answer.get("id")),
        state=state,
        amount=amount_of(answer.get("valor")),
        due_date=day_of(answer.get("vencimento"), "vencimento"),
        code=text_of(answer.get("seuNumero"), "seuNumero"),
        paid_amount=paid,
        paid_on=paid_on,
        payer_name=text_of(payer.get("nome"), "nome"),
        payer_document=read_loose_document(payer.get("documento")),
        linha_digitavel=_code(answer, 47, "linhaDigitavel"),
        # It is called one thing when issued and the other in the detail.
        barcode=_code(answer, 44, "codigoDeBarra", "codigoBarras"),
        our_number=digits_of(answer.get("nossoNumero"), "nossoNumero"),
        is_registered=_is_registered(answer.get("registrado")),
        payments=(
            [
                ChargePayment(
                    "",
                    credited,
                    paid_on,
                    fee=max(_optional_amount(answer, "valorPago") - credited, Decimal(0)),
                    credited_on=optional_day(answer.get("movimento"), "movimento"),
                    form=ChargeForm.BOLETO,
                )
            ]
            if state is ChargeState.PAID and credited
            else ()
        ),
    )


def _is_registered(value: Json) -> bool | None:
    """Only the detail says it."""
    return value if isinstance(value, bool) else None


def _optional_amount(answer: dict[str, Json], field: str) -> Decimal:
    value = answer.get(field)
    return Decimal(0) if value is None else reais_of(value, field)


def _state(status: Json, is_paid: bool, is_credited: bool) -> ChargeState:
    """Only what is settled is here: the network's word can still fail."""
    state = _STATES.get(status) if type(status) is int else None
    if state is None:
        raise UnreadableAnswer("status")
    if is_paid and not is_credited and state is not ChargeState.CANCELLED:
        return ChargeState.IN_PAYMENT
    return state


def _code(answer: dict[str, Json], length: int, *names: str) -> str:
    for name in names:
        digits = digits_of(answer.get(name), name)
        if len(digits) == length:
            return digits
    return ""


def cancellation_from_wire(answer: Json, charge_reference: str) -> Cancellation:
    answer = object_of(answer, "cancelamento")
    status = answer.get("status")
    state = _CANCELLATIONS.get(status) if type(status) is int else None
    if state is None:
        raise UnreadableAnswer("status")
    return Cancellation(
        charge_reference=charge_reference,
        state=state,
        reference=id_of(answer.get("solicitacaoId"), "solicitacaoId"),
    )


def requested_from_wire(answer: Json, charge_reference: str) -> Cancellation:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did say yes."""
    try:
        return cancellation_from_wire(answer, charge_reference)
    except UnreadableAnswer as error:
        raise BankOutcomeUnknown(
            "O banco BS2 aceitou o pedido de baixa, mas a confirmação veio ilegível. "
            "Consulte o boleto antes de pedir de novo."
        ) from error


def pdf_from_wire(body: bytes) -> bytes:
    """Raises ValueError: it is no PDF. The content type of the answer is not documented."""
    if not body.lstrip()[:5].startswith(b"%PDF-"):
        raise ValueError("not a PDF")
    return body

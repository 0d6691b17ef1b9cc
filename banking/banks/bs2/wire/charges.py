"""BS2's boletos (Cobrança): JSON to charges and back. Issued in v2, everything else is v1.

devs.bs2.com/manual/cobranca, /docs/issuance-registration-collection, /docs/bank-slip-write-off.
"""

import re
import textwrap
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from banking.banks.bs2.fields import (
    CENT,
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
from banking.banks.charges import (
    Address,
    Cancellation,
    CancellationState,
    Charge,
    ChargeForm,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
)
from banking.banks.exact_json import Json
from banking.errors import BankOutcomeUnknown, BankRejected

# `especie`: duplicata mercantil. The contract with a charge does not tell goods from services.
SPECIES: Final = "9"
_LINE_WIDTH = 80
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


# --- To the bank ------------------------------------------------------------------------


def charge_to_wire(request: ChargeRequest) -> dict[str, Json]:
    """The body of POST …/v2/boletos/simplificado.

    Raises:
        BankRejected: BS2 would not take it, or would leave out a part of it. Nothing was sent.
    """
    if request.forms != {ChargeForm.BOLETO}:
        raise BankRejected("O BS2 emite só boleto; a cobrança com Pix precisa ser em outro banco.")
    if request.notify:
        raise BankRejected("O BS2 não envia lembretes ao pagador.")
    body: dict[str, Json] = {"seuNumero": request.code}
    if beneficiary := request.beneficiary:
        body["beneficiarioFinal"] = {
            "razaoSocial": beneficiary.legal_name,
            "nomeFantasia": beneficiary.trade_name or beneficiary.legal_name,
            "documento": beneficiary.document,
        }
    body |= {
        "cliente": _payer(request.payer),
        "vencimento": str(request.due_date),
        "valor": _reais(request.amount),
    }
    body |= _terms(request.terms, request.amount, request.due_date)
    lines = _message(request.message)
    body["mensagem"] = {f"linha{number}": line for number, line in enumerate(lines, start=1)}
    body["especie"] = SPECIES
    return body


def _payer(payer: ChargePayer) -> dict[str, Json]:
    if payer.address is None:
        raise BankRejected("O BS2 pede o endereço do pagador para emitir o boleto.")
    return {
        "tipo": "fisica" if len(payer.document) == 11 else "juridica",
        "documento": payer.document,
        "nome": payer.name,
        "email": payer.email,
        "telefone": payer.phone.removeprefix("+55"),
        "endereco": _address(payer.address),
    }


def _address(address: Address) -> dict[str, Json]:
    return {
        "cep": address.zip_code,
        "estado": address.state,
        "cidade": address.city,
        "bairro": address.district,
        "logradouro": address.street,
        "numero": address.number,
        "complemento": address.complement,
    }


def _terms(terms: ChargeTerms, amount: Decimal, due_date: date) -> dict[str, Json]:
    """`multa.valor` is an amount, `multa.juros` a percentage a month: as the page words them."""
    body: dict[str, Json] = {}
    if terms.fine is not None or terms.interest_percent is not None:
        fine = terms.fine
        percent = (fine.percent if fine else None) or Decimal(0)
        fixed = fine.amount if fine else None
        body["multa"] = {
            "valor": _reais(amount * percent / 100 if fixed is None else fixed),
            "data": str(due_date + timedelta(days=1)),
            "juros": terms.interest_percent or Decimal(0),
        }
    if discount := terms.discount:
        key, value = (
            ("percentual", discount.percent)
            if discount.amount is None
            else ("valorFixo", _reais(discount.amount))
        )
        body["desconto"] = {key: value, "limite": str(due_date - timedelta(days=1))}
    return body


def _message(text: str) -> list[str]:
    """Four lines, the last ones empty."""
    lines = textwrap.wrap(text, _LINE_WIDTH)
    if len(lines) > 4:
        raise BankRejected(f"A mensagem do boleto tem até quatro linhas de {_LINE_WIDTH} letras.")
    return lines + [""] * (4 - len(lines))


def _reais(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


# --- From the bank ----------------------------------------------------------------------


def issued_from_wire(answer: Json) -> Charge:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did say yes."""
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
    return Charge(
        reference=id_of(answer.get("id")),
        state=_state(answer.get("status"), bool(paid), bool(credited)),
        amount=amount_of(answer.get("valor")),
        due_date=day_of(answer.get("vencimento"), "vencimento"),
        code=text_of(answer.get("seuNumero"), "seuNumero"),
        paid_amount=paid,
        paid_on=optional_day(answer.get("pagamento"), "pagamento") if paid else None,
        payer_name=text_of(payer.get("nome"), "nome"),
        payer_document=_document(payer.get("documento")),
        linha_digitavel=_code(answer, 47, "linhaDigitavel"),
        # It is called one thing when issued and the other in the detail.
        barcode=_code(answer, 44, "codigoDeBarra", "codigoBarras"),
        our_number=digits_of(answer.get("nossoNumero"), "nossoNumero"),
    )


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


def _document(value: Json) -> str:
    return re.sub(r"[./\s-]", "", text_of(value, "documento"))


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

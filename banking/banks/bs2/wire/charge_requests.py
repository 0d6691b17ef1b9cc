"""What BS2 is asked for: the body of a new boleto.

devs.bs2.com/manual/cobranca, /docs/issuance-registration-collection.
"""

import textwrap
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from banking.banks.bs2.wire.fields import CENT
from banking.banks.contract.charges import (
    Address,
    ChargeForm,
    ChargePayer,
    ChargeRequest,
    ChargeTerms,
)
from banking.banks.contract.errors import BankRejected
from banking.banks.http.json import Json

# `especie`: duplicata mercantil. The contract with a charge does not tell goods from services.
SPECIES = "9"
_LINE_WIDTH = 80


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
    if request.pay_until is not None:
        if request.pay_until < request.due_date:
            raise BankRejected("O último dia para pagar vem antes do vencimento.")
        body["dataLimitePagamento"] = str(request.pay_until)
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
        until = discount.until or due_date - timedelta(days=1)
        body["desconto"] = {key: value, "limite": str(until)}
    return body


def _message(text: str) -> list[str]:
    """Four lines, the last ones empty."""
    lines = textwrap.wrap(text, _LINE_WIDTH)
    if len(lines) > 4:
        raise BankRejected(f"A mensagem do boleto tem até quatro linhas de {_LINE_WIDTH} letras.")
    return lines + [""] * (4 - len(lines))


def _reais(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)

"""What Cora is asked for: the bodies of a new charge and of a new carnê.

developers.cora.com.br/reference/emissão-de-boleto-registrado-v2, /reference/qr-code-pix-v2,
/reference/emissão-de-boleto-parcelado-v2. A malformed one is answered with an empty 400: what is
known to be wrong is refused here.
"""

import re
from decimal import Decimal
from typing import Final

from banking.banks.contract.charges import (
    Address,
    CarneRequest,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeTerms,
    NotifyWhen,
)
from banking.banks.cora.wire.payments import cents, refuse_unless
from banking.banks.http.json import Json

SMALLEST: Final = Decimal("5.00")  # the services of a charge together

_FORMS: Final = {ChargeForm.BOLETO: "BANK_SLIP", ChargeForm.PIX: "PIX"}
RULES: Final = {
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


def charge_to_wire(request: ChargeRequest) -> dict[str, Json]:
    """The body of POST /v2/invoices/.

    Raises:
        BankRejected: Cora would not take it. Nothing was sent.
    """
    refuse_unless(request.amount >= SMALLEST, "A Cora emite cobranças a partir de R$ 5,00.")
    refuse_unless(bool(request.forms), "Escolha boleto, Pix ou os dois.")
    refuse_unless(request.beneficiary is None, "A Cora não emite com outro beneficiário final.")
    refuse_unless(request.pay_until is None, "A Cora não limita até quando se paga.")
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
            "rules": [RULES[rule] for rule in request.notify],
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
    refuse_unless(bool(payer.name.strip()), "Falta o nome do pagador.")
    refuse_unless(len(payer.name) <= 60, "O nome do pagador tem até 60 letras.")
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
    parts = (address.street, address.number, address.district, address.city)
    is_whole = all(part.strip() for part in parts)
    is_whole &= re.fullmatch("[A-Z]{2}", address.state) is not None
    is_whole &= re.fullmatch("[0-9]{8}", address.zip_code) is not None
    refuse_unless(
        is_whole,
        "O endereço do pagador está incompleto: ele precisa de rua, número, bairro, cidade, "
        "UF e CEP.",
    )
    return {
        "street": address.street,
        "number": address.number,
        "district": address.district,
        "city": address.city,
        "state": address.state,
        "complement": address.complement.strip() or "N/A",
        "zip_code": address.zip_code,
    }


def _service(item: ChargeItem) -> dict[str, Json]:
    refuse_unless(bool(item.name.strip()), "Falta o nome do item.")
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
        refuse_unless(discount.until is None, "Na Cora o desconto vale até a véspera.")
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

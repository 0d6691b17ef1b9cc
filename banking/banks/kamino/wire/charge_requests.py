"""What the Conta Kamino is asked for: the body of a new charge."""

from decimal import Decimal

from banking.banks.contract.charges import Address, ChargePayer, ChargeRequest, Discount, Fine
from banking.banks.http.json import Json
from banking.banks.kamino.wire.fields import text_of
from banking.banks.kamino.wire.payments import amount_to_wire, hundredths_to_wire, refuse_unless


def charge_to_wire(request: ChargeRequest) -> Json:
    """The body of POST /v1/charges: the same request always has the same one.

    Raises:
        BankRejected: the bank would not take it. Nothing was sent.
    """
    refuse_unless(not request.notify, "A Conta Kamino não envia lembretes de cobrança.")
    refuse_unless(bool(request.items), "A cobrança precisa de um item.")
    refuse_unless(request.pay_until is None, "A Conta Kamino não limita até quando se paga.")
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
        until = terms.discount.until
        refuse_unless(until is None, "Na Conta Kamino o desconto vale até a véspera.")
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

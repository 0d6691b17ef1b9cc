"""Federal taxes at Cora: the bodies of POST /payments/darf/initiate and /payments/gps/initiate.

developers.cora.com.br/reference/iniciação-de-pagamento-darf, /reference/iniciação-de-pagamento-gps.
"""

import re
from decimal import Decimal

from banking.banks.contract.payments import DarfPayment, GpsPayment
from banking.banks.cora.wire.payments import cents, refuse_unless
from banking.banks.http.json import Json


def darf_to_wire(payment: DarfPayment) -> dict[str, Json]:
    """Raises BankRejected: Cora would not take it. Nothing was sent."""
    refuse_unless(
        re.fullmatch("[0-9]{4,5}", payment.revenue_code) is not None,
        "O código de receita do DARF tem quatro ou cinco dígitos.",
    )
    refuse_unless(len(payment.document) in (11, 14), "Falta o CPF ou o CNPJ do contribuinte.")
    amount = {"main": cents(payment.principal)}
    for name, value in (("fine", payment.fine), ("interest", payment.interest)):
        if value:
            amount[name] = cents(value)
    data: dict[str, Json] = {
        "name": _name(payment.name),
        "code": payment.revenue_code,
        "identity": payment.document,
        "type": "DARF",
        "reference_date": str(payment.reference_date),
        "due_date": str(payment.due_date),
    }
    if payment.scheduled_for:
        data["scheduled_at"] = str(payment.scheduled_for)
    return {"code": payment.code, "data": {**data, "amount": amount}}


def gps_to_wire(payment: GpsPayment) -> dict[str, Json]:
    """Raises BankRejected: Cora would not take it. Nothing was sent."""
    refuse_unless(
        re.fullmatch("[0-9]{4}", payment.payment_code) is not None,
        "O código de pagamento da GPS tem quatro dígitos.",
    )
    refuse_unless(
        re.fullmatch("[0-9]{11,14}", payment.identifier) is not None,
        "O identificador da GPS tem de 11 a 14 dígitos.",
    )
    parts = {
        "other_entity": payment.other_entities,
        "inss": payment.inss,
        "charge": payment.charges,
    }
    refuse_unless(any(parts.values()), "O valor da GPS precisa ser maior que zero.")
    data: dict[str, Json] = {
        "name": _name(payment.name),
        "code": payment.payment_code,
        "identity": payment.identifier,
        "identification_type": payment.identifier_type.value,
        "competence": f"{payment.competence:%Y-%m}",
    }
    if payment.scheduled_for:
        data["scheduled_at"] = str(payment.scheduled_for)
    # All three are required, and zero is taken.
    data["amount"] = {name: _cents_or_zero(value) for name, value in parts.items()}
    return {"code": payment.code, "data": data}


def _name(text: str) -> str:
    refuse_unless(bool(text.strip()), "Falta o nome do contribuinte.")
    return text.strip()


def _cents_or_zero(amount: Decimal) -> int:
    return cents(amount) if amount else 0

"""Payments and charges that the Conta Kamino is asked for."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from banking.banks.contract.charges import ChargeForm, ChargeItem, ChargePayer, ChargeRequest
from banking.banks.contract.payments import PixKey, PixKeyType, PixPayment
from tests.banking.banks.kamino_answers import KEY


def make_pix(**changes: Any) -> PixPayment:
    values = {
        "key": UUID(KEY),
        "code": "cp-000773",
        "amount": Decimal("80.00"),
        "destination": PixKey(PixKeyType.EMAIL, "maria@exemplo.com.br"),
        "holder_name": "Maria Silva",
        "holder_document": "52998224725",
        "description": "",
    }
    return PixPayment(**{**values, **changes})


def make_charge(**changes: Any) -> ChargeRequest:
    values = {
        "key": UUID(KEY),
        "code": "cob-1",
        "payer": ChargePayer("Mercado Boa Vista LTDA", "30112457000159"),
        "items": [ChargeItem("Mensalidade", Decimal("300.00"))],
        "due_date": date(2026, 12, 10),
        "forms": frozenset(ChargeForm),
    }
    return ChargeRequest(**{**values, **changes})

"""A bill as the words are tried on, in no database."""

from decimal import Decimal
from typing import Any

from parties.models import Payee
from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import User
from tests.payments.factories import TODAY


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def a_bill(status: PayableStatus = PayableStatus.APPROVED, **changes: Any) -> Payable:
    payee = Payee(name="Fornecedor Exemplo ME", document="11222333000181")
    payee.accounts_on_file = []  # as `with_details` loads it
    values = {
        "payee": payee,
        "method": Payable.Method.TED,
        "amount": Decimal("150.00"),
        "due_date": TODAY,
        "payment_date": TODAY,
        "created_by": User(email="davi@example.com"),
        "status": status,
    }
    return Payable(**values | changes)

"""What a bank says of a boleto."""

from decimal import Decimal
from typing import Any

from banking.banks.contract.payments import Title
from tests.payments.factories import BOLETO, SUPPLIER, TODAY


def title(**changes: Any) -> Title:
    values: dict[str, Any] = {
        "linha_digitavel": BOLETO,
        "due_date": TODAY,
        "bank_code": "403",
        "beneficiary_name": "FORNECEDOR EXEMPLO ME",
        "beneficiary_document": SUPPLIER,
        "amount": Decimal("1234.56"),
    }
    return Title(**values | changes)

"""What an order sends: frozen as JSON when it is made, read back for every attempt."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from banking.banks.base import AccountType, BoletoPayment, Payment, Rail, TedPayment
from payments.models import Payable, PaymentOrder, order_code


def describe(payable: Payable, key: UUID) -> dict[str, Any]:
    """The content of an order for a bill. Needs the bill's payee and payee account loaded."""
    content: dict[str, Any] = {"code": order_code(key), "amount": str(payable.amount)}
    if payable.method == Payable.Method.BOLETO:
        return content | {"linha_digitavel": payable.linha_digitavel}
    account = payable.payee_account
    assert account is not None  # held by payable_method_details
    return content | {
        "bank_code": account.bank_code,
        "branch": account.branch,
        "account": account.account,
        "account_type": account.account_type,
        "holder_name": payable.payee.name,
        "holder_document": payable.payee.document,
        "description": payable.description,
    }


def payment_of(order: PaymentOrder) -> Payment:
    """The same request at every attempt."""
    content = {**order.content, "amount": Decimal(order.content["amount"]), "key": order.key}
    if order.rail == Rail.BOLETO:
        return BoletoPayment(**content)
    return TedPayment(**{**content, "account_type": AccountType(content["account_type"])})

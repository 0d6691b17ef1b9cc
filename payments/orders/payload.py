"""What an order sends: frozen as JSON when it is made, read back for every attempt."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from banking.banks.contract.payments import (
    AccountType,
    BoletoPayment,
    Payment,
    PixAccount,
    PixCode,
    PixKey,
    PixKeyType,
    PixPayment,
    Rail,
    TedPayment,
)
from payments.models import Payable, PaymentOrder


def describe(payable: Payable, rail: Rail) -> dict[str, Any]:
    """What an order for an approved bill pays, all but the code that follows from its key.

    All of it is the seal's, but the description, which the approval leaves free. Needs the
    bill's approval loaded.
    """
    assert payable.approval is not None  # payable_approved
    seal = payable.approval.seal
    content: dict[str, Any] = {"amount": seal["amount"], **seal["destinations"][rail]}
    if rail is Rail.BOLETO:
        return content
    return content | {
        "holder_name": seal["payee"]["name"],
        "holder_document": seal["payee"]["document"],
        "description": payable.description,
    }


def payment_of(order: PaymentOrder) -> Payment:
    """The same request at every attempt."""
    content = {**order.content, "amount": Decimal(order.content["amount"]), "key": order.key}
    match Rail(order.rail):
        case Rail.BOLETO:
            return BoletoPayment(**content)
        case Rail.PIX:
            return PixPayment(**{**content, "destination": destination_of(content["destination"])})
        case Rail.TED:
            return TedPayment(**{**content, "account_type": AccountType(content["account_type"])})


def destination_of(stored: Mapping[str, str]) -> PixKey | PixAccount | PixCode:
    if "payload" in stored:
        return PixCode(stored["payload"])
    if "value" in stored:
        return PixKey(PixKeyType(stored["type"]), stored["value"])
    where = {**stored}
    kind = AccountType(where.pop("account_type"))
    return PixAccount(**where, account_type=kind)

"""What an order sends: frozen as JSON when it is made, read back for every attempt."""

from collections.abc import Iterable, Mapping
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
from brazil.boleto import format_linha_digitavel
from payments.bills.particulars import named
from payments.models import Payable, PaymentOrder
from payments.rails.destinations import account_in_words


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


def listed(orders: Iterable[PaymentOrder]) -> str:
    """What leaves and where it goes, one order a line."""
    return "\n".join(
        f"{named(order.payable)} · {sent_to(order)} · {order.content['code']}" for order in orders
    )


def sent_to(order: PaymentOrder) -> str:
    """In words, and whole: what was approved can be held against it."""
    content = order.content
    if order.rail == Rail.BOLETO:
        return f"boleto {format_linha_digitavel(content['linha_digitavel'])}"
    where = content["destination"] if order.rail == Rail.PIX else content
    if "payload" in where:
        return f"Pix copia e cola {where['payload']}"
    if "value" in where:
        return f"Pix para a chave {where['value']}"
    number = account_in_words(where["bank_code"], where["branch"], where["account"])
    return f"{order.get_rail_display()} para {number}"

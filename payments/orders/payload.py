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
from parties.models import PayeeAccount
from payments.bills.particulars import named
from payments.models import Payable, PaymentOrder
from payments.rails.destinations import account_in_words


def describe(payable: Payable, rail: Rail) -> dict[str, Any]:
    """What an order for a bill pays, all of its content but the code that follows from its key.

    Needs the bill's payee and payee account loaded.
    """
    content: dict[str, Any] = {"amount": str(payable.amount)}
    if rail is Rail.BOLETO:
        return content | {"linha_digitavel": payable.linha_digitavel}
    content |= {
        "holder_name": payable.payee.name,
        "holder_document": payable.payee.document,
        "description": payable.description,
    }
    if rail is Rail.PIX:
        return content | {"destination": pix_destination(payable)}
    assert payable.ted_account is not None  # payable_method_details; of a Pix: rails.rail_for
    return content | account_of(payable.ted_account)


def pix_destination(payable: Payable) -> dict[str, str]:
    """Told apart by its names; exactly one is there (payable_method_details)."""
    if payable.pix_code:
        return {"payload": payable.pix_code}
    if payable.pix_key:
        return {"type": payable.pix_key_type, "value": payable.pix_key}
    assert payable.payee_account is not None
    return account_of(payable.payee_account)


def account_of(account: PayeeAccount) -> dict[str, str]:
    return {
        "bank_code": account.bank_code,
        "branch": account.branch,
        "account": account.account,
        "account_type": account.account_type,
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

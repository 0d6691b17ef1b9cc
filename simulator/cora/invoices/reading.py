"""The body of a new charge (developers.cora.com.br/reference/emissão-de-boleto-registrado-v2)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from simulator.cora.answers import Malformed, read_day
from simulator.core.documents import BadDocument, document_type, read_document

BANK_SLIP, PIX = "BANK_SLIP", "PIX"
MINIMUM = 500  # centavos
_ADDRESS = ("street", "number", "district", "city", "complement")
_SMS = re.compile(r"\+55[0-9]{10,11}")
_ZIP_CODE = re.compile("[0-9]{5}-?[0-9]{3}")
BEFORE = {"FIFTEEN": 15, "TEN": 10, "SEVEN": 7, "FIVE": 5, "TWO": 2}
RULES = (
    {f"NOTIFY_{word}_DAYS_BEFORE_DUE_DATE": -days for word, days in BEFORE.items()}
    | {"NOTIFY_ON_DUE_DATE": 0}
    | {f"NOTIFY_{word}_DAYS_AFTER_DUE_DATE": days for word, days in BEFORE.items()}
)
WHEN_PAID = "NOTIFY_WHEN_PAID"


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A charge as it was asked for; the dictionaries are echoed."""

    code: str | None
    customer: dict[str, Any]
    services: list[dict[str, Any]]
    payment_terms: dict[str, Any]
    notification: dict[str, Any] | None
    forms: frozenset[str]

    @property
    def amount(self) -> int:
        return sum(service["amount"] for service in self.services)

    @property
    def due_date(self) -> date:
        return date.fromisoformat(self.payment_terms["due_date"])


def read_invoice(body: dict[str, Any], today: date, default_forms: str) -> NewInvoice:
    """Raises Malformed, whose message the bank keeps for itself."""
    services = body.get("services")
    if not isinstance(services, list) or not services:
        raise Malformed("services is required")
    terms = read_terms(body.get("payment_terms"))
    if (due_date := read_day(terms.get("due_date"))) is None or due_date < today:
        raise Malformed("payment_terms.due_date must be today or later")
    new = NewInvoice(
        code=read_code(body),
        customer=read_customer(body.get("customer")),
        services=[read_service(service) for service in services],
        payment_terms=terms,
        notification=_notification(body.get("notification")),
        forms=read_forms(body, default_forms),
    )
    require_minimum(new.amount)
    return new


def with_strict_types(body: dict[str, Any]) -> dict[str, Any]:
    """A number as `code` is its digits, an amount in digits is the number: clients send both."""
    body = dict(body)
    if type(body.get("code")) is int:
        body["code"] = str(body["code"])
    if isinstance(body.get("services"), list):
        body["services"] = [_with_strict_amount(service) for service in body["services"]]
    if "service" in body:
        body["service"] = _with_strict_amount(body["service"])
    return body


def _with_strict_amount(service: Any) -> Any:
    amount = service.get("amount") if isinstance(service, dict) else None
    if not isinstance(amount, str) or not re.fullmatch("[0-9]{1,10}", amount):
        return service
    return {**service, "amount": int(amount)}


def require_minimum(amount: int) -> None:
    if amount < MINIMUM:
        raise Malformed(f"the services must add up to {MINIMUM} at least")


def read_code(body: dict[str, Any]) -> str | None:
    return None if body.get("code") is None else _text(body, "code", 255)


def read_customer(value: object, *, needs_email: bool = False) -> dict[str, Any]:
    """With the `type` of its document, which a client may leave out."""
    customer = _object(value, "customer")
    if "telephone" in customer:
        raise Malformed("customer.telephone is not accepted")
    _text(customer, "name", 60)
    if needs_email or customer.get("email") is not None:
        _text(customer, "email", 60)
    document = _object(customer.get("document"), "customer.document")
    identity = _text(document, "identity", 14)
    try:
        is_digits = read_document(identity) == identity
    except BadDocument:
        is_digits = False
    kind = document_type(identity)
    if not is_digits or document.get("type", kind) != kind:
        raise Malformed("customer.document is not a CPF or CNPJ")
    if customer.get("address") is not None:
        _check_address(_object(customer["address"], "customer.address"))
    return {**customer, "document": {"identity": identity, "type": kind}}


def _check_address(address: dict[str, Any]) -> None:
    for name in _ADDRESS:
        _text(address, name, 255)
    if not re.fullmatch("[A-Za-z]{2}", _text(address, "state", 2)):
        raise Malformed("address.state must be two letters")
    if not _ZIP_CODE.fullmatch(_text(address, "zip_code", 9)):
        raise Malformed("address.zip_code must be 00111222 or 00111-222")


def read_service(value: object) -> dict[str, Any]:
    service = _object(value, "service")
    _text(service, "name", 255)
    if service.get("description") is not None:
        _text(service, "description", 100, may_be_empty=True)
    _centavos(service, "amount")
    return service


def read_terms(value: object) -> dict[str, Any]:
    """`payment_terms`, all but the due date."""
    terms = _object(value, "payment_terms")
    if (fine := terms.get("fine")) is not None:
        _check_fine(_object(fine, "fine"))
    if (interest := terms.get("interest")) is not None:
        _percentage(_object(interest, "interest"), "rate")
    if (discount := terms.get("discount")) is not None:
        _check_discount(_object(discount, "discount"))
    return terms


def _check_fine(fine: dict[str, Any]) -> None:
    if fine.get("date") is not None and read_day(fine["date"]) is None:
        raise Malformed("fine.date must be YYYY-MM-DD")
    if fine.get("amount") is None and fine.get("rate") is None:
        raise Malformed("fine needs amount or rate")
    if fine.get("amount") is not None:
        _centavos(fine, "amount", least=0)
    if fine.get("rate") is not None:
        _percentage(fine, "rate")


def _check_discount(discount: dict[str, Any]) -> None:
    match discount.get("type"):
        case "FIXED":
            _centavos(discount, "value", least=0)
        case "PERCENT":
            _percentage(discount, "value")
        case _:
            raise Malformed("discount.type must be FIXED or PERCENT")


def _notification(value: object) -> dict[str, Any] | None:
    """Each channel needs its rules."""
    if value is None:
        return None
    notification = _object(value, "notification")
    channels = notification.get("channels")
    if not isinstance(channels, list) or not channels:
        raise Malformed("notification.channels is required")
    for item in channels:
        channel = _object(item, "channel")
        contact = _text(channel, "contact", 60)
        if channel.get("channel") not in ("EMAIL", "SMS"):
            raise Malformed("channel must be EMAIL or SMS")
        if channel["channel"] == "SMS" and not _SMS.fullmatch(contact):
            raise Malformed("contact must be +5511...")
        rules = channel.get("rules")
        if not isinstance(rules, list) or not rules:
            raise Malformed("rules is required")
        if any(rule not in (*RULES, WHEN_PAID) for rule in rules):
            raise Malformed("unknown rule")
    return notification


def read_forms(body: dict[str, Any], default: str) -> frozenset[str]:
    """`default`: the names when there is no `payment_forms`, separated by commas."""
    forms = body.get("payment_forms")
    if forms is None:
        forms = default.split(",")
    if not isinstance(forms, list) or not forms or any(f not in (BANK_SLIP, PIX) for f in forms):
        raise Malformed("payment_forms must hold BANK_SLIP, PIX or both")
    return frozenset(forms)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{name} must be an object")
    return value


def _text(values: dict[str, Any], name: str, most: int, *, may_be_empty: bool = False) -> str:
    value = values.get(name)
    if not isinstance(value, str) or len(value) > most or not (value.strip() or may_be_empty):
        raise Malformed(f"{name} must be a text of at most {most} characters")
    return value


def _centavos(values: dict[str, Any], name: str, least: int = 1) -> int:
    value = values.get(name)
    if type(value) is not int or not least <= value < 10**10:
        raise Malformed(f"{name} must be whole centavos")
    return value


def _percentage(values: dict[str, Any], name: str) -> None:
    """A number from 0 to 100 with two decimals."""
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Malformed(f"{name} must be from 0 to 100")
    if Decimal(str(value)).normalize().as_tuple().exponent < -2:  # type: ignore[operator]
        raise Malformed(f"{name} has more than two decimals")

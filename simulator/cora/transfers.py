"""Transfers to an account by its bank details, which go out as TED
(developers.cora.com.br/reference/iniciação-de-transferência, /reference/lista-de-transferência)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, answer, invalid, once, read_object, server_error
from simulator.cora.auth import caller_with
from simulator.cora.bank import Caller, Cora, cora_of
from simulator.cora.banks import BANKS
from simulator.cora.order_list import (
    add_order,
    local_timestamp,
    optional_day,
    optional_text,
    order_page,
)
from simulator.cora.orders import TRANSFER
from simulator.core.clock import end_of_day
from simulator.core.documents import BadDocument, document_type, read_document
from simulator.core.ids import new_id

_ACCOUNT_TYPES = ("CHECKING", "SAVINGS", "PAYMENT")
_CATEGORIES = frozenset(
    [
        "PAYROLL",
        "BONUS",
        "UTILITIES",
        "RENT",
        "FURNITURE_EQUIPMENT",
        "OFFICE_SUPPLIES",
        "MARKETING",
        "SOFTWARE_IT",
        "TRAVEL_MEAL",
        "TRANSPORTATION",
        "BENEFITS",
        "TAXES",
        "BUSINESS_SERVICES",
        "EDUCATION",
        "ENTERTAINMENT",
    ]
)


@dataclass(frozen=True, slots=True)
class _Transfer:
    destination: dict[str, Any]  # as it is answered
    amount: int
    description: str | None
    code: str | None
    category: str | None
    scheduled: date | None


async def initiate(request: Request) -> Response:
    cora = cora_of(request)
    caller, _ = caller_with(request, cora, "transfer")
    body = await read_object(request)

    def act(key: str) -> tuple[int, Any]:
        return 200, _add(cora, caller, key, _read(body, cora.clock.today()))

    return await once(request, cora, caller, act, body)


async def listing(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "transfer")
    return order_page(cora, request, account_id, TRANSFER)


async def banks(request: Request) -> Response:
    cora = cora_of(request)
    caller_with(request, cora, "transfer")
    listed = [
        {"name": name, "ispb": ispb, "code": code, "short_name": short}
        for code, ispb, short, name in BANKS
    ]
    field = cora.settings.banks_field
    return answer({field: listed} if field else listed)


def _add(cora: Cora, caller: Caller, key: str, transfer: _Transfer) -> dict[str, Any]:
    now = cora.clock.now()
    wire = {
        "id": new_id("trn_"),
        "status": "INITIATED",
        "created_at": local_timestamp(now),
        "amount": transfer.amount,
        "description": transfer.description,
        "code": transfer.code,
        "category": transfer.category,
        "scheduled": transfer.scheduled.isoformat() if transfer.scheduled else None,
        "destination": transfer.destination,
    }
    holder, scheduled = transfer.destination["holder"], transfer.scheduled
    week = timedelta(days=cora.settings.transfer_expiry_days)
    return add_order(
        cora,
        caller,
        key,
        TRANSFER,
        wire,
        name=holder["name"],
        document=holder["document"]["identity"],
        scheduled=scheduled,
        deadline=end_of_day(scheduled) if scheduled else now + week,
    )


def _read(body: dict[str, Any], today: date) -> _Transfer:
    amount = body.get("amount")
    if type(amount) is not int or amount <= 0 or amount > 10**15:
        raise invalid("amount must be a positive integer of centavos")
    category = body.get("category")
    if category is not None and category not in _CATEGORIES:
        raise invalid("category is unknown")
    scheduled = optional_day(body, "scheduled")
    if scheduled is not None and scheduled < today:
        raise ApiError(422, "invalid_request", "A data de agendamento já passou.")
    return _Transfer(
        destination=_read_destination(_object(body, "destination")),
        amount=amount,
        description=optional_text(body, "description"),
        code=optional_text(body, "code"),
        category=category,
        scheduled=scheduled,
    )


def _read_destination(given: dict[str, Any]) -> dict[str, Any]:
    """The destination as it is answered, with the account's check digit apart."""
    bank_code = given.get("bank_code")
    if not isinstance(bank_code, str):
        raise invalid("destination.bank_code is required")
    if bank_code not in _CODES:
        raise server_error()  # the bank answers 500 to an unknown bank
    branch = _number(given, "branch_number", 4)
    account = _number(given, "account_number", 13, least=2)
    if given.get("account_type") not in _ACCOUNT_TYPES:
        raise invalid(f"destination.account_type must be one of {', '.join(_ACCOUNT_TYPES)}")
    holder = _object(given, "holder")
    name = holder.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise invalid("destination.holder.name is required")
    return {
        "bank_code": bank_code,
        "branch_number": branch,
        "account_number": account[:-1],
        "account_number_digit": account[-1],
        "account_type": given["account_type"],
        "holder": {"name": name, "document": _read_document(_object(holder, "document"))},
    }


def _read_document(given: dict[str, Any]) -> dict[str, str]:
    identity = given.get("identity")
    try:
        document = read_document(identity if isinstance(identity, str) else "")
    except BadDocument:
        document = ""
    if not document or document != identity:
        raise invalid("document.identity must be a CPF or CNPJ, digits only")
    if given.get("type") not in (None, document_type(document)):
        raise invalid("document.type does not fit the identity")
    return {"identity": document, "type": document_type(document)}


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise invalid(f"{name} is required")
    return value


def _number(given: dict[str, Any], name: str, most: int, least: int = 1) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
        raise invalid(f"destination.{name} must be a text of digits")
    if not least <= len(value) <= most:
        raise invalid(f"destination.{name} must have {least} to {most} digits")
    return value


_CODES = frozenset(code for code, *_ in BANKS)

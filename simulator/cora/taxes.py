"""Federal taxes (developers.cora.com.br/reference/iniciação-de-pagamento-darf and -gps).

What the bank answers is not documented: here, what a boleto payment answers with `data` as sent.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, invalid, once, read_day, read_object
from simulator.cora.auth import caller_with
from simulator.cora.bank import Caller, Cora, cora_of
from simulator.cora.events import announce
from simulator.cora.order_list import add_order, local_timestamp, optional_day, optional_text
from simulator.cora.orders import PAYMENT
from simulator.core.clock import end_of_day
from simulator.core.documents import BadDocument, read_document
from simulator.core.ids import new_id

_REVENUE = ("RECEITA FEDERAL DO BRASIL", "00394460005887")
_SOCIAL_SECURITY = ("INSTITUTO NACIONAL DO SEGURO SOCIAL", "29979036000140")


async def initiate_darf(request: Request) -> Response:
    cora = cora_of(request)
    caller, _ = caller_with(request, cora, "payment")
    body = await read_object(request)

    def act(key: str) -> tuple[int, Any]:
        data = _data(body)
        _digits(data, "code", 4, 5)
        if data.get("type") != "DARF":
            raise invalid("data.type must be DARF")
        _document(data)
        _day(data, "reference_date")
        due_date = _day(data, "due_date")
        amount = _sum(data, required=("main",), optional=("fine", "interest"))
        scheduled = _scheduled(cora, data, due_date)
        deadline = end_of_day(max(due_date, scheduled or due_date, cora.clock.today()))
        return _add(cora, caller, key, body, "DARF", amount, _REVENUE, scheduled, deadline)

    return await once(request, cora, caller, act, body)


async def initiate_gps(request: Request) -> Response:
    cora = cora_of(request)
    caller, _ = caller_with(request, cora, "payment")
    body = await read_object(request)

    def act(key: str) -> tuple[int, Any]:
        data = _data(body)
        _digits(data, "code", 4, 4)
        _digits(data, "identity", 11, 14)
        if data.get("identification_type") not in ("NIT", "PASEP", "PIS"):
            raise invalid("data.identification_type must be NIT, PASEP or PIS")
        if not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", _text(data, "competence")):
            raise invalid("data.competence must be YYYY-MM")
        amount = _sum(data, required=("other_entity", "inss", "charge"), optional=())
        scheduled = _scheduled(cora, data, None)
        waits = timedelta(days=cora.settings.transfer_expiry_days)
        deadline = end_of_day(scheduled) if scheduled else cora.clock.now() + waits
        return _add(cora, caller, key, body, "GPS", amount, _SOCIAL_SECURITY, scheduled, deadline)

    return await once(request, cora, caller, act, body)


def _add(
    cora: Cora,
    caller: Caller,
    key: str,
    body: dict[str, Any],
    tax: str,
    amount: int,
    creditor: tuple[str, str],
    scheduled: date | None,
    deadline: datetime,
) -> tuple[int, dict[str, Any]]:
    assert caller.account_id is not None
    name, document = creditor
    wire = {
        "id": new_id("pay_"),
        "status": "INITIATED",
        "amount": amount,
        "creditor": {"name": name, "document": document, "type": "CNPJ"},
        "payment_terms": {"due_date": body["data"].get("due_date")},
        "code": optional_text(body, "code"),
        "scheduled_at": scheduled.isoformat() if scheduled else None,
        "created_at": local_timestamp(cora.clock.now()),
        "data": {**body["data"], "type": tax},
    }
    add_order(
        cora,
        caller,
        key,
        PAYMENT,
        wire,
        name=name,
        document=document,
        scheduled=scheduled,
        deadline=deadline,
    )
    announce(cora, caller.account_id, PAYMENT, "initiated", str(wire["id"]))
    return cora.settings.tax_status, wire


def _data(body: dict[str, Any]) -> dict[str, Any]:
    data = body.get("data")
    if not isinstance(data, dict):
        raise invalid("data is required")
    if not _text(data, "name").strip():
        raise invalid("data.name is required")
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > 255:
        raise invalid(f"data.{name} must be a text")
    return value


def _digits(data: dict[str, Any], name: str, least: int, most: int) -> None:
    if not re.fullmatch(f"[0-9]{{{least},{most}}}", _text(data, name)):
        raise invalid(f"data.{name} must be of {least} to {most} digits")


def _document(data: dict[str, Any]) -> None:
    try:
        is_right = read_document(_text(data, "identity")) == data["identity"]
    except BadDocument:
        is_right = False
    if not is_right:
        raise invalid("data.identity is not a CPF or CNPJ")


def _day(data: dict[str, Any], name: str) -> date:
    if (day := read_day(data.get(name))) is None:
        raise invalid(f"data.{name} must be YYYY-MM-DD")
    return day


def _sum(data: dict[str, Any], *, required: tuple[str, ...], optional: tuple[str, ...]) -> int:
    """The parts of `amount` together, in centavos; each may be zero, all of them may not."""
    amounts = data.get("amount")
    if not isinstance(amounts, dict):
        raise invalid("data.amount is required")
    parts = [amounts.get(name) for name in required]
    parts += [amounts[name] for name in optional if amounts.get(name) is not None]
    total = 0
    for part in parts:
        if type(part) is not int or not 0 <= part < 10**12:
            raise invalid("data.amount takes whole centavos")
        total += part
    if not total:
        raise invalid("data.amount must be above zero")
    return total


def _scheduled(cora: Cora, data: dict[str, Any], last: date | None) -> date | None:
    scheduled = optional_day(data, "scheduled_at")
    if scheduled and not cora.clock.today() <= scheduled <= (last or date.max):
        raise ApiError(422, "PAY-0001", "O tributo não pode ser pago na data agendada.")
    return scheduled

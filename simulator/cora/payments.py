"""Boleto payments (developers.cora.com.br/reference/iniciação-de-pagamento,
/reference/lista-de-pagamentos, /reference/cancelamento-de-pagamento)."""

from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora import boletos, orders
from simulator.cora.answers import ApiError, answer, invalid, once, read_object, server_error
from simulator.cora.auth import caller_with
from simulator.cora.bank import Caller, Cora, cora_of
from simulator.cora.events import announce
from simulator.cora.order_list import (
    add_order,
    local_timestamp,
    optional_day,
    optional_text,
    order_page,
    order_wire,
)
from simulator.cora.orders import PAYMENT
from simulator.core.boleto import BadLine, Line, read_line
from simulator.core.clock import end_of_day, next_banking_day
from simulator.core.documents import document_type
from simulator.core.ids import new_id
from simulator.core.orders import NotWaiting
from simulator.core.people import account_by_id
from simulator.core.store import Row


async def initiate(request: Request) -> Response:
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "payment")
    body = await read_object(request)

    def act(key: str) -> tuple[int, Any]:
        code, scheduled = optional_text(body, "code"), optional_day(body, "scheduled_at")
        line = _read_line(body.get("digitable_line"), cora.clock.today())
        title = boletos.find(cora, line)
        _check(cora, account_id, title, scheduled)
        return 201, _add(cora, caller, key, title, code, scheduled)

    return await once(request, cora, caller, act, body)


async def listing(request: Request) -> Response:
    """Only what waits for approval: the bank drops the others from this list."""
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "payment")
    return order_page(cora, request, account_id, PAYMENT, only="INITIATED")


async def detail(request: Request) -> Response:
    """Not documented, seen to answer until the approval and 404 after it."""
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "payment")
    order = _own(cora, request, account_id)
    if order is None or order["status"] != "INITIATED":
        raise ApiError(404, "not_found", "Payment not found")
    return answer(order_wire(cora, order))


async def cancel(request: Request) -> Response:
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "payment")

    def act(_key: str) -> tuple[int, Any]:
        order = _own(cora, request, account_id)
        if order is None:
            raise server_error()  # the bank answers 500 to an unknown or foreign payment
        try:
            orders.cancel_by_api(cora, order)
        except NotWaiting:
            message = "O pagamento não está mais aguardando aprovação."
            raise ApiError(422, "PAY-0006", message) from None
        return 204, None

    return await once(request, cora, caller, act, None, key_required=False)


def _own(cora: Cora, request: Request, account_id: int) -> Row | None:
    order = orders.order_by_id(cora, request.path_params["id"])
    if order is None or order["account_id"] != account_id or order["rail"] != PAYMENT:
        return None
    return order


def _read_line(text: object, today: date) -> Line:
    if not isinstance(text, str):
        raise invalid("digitable_line is required")
    try:
        return read_line(text, today)
    except BadLine as error:
        raise ApiError(422, "invalid_request", str(error)) from None


def _check(cora: Cora, account_id: int, title: Row, scheduled: date | None) -> None:
    if title["paid"]:
        raise ApiError(422, "REC-0006", "Este boleto já foi pago.")
    if title["document"] == account_by_id(cora.store, account_id).cnpj:
        raise ApiError(422, "REC-0007", "O boleto foi emitido pela própria conta pagadora.")
    if scheduled is None:
        return
    due = date.fromisoformat(title["due_date"]) if title["due_date"] else date.max
    last = due if due == date.max else next_banking_day(due)
    if not cora.clock.today() <= scheduled <= last:
        raise ApiError(422, "PAY-0001", "O boleto não pode ser pago na data agendada.")


def _add(
    cora: Cora, caller: Caller, key: str, title: Row, code: str | None, scheduled: date | None
) -> dict[str, Any]:
    assert caller.account_id is not None
    wire = {
        "id": new_id("pay_"),
        "status": "INITIATED",
        "amount": title["amount"] + title["fine"] + title["interest"],
        "creditor": {
            "name": title["creditor"],
            "document": title["document"],
            "type": document_type(title["document"]),
        },
        "bank_slip": {
            "barcode": title["barcode"],
            "digitable": title["digitable"],
            "registered": True,
            "fine": title["fine"],
            "interest": title["interest"],
        },
        "payment_terms": {"due_date": title["due_date"]},
        "code": code,
        "scheduled_at": scheduled.isoformat() if scheduled else None,
        "created_at": local_timestamp(cora.clock.now()),
    }
    add_order(
        cora,
        caller,
        key,
        PAYMENT,
        wire,
        name=title["creditor"],
        document=title["document"],
        scheduled=scheduled,
        deadline=_deadline(cora, title, scheduled),
        barcode=title["barcode"],
    )
    announce(cora, caller.account_id, PAYMENT, "initiated", wire["id"])
    return wire


def _deadline(cora: Cora, title: Row, scheduled: date | None) -> datetime:
    """Until when it may be approved: the due date is the bank's limit. Overdue: today."""
    if title["due_date"] is None:
        return cora.clock.now() + timedelta(days=cora.settings.transfer_expiry_days)
    due = date.fromisoformat(title["due_date"])
    return end_of_day(max(due, scheduled or due, cora.clock.today()))

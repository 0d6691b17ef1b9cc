"""What transfers and payments answer alike."""

import uuid
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, invalid
from simulator.bs2.auth import Caller
from simulator.bs2.orders import book as orders
from simulator.bs2.reading import BAD_FORMAT, moment
from simulator.bs2.settings import ORDER_CODES, ORDER_WORDS
from simulator.core.store import Row


def accepted(order_id: str) -> dict[str, Any]:
    """Taken; that is not yet done."""
    return {"solicitacaoId": order_id, "aprovado": True, "mensagem": None}


def refused(caller: Caller, rail: str, message: str) -> Response:
    """Not taken, with an id all the same, by which its status can be asked."""
    refusal_id = str(uuid.uuid4())
    orders.keep_refusal(caller.bs2, caller.account, rail, refusal_id, message)
    value = {"solicitacaoId": refusal_id, "aprovado": False, "mensagem": message}
    return answer(value, caller.bs2.settings.send_status)


def read_moment(body: dict[str, Any], name: str, tag: str) -> datetime | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(tag, BAD_FORMAT)
    return moment(value, tag)


def order_of(caller: Caller, request: Request, rail: str) -> Row:
    """The caller's own order of the address."""
    order = orders.order_by_id(caller.bs2, request.path_params["id"].lower())
    if order is None or order["account_id"] != caller.account.id or order["rail"] != rail:
        raise _unknown(caller)
    return order


def status_wire(caller: Caller, request: Request, rail: str) -> dict[str, Any]:
    """`id`, `situacao` and `status`, by the tables of the settings."""
    order_id, settings = request.path_params["id"].lower(), caller.bs2.settings
    refusal = orders.refusal_by_id(caller.bs2, caller.account, rail, order_id)
    if refusal is not None:
        state, reason = "refused", refusal["message"]
    else:
        order = order_of(caller, request, rail)
        state, reason = orders.state_of(caller.bs2, order_id), order["reason"] or None
    situations, codes = ORDER_WORDS, ORDER_CODES
    if rail == orders.TRANSFER:
        situations, codes = settings.transfer_situations, settings.transfer_statuses
    wire = {"id": order_id, "situacao": situations[state], "status": codes[state]}
    return wire if rail == orders.TRANSFER else {**wire, "observacao": reason}


def _unknown(caller: Caller) -> Exception:
    return invalid("SolicitacaoId", "Solicitação não encontrada.", 404)

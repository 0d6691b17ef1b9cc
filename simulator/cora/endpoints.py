"""Webhook addresses (developers.cora.com.br/reference/criação-de-endpoints)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, answer, invalid, once, read_object
from simulator.cora.auth import any_caller
from simulator.cora.bank import Caller, cora_of
from simulator.cora.events import TRIGGERS
from simulator.core.ids import new_id
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback


async def create(request: Request) -> Response:
    cora = cora_of(request)
    caller = any_caller(request, cora)
    body = await read_object(request)
    url, resource, trigger = (body.get(name) for name in ("url", "resource", "trigger"))
    if not isinstance(url, str) or not is_loopback(url):
        raise invalid("url must be an http address of this machine")
    if not isinstance(resource, str) or trigger not in TRIGGERS.get(resource, set()):
        raise invalid("unknown resource or trigger")

    def act(_key: str) -> tuple[int, Any]:
        endpoint_id = new_id("end_")
        cora.store.run(
            "INSERT INTO cora_endpoint VALUES (?, ?, ?, ?, ?, ?)",
            *(endpoint_id, caller.client_id, caller.account_id, url, resource, trigger),
        )
        row = cora.store.row("SELECT * FROM cora_endpoint WHERE id = ?", endpoint_id)
        assert row is not None
        return 201, _wire(row)

    return await once(request, cora, caller, act, body)


async def listing(request: Request) -> Response:
    cora = cora_of(request)
    where, params = _owned(any_caller(request, cora))
    return answer([_wire(row) for row in cora.store.rows(f"SELECT * {where}", *params)])


async def delete(request: Request) -> Response:
    cora = cora_of(request)
    caller = any_caller(request, cora)
    where, params = _owned(caller)
    endpoint_id = request.path_params["id"]

    def act(_key: str) -> tuple[int, Any]:
        if not cora.store.run(f"DELETE {where} AND id = ?", *params, endpoint_id):
            raise ApiError(422, "invalid_request", "Endpoint not found")
        return cora.settings.endpoint_delete_status, None

    return await once(request, cora, caller, act, None, key_required=False)


def _owned(caller: Caller) -> tuple[str, tuple[object, ...]]:
    """The endpoints of the caller: of its account, or those of the partner itself."""
    where = "FROM cora_endpoint WHERE client_id = ? AND account_id IS ?"
    return where, (caller.client_id, caller.account_id)


def _wire(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "url": row["url"],
        "resource": row["resource"],
        "trigger": row["trigger_name"],
        "connectionTimeout": 1000,
        "readTimeout": 2000,
        "includeResource": False,
        "expandable": False,
        "active": True,
    }

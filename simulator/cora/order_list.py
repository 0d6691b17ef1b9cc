"""Starting orders and listing them: what transfers and payments have in common."""

# ruff: noqa: S608 - the SQL is put together from names written here
import json
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import answer, invalid, read_day, to_json
from simulator.cora.bank import Caller, Cora
from simulator.core.clock import SAO_PAULO, to_micros
from simulator.core.store import Row

_USUAL_SIZE, _MOST = 10, 200  # of a page


def add_order(
    cora: Cora,
    caller: Caller,
    key: str,
    rail: str,
    wire: dict[str, Any],
    *,
    name: str,
    document: str,
    scheduled: date | None,
    deadline: datetime,
    barcode: str | None = None,
) -> dict[str, Any]:
    """Write down a new order, waiting for approval. Its JSON, as the bank answers."""
    cora.store.run(
        "INSERT INTO cora_order (id, rail, account_id, client_id, status, code, key, amount, name,"
        " document, day, scheduled, deadline, next_at, barcode, wire)"
        " VALUES (?, ?, ?, ?, 'INITIATED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(wire["id"], rail, caller.account_id, caller.client_id, wire["code"], key),
        *(wire["amount"], name, document, cora.clock.today().isoformat()),
        scheduled.isoformat() if scheduled else None,
        *(to_micros(deadline), to_micros(deadline), barcode, to_json(wire).decode()),
    )
    return wire


def order_page(
    cora: Cora, request: Request, account_id: int, rail: str, only: str | None = None
) -> Response:
    """A page of orders, newest first; with `only`, those in that status.

    `start` and `end` are days of creation, both included. An unknown status finds nothing.
    """
    where, params = "account_id = ? AND rail = ?", [account_id, rail]
    status = request.query_params.get("status")
    for wanted in filter(None, (only, status)):
        where, params = where + " AND status = ?", [*params, wanted]
    for name, operator in (("start", ">="), ("end", "<=")):
        if text := request.query_params.get(name):
            if read_day(text) is None:
                raise invalid(f"{name} must be YYYY-MM-DD")
            where, params = where + f" AND day {operator} ?", [*params, text]
    page = _number(request, "page", 0, most=10**6)
    size = _number(request, "size", _USUAL_SIZE, most=_MOST)
    total = cora.store.row(f"SELECT count(*) AS n FROM cora_order WHERE {where}", *params)
    rows = cora.store.rows(
        f"SELECT * FROM cora_order WHERE {where} ORDER BY day DESC, seq DESC LIMIT ? OFFSET ?",
        *(*params, size, page * size),
    )
    items = [order_wire(cora, row) for row in rows]
    return answer({"items": items, cora.settings.list_total_field: total["n"] if total else 0})


def order_wire(cora: Cora, row: Row) -> dict[str, Any]:
    wire: dict[str, Any] = json.loads(row["wire"])
    return {**wire, "status": row["status"]}


def local_timestamp(instant: datetime) -> str:
    """As the bank writes it outside the statement: São Paulo, no offset."""
    return f"{instant.astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S}"


def optional_text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > 255):
        raise invalid(f"{name} must be a text of at most 255 characters")
    return value


def optional_day(body: dict[str, Any], name: str) -> date | None:
    value = body.get(name)
    if value is None:
        return None
    if (day := read_day(value)) is None:
        raise invalid(f"{name} must be YYYY-MM-DD")
    return day


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > most:
        raise invalid(f"{name} must be an integer from 0 to {most}")
    return int(text)

"""/v1/refunds, and /v1/charges/{id}/refunds: what is given back of charges."""

# ruff: noqa: S608 - the SQL is put together from names written here
from typing import Any

from starlette.responses import Response

from simulator.core.store import Row
from simulator.kamino import refunds_life
from simulator.kamino.answers import (
    answer,
    cents_of,
    cursor_of,
    instant,
    instant_or_none,
    invalid,
    not_found,
    read_body,
    read_cursor,
    read_day,
    read_key,
    read_limit,
    reais,
)
from simulator.kamino.calls import Call, is_in_progress, once, operation
from simulator.kamino.charges_life import charge_by


@operation("charges")
async def create(call: Call) -> Response:
    body = await read_body(call.request, "refundCharge")
    charge = charge_by(call.bank, "id", call.request.path_params["charge_id"])
    if charge is None or charge["account_id"] != call.account_id:
        raise not_found()

    def act(key: str) -> tuple[int, Any]:
        known = _by_key(call, key)
        if known is not None:  # past the hours for which answers are kept
            return 201, wire(known)
        amount, reason = cents_of(body["amount"]), body.get("reason")
        made = refunds_life.refund(call.bank, charge, amount, refunds_life.API, reason, key)
        return 201, wire(made)

    return await once(call, {"refund": charge["id"], **body}, act)


@operation("charges")
async def show(call: Call) -> Response:
    row = refunds_life.refund_by_id(call.bank, call.request.path_params["refund_id"])
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    return answer(wire(row))


@operation("charges")
async def listing(call: Call) -> Response:
    """Newest first."""
    query, key = call.request.query_params, read_key(call.request)
    where, params = "account_id = ?", list[object]([call.account_id])
    for column, value in {"key": key, "charge_id": query.get("charge_id")}.items():
        if value is not None:
            where, params = f"{where} AND {column} = ?", [*params, value]
    if (since := read_day(call.request, "since")) is not None:
        where = f"{where} AND coalesce(ended_day, created_day) >= ?"
        params = [*params, since.isoformat()]
    if (until := read_day(call.request, "until")) is not None:
        where, params = f"{where} AND created_day <= ?", [*params, until.isoformat()]
    limit, number = read_limit(call.request), _number(read_cursor(call.request))
    rows = call.bank.store.rows(
        f"SELECT * FROM kamino_refund WHERE {where} AND seq < ? ORDER BY seq DESC LIMIT ?",
        *(*params, number, limit + 1),
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return answer(
        {
            "refunds": [wire(row) for row in rows[:limit]],
            "in_progress": key is not None and is_in_progress(call, key),
            "next_cursor": last and cursor_of(call.request, last["seq"]),
        }
    )


def wire(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "charge_id": row["charge_id"],
        "status": row["state"],
        "status_reason": row["failure"],
        "origin": row["origin"],
        "amount": reais(row["amount"]),
        "reason": row["reason"],
        "end_to_end_id": row["end_to_end"],
        "created_at": instant(row["created_at"]),
        "completed_at": instant_or_none(row["completed_at"]),
        "answer_until": row["answer_until"],
        "idempotency_key": row["key"],
    }


def _by_key(call: Call, key: str) -> Row | None:
    sql = "SELECT * FROM kamino_refund WHERE account_id = ? AND key = ?"
    return call.bank.store.row(sql, call.account_id, key)


def _number(cursor: list[Any] | None) -> int:
    match cursor:
        case None:
            return 2**62
        case [int(number)]:
            return number
    raise invalid("cursor", "O cursor não é desta consulta.")

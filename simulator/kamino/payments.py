"""/v1/payments: TED, boleto and Pix."""

# ruff: noqa: S608 - the SQL is put together from names written here
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from simulator.core.clock import end_of_day, to_micros
from simulator.core.ids import new_id
from simulator.core.orders import NotWaiting
from simulator.core.store import Row
from simulator.kamino import moving, payees, payments_life
from simulator.kamino.answers import (
    answer,
    cursor_of,
    day_of,
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
    refuse,
)
from simulator.kamino.calls import Call, is_in_progress, once, operation
from simulator.kamino.payments_life import AWAITING, payment_by_id

_STATES = frozenset(
    (AWAITING, "scheduled", "completed", "returned", "refused", "expired", "cancelled", "failed")
)
_TYPES = frozenset(("ted", "boleto", "pix"))


@operation("payments")
async def create(call: Call) -> Response:
    body = await read_body(call.request, "createPayment")
    return await once(call, body, lambda key: (201, _create(call, body, key)))


@operation("payments")
async def show(call: Call) -> Response:
    return answer(wire(_payment(call)))


@operation("payments")
async def cancel(call: Call) -> Response:
    payment = _payment(call)

    def act(key: str) -> tuple[int, Any]:
        try:
            payments_life.cancel(call.bank, _payment(call))
        except NotWaiting:
            raise refuse(
                "payment_not_cancellable",
                "O pagamento já foi decidido no aplicativo do banco e não pode mais ser cancelado.",
            ) from None
        return 200, wire(_payment(call))

    return await once(call, {"cancel": payment["id"]}, act)


@operation("payments")
async def listing(call: Call) -> Response:
    """Newest first."""
    query, key = call.request.query_params, read_key(call.request)
    where, params = "account_id = ?", list[object]([call.account_id])
    wanted = {"key": key, "code": query.get("code")}
    for column, name, known in (("state", "status", _STATES), ("type", "type", _TYPES)):
        if name in query and query[name] not in known:
            raise invalid(name, "O valor não é um dos aceitos.")
        wanted[column] = query.get(name)
    for column, value in wanted.items():
        if value is not None:
            where, params = f"{where} AND {column} = ?", [*params, value]
    for name, operator in (("since", ">="), ("until", "<=")):
        if (day := read_day(call.request, name)) is not None:
            where, params = f"{where} AND day {operator} ?", [*params, day.isoformat()]
    limit, cursor = read_limit(call.request), read_cursor(call.request)
    if cursor is not None:
        where, params = f"{where} AND seq < ?", [*params, _number(cursor)]
    rows = call.bank.store.rows(
        f"SELECT * FROM kamino_payment WHERE {where} ORDER BY seq DESC LIMIT ?",
        *(*params, limit + 1),
    )
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = last and cursor_of(call.request, last["seq"])
    return answer(
        {
            "payments": [wire(row) for row in rows[:limit]],
            "in_progress": key is not None and is_in_progress(call, key),
            "next_cursor": next_cursor,
        }
    )


def wire(row: Row) -> dict[str, Any]:
    reason = None
    if row["reason_code"]:
        reason = {"code": row["reason_code"], "detail": row["reason"]}
    return {
        "id": row["id"],
        "type": row["type"],
        "status": row["state"],
        "status_reason": reason,
        "amount": reais(row["amount"]),
        "code": row["code"],
        "description": row["description"],
        "payee": {"name": row["name"], "document": row["document"]},
        "scheduled_for": row["scheduled"],
        "created_at": instant(row["created_at"]),
        "approve_until": instant(row["approve_until"]),
        "completed_at": instant_or_none(row["completed_at"]),
        "end_to_end_id": row["end_to_end"],
        "idempotency_key": row["key"],
    }


def _create(call: Call, body: dict[str, Any], key: str) -> dict[str, Any]:
    bank, now = call.bank, call.bank.clock.now()
    order = payees.read(bank, call.account, body)
    scheduled = _scheduled(call, body)
    until = (
        end_of_day(scheduled) if scheduled else now + timedelta(days=bank.settings.approval_days)
    )
    is_pix, payment_id = body["type"] == "pix", new_id("pay_")
    bank.store.run(
        "INSERT INTO kamino_payment (id, account_id, type, state, code, key, description, amount,"
        " name, document, day, scheduled, created_at, approve_until, next_at, end_to_end, barcode,"
        " to_account, txid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(payment_id, call.account_id, body["type"], AWAITING, body.get("code"), key),
        *(body.get("description"), order.amount, order.name, order.document),
        bank.clock.today().isoformat(),
        *(scheduled and scheduled.isoformat(), to_micros(now), to_micros(until), to_micros(until)),
        *(moving.new_end_to_end(bank) if is_pix else None, order.barcode),
        *(order.to_account, order.txid),
    )
    row = payment_by_id(bank, payment_id)
    assert row is not None
    return wire(row)


def _scheduled(call: Call, body: dict[str, Any]) -> date | None:
    if "scheduled_for" not in body:
        return None
    day, today = day_of(body["scheduled_for"]), call.bank.clock.today()
    if day is None or not today <= day <= today + timedelta(days=365):
        raise refuse("invalid_date", "A data precisa ser de hoje em diante, em até um ano.")
    return day


def _payment(call: Call) -> Row:
    row = payment_by_id(call.bank, call.request.path_params["payment_id"])
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    return row


def _number(cursor: list[Any]) -> int:
    match cursor:
        case [int(number)]:
            return number
    raise invalid("cursor", "O cursor não é desta consulta.")

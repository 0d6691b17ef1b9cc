"""GET /v1/accounts/{id}/entries: the statement, oldest first, page by page."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from simulator.core.ledger import CREDIT, balance_before
from simulator.core.store import Row
from simulator.core.told import as_told
from simulator.kamino.answers import (
    answer,
    cursor_of,
    instant,
    invalid,
    read_cursor,
    read_day,
    read_limit,
    reais,
)
from simulator.kamino.calls import Call, operation

_LONGEST = timedelta(days=365)


@operation("account.read")
async def listing(call: Call) -> Response:
    request = call.request
    since = read_day(request, "since", required=True)
    until = read_day(request, "until", required=True)
    assert since is not None and until is not None
    if since > until or until - since > _LONGEST:
        raise invalid(
            "since", "O período deve ir da data mais antiga à mais nova, em até 366 dias."
        )
    limit, after = read_limit(request), _after(read_cursor(request), since)
    account_id = call.account.id
    rows = _page(call, account_id, until, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    store = call.bank.store
    return answer(
        {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "opening_balance": reais(balance_before(store, account_id, since)),
            "closing_balance": reais(balance_before(store, account_id, until + timedelta(days=1))),
            "entries": as_told(store, rows[:limit], [wire(row) for row in rows[:limit]]),
            "next_cursor": last and cursor_of(request, last["day"], last["at"], last["seq"]),
        }
    )


def wire(row: Row) -> dict[str, Any]:
    party = None
    if row["name"]:
        party = {"name": row["name"], "document": row["document"]}
    return {
        "id": row["id"],
        "occurred_at": instant(row["at"]),
        "booked_on": row["day"],
        "direction": "credit" if row["direction"] == CREDIT else "debit",
        "amount": reais(row["amount"]),
        "kind": row["kind"].lower(),
        "description": row["description"],
        "counterparty": party,
        "end_to_end_id": row["end_to_end"],
        "payment_id": row["payment_id"],
        "charge_id": row["charge_id"],
    }


def _page(
    call: Call, account_id: int, until: date, after: tuple[str, int, int], limit: int
) -> list[Row]:
    return call.bank.store.rows(
        "SELECT e.*, k.payment_id, k.charge_id, k.end_to_end FROM entry e"
        " LEFT JOIN kamino_entry k ON k.entry_id = e.id"
        " WHERE account_id = ? AND day <= ? AND (day, at, seq) > (?, ?, ?)"
        " ORDER BY day, at, seq LIMIT ?",
        *(account_id, until.isoformat(), *after, limit),
    )


def _after(cursor: list[Any] | None, since: date) -> tuple[str, int, int]:
    """Where the page begins: after this day, instant and number."""
    if cursor is None:
        return since.isoformat(), -(2**62), 0
    match cursor:
        case [str(day), int(at), int(seq)] if day >= since.isoformat():
            return day, at, seq
    raise invalid("cursor", "O cursor não é desta consulta.")

"""Money out: what the API started, until a person approves or refuses it in BS2 Empresas.

    waiting -> scheduled -> completed -> refunded | waiting -> refused, expired
    waiting, scheduled -> cancelled | at execution -> failed

Where no approval is required an order is approved as it comes. The tables of statuses of the API
are not documented: these states become codes and words by the settings.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from simulator.bs2.bank import Bs2
from simulator.bs2.orders import effects as order_effects
from simulator.bs2.orders.effects import PAYMENT, PIX, TRANSFER
from simulator.core.clock import at_sao_paulo, end_of_day, from_micros, to_micros
from simulator.core.orders import NotWaiting
from simulator.core.people import Account
from simulator.core.store import Row

_APPROVAL_TIME = timedelta(days=7)  # of what has no day
_OPENS_AT = time(6, 30)
SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_order (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rail TEXT NOT NULL,
    account_id INTEGER NOT NULL, api_key TEXT NOT NULL, state TEXT NOT NULL,
    amount INTEGER NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, scheduled TEXT,
    created_at INTEGER NOT NULL, done_at INTEGER, deadline INTEGER NOT NULL, next_at INTEGER,
    reason TEXT NOT NULL DEFAULT '', wire TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS bs2_order_by_state ON bs2_order (account_id, state);
CREATE INDEX IF NOT EXISTS bs2_order_due ON bs2_order (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS bs2_refusal (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, rail TEXT NOT NULL, message TEXT NOT NULL
    ) WITHOUT ROWID;
"""

__all__ = ["PAYMENT", "PIX", "TRANSFER"]
WAITING, SCHEDULED, COMPLETED, REFUNDED = "waiting", "scheduled", "completed", "refunded"
REFUSED, EXPIRED, CANCELLED, FAILED = "refused", "expired", "cancelled", "failed"


@dataclass(frozen=True, slots=True)
class NewOrder:
    id: str
    rail: str
    api_key: str
    amount: int  # centavos
    name: str
    document: str
    scheduled: date | None = None  # None: as soon as it is approved
    deadline: datetime | None = None  # until when it may be approved; None: the usual days
    wire: dict[str, Any] = field(default_factory=dict)


def start(bs2: Bs2, account: Account, new: NewOrder) -> None:
    now = bs2.clock.now()
    deadline = new.deadline or now + _APPROVAL_TIME
    if new.scheduled is not None and new.deadline is None:
        deadline = end_of_day(new.scheduled)
    with bs2.store.write():
        bs2.store.run(
            "INSERT INTO bs2_order (id, rail, account_id, api_key, state, amount, name, document,"
            " scheduled, created_at, deadline, next_at, wire)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(new.id, new.rail, account.id, new.api_key, WAITING, new.amount, new.name),
            *(new.document, new.scheduled.isoformat() if new.scheduled else None, to_micros(now)),
            *(to_micros(deadline), to_micros(deadline), json.dumps(new.wire)),
        )
        if not _needs_approval(bs2, new.rail):
            order = order_by_id(bs2, new.id)
            assert order is not None
            approve(bs2, order)


def order_by_id(bs2: Bs2, order_id: str) -> Row | None:
    return bs2.store.row("SELECT * FROM bs2_order WHERE id = ?", order_id)


def orders_of(bs2: Bs2, account: Account) -> list[Row]:
    """Newest first."""
    sql = "SELECT * FROM bs2_order WHERE account_id = ? ORDER BY seq DESC"
    return bs2.store.rows(sql, account.id)


def state_of(bs2: Bs2, order_id: str) -> str:
    order = order_by_id(bs2, order_id)
    if order is None:
        raise LookupError(order_id)
    return str(order["state"])


def reason_of(bs2: Bs2, order_id: str) -> str:
    """Why it was not done; empty for one that was, or is not there yet."""
    order = order_by_id(bs2, order_id)
    return "" if order is None else str(order["reason"])


def wire_of(order: Row) -> dict[str, Any]:
    wire: dict[str, Any] = json.loads(order["wire"])
    return wire


def approve(bs2: Bs2, order: Row) -> None:
    """Let it go: now, or in the morning of the day it is scheduled for."""
    _require(order, WAITING)
    now, goes_at = bs2.clock.now(), _goes_at(bs2, order)
    with bs2.store.write():
        if goes_at is not None and goes_at > now:
            _move(bs2, order, SCHEDULED, next_at=goes_at)
        else:
            _execute(bs2, order, now)


def refuse(bs2: Bs2, order: Row) -> None:
    _require(order, WAITING)
    _end(bs2, order, REFUSED, "Recusado no BS2 Empresas.")


def expire(bs2: Bs2, order: Row) -> None:
    _require(order, WAITING)
    _end(bs2, order, EXPIRED, "O prazo para aprovar terminou.")


def cancel(bs2: Bs2, order: Row) -> None:
    """A person takes it back before it goes."""
    _require(order, WAITING, SCHEDULED)
    _end(bs2, order, CANCELLED, "Cancelado no BS2 Empresas.")


def refund(bs2: Bs2, order: Row) -> None:
    """A completed transfer or Pix comes back, as when the payee's account does not exist."""
    _require(order, COMPLETED)
    if order["rail"] == PAYMENT:
        raise NotWaiting("Um pagamento de boleto não é devolvido.")
    with bs2.store.write():
        order_effects.give_back(bs2, order, wire_of(order))
        _end(bs2, order, REFUNDED, "Devolvido pelo banco de destino.")


def settle_due(bs2: Bs2) -> int:
    """Do what the clock has reached: scheduled orders go, forgotten ones expire. How many."""
    due = bs2.store.rows(
        "SELECT * FROM bs2_order WHERE next_at <= ? ORDER BY next_at LIMIT 500",
        to_micros(bs2.clock.now()),
    )
    with bs2.store.write():
        for order in due:
            if order["state"] == WAITING:
                expire(bs2, order)
            else:
                _execute(bs2, order, from_micros(order["next_at"]))
    return len(due)


def keep_refusal(bs2: Bs2, account: Account, rail: str, refusal_id: str, message: str) -> None:
    """What the bank did not take, so that its status can be asked."""
    bs2.store.run(
        "INSERT INTO bs2_refusal VALUES (?, ?, ?, ?)", refusal_id, account.id, rail, message
    )


def refusal_by_id(bs2: Bs2, account: Account, rail: str, refusal_id: str) -> Row | None:
    return bs2.store.row(
        "SELECT * FROM bs2_refusal WHERE id = ? AND account_id = ? AND rail = ?",
        *(refusal_id, account.id, rail),
    )


def _needs_approval(bs2: Bs2, rail: str) -> bool:
    settings = bs2.settings
    return settings.pix_approval_required if rail == PIX else settings.approval_required


def _goes_at(bs2: Bs2, order: Row) -> datetime | None:
    if order["scheduled"] is None:
        return None
    return at_sao_paulo(date.fromisoformat(order["scheduled"]), _OPENS_AT)


def _execute(bs2: Bs2, order: Row, at: datetime) -> None:
    """The money goes, dated `at`, or the order fails and nothing moved."""
    problem = order_effects.problem_of(bs2, order, wire_of(order))
    if problem:
        _end(bs2, order, FAILED, problem)
        return
    order_effects.carry_out(bs2, order, wire_of(order), at)
    bs2.store.run("UPDATE bs2_order SET done_at = ? WHERE seq = ?", to_micros(at), order["seq"])
    _end(bs2, order, COMPLETED)


def _end(bs2: Bs2, order: Row, state: str, reason: str = "") -> None:
    with bs2.store.write():
        _move(bs2, order, state, reason=reason)
        order_effects.announce(bs2, order, wire_of(order), state)


def _move(
    bs2: Bs2, order: Row, state: str, *, reason: str = "", next_at: datetime | None = None
) -> None:
    bs2.store.run(
        "UPDATE bs2_order SET state = ?, reason = ?, next_at = ? WHERE seq = ?",
        *(state, reason, to_micros(next_at) if next_at else None, order["seq"]),
    )


def _require(order: Row, *states: str) -> None:
    if order["state"] not in states:
        raise NotWaiting(f"A ordem está em {order['state']}.")

"""The reminders of a charge (developers.cora.com.br, /reference/consultar-boletos-v2 and around).

Nothing is sent: what each one has become is read from the clock. The hour is our choice.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import answer, once
from simulator.cora.auth import caller_with
from simulator.cora.bank import Cora, cora_of
from simulator.cora.invoices.life import PAID, own_invoice, request_of
from simulator.cora.invoices.reading import RULES, WHEN_PAID
from simulator.cora.order_list import local_timestamp
from simulator.core.clock import at_sao_paulo, from_micros, to_micros
from simulator.core.store import Row

_ON_ITS_WAY = timedelta(minutes=1)
_HOUR = time(8)


async def listing(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "invoice")
    return answer(
        notification_wire(cora, own_invoice(cora, request, account_id)) or {"schedules": []}
    )


async def delete(request: Request) -> Response:
    """Cancels what is still to be sent."""
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "invoice")

    def act(_key: str) -> tuple[int, Any]:
        row = own_invoice(cora, request, account_id)
        cora.store.run(
            "UPDATE cora_invoice SET silent_at = coalesce(silent_at, ?) WHERE seq = ?",
            *(to_micros(cora.clock.now()), row["seq"]),
        )
        return cora.settings.notifications_delete_status, None

    return await once(request, cora, caller, act, None, key_required=False)


def notification_wire(cora: Cora, row: Row) -> dict[str, Any] | None:
    """`notification` of a charge with its schedules; None: it was issued without."""
    notification = request_of(row)["notification"]
    if notification is None:
        return None
    return {
        "id": row["notification_id"],
        **notification,
        "schedules": list(_schedules(cora, row, notification)),
    }


def _schedules(cora: Cora, row: Row, notification: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for channel in notification["channels"]:
        for rule in channel["rules"]:
            at = _instant(row, rule)
            is_active = _is_active(row, rule, at)
            yield {
                "rule": rule,
                "status": _status(cora.clock.now(), at) if is_active else "SCHEDULED",
                "active": is_active,
                "scheduled_to": local_timestamp(at) if at else None,
            }


def _instant(row: Row, rule: str) -> datetime | None:
    """When it is sent; None while that is not known."""
    if rule == WHEN_PAID:
        return None if row["status"] != PAID else from_micros(row["paid_at"])
    day = date.fromisoformat(row["due_date"]) + timedelta(days=RULES[rule])
    return at_sao_paulo(day, _HOUR)


def _is_active(row: Row, rule: str, at: datetime | None) -> bool:
    """Whether it was sent or will be: nothing stopped it, and its time came after the charge."""
    ends = [row["silent_at"]]
    if rule != WHEN_PAID or row["status"] != PAID:
        ends.append(row["ended_at"])
    stops = min((end for end in ends if end is not None), default=None)
    if at is None:
        return stops is None
    sent_at = to_micros(at)
    return sent_at >= row["created_at"] and (stops is None or sent_at < stops)


def _status(now: datetime, at: datetime | None) -> str:
    if at is None or now < at:
        return "SCHEDULED"
    return "TRIGGERED" if now < at + _ON_ITS_WAY else "SUCCESS"

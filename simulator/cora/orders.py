"""Money out: what the API started, until a person approves or refuses it in the bank's app.

    transfer: INITIATED -> SCHEDULED -> COMPLETED -> REFUNDED | INITIATED, SCHEDULED -> CANCELED
    payment:  INITIATED -> SCHEDULED -> COMPLETED | INITIATED -> REPROVED, CANCELED | ... -> ERROR

The API only starts; the statuses come from the webhooks' triggers. Cora documents neither what
happens without balance (payment: error, transfer: canceled, seen at execution) nor on expiry
(reproved, canceled): those are our choices. What is scheduled goes at 08:00 São Paulo.
"""

import json
from datetime import date, datetime, time

from simulator.cora.bank import Cora
from simulator.cora.events import announce
from simulator.core.clock import at_sao_paulo, from_micros, next_banking_day, to_micros
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries
from simulator.core.orders import NotWaiting
from simulator.core.people import account_by_id
from simulator.core.store import Row

TRANSFER, PAYMENT = "transfer", "payment"


def order_by_id(cora: Cora, order_id: str) -> Row | None:
    return cora.store.row("SELECT * FROM cora_order WHERE id = ?", order_id)


def approve(cora: Cora, order: Row) -> None:
    """Let it go: now, or at 08:00 of the day it is scheduled for when that is still to come."""
    _require(order, "INITIATED")
    with cora.store.write():
        if order["rail"] == PAYMENT:
            announce(cora, order["account_id"], PAYMENT, "approved", order["id"])
        now, goes_at = cora.clock.now(), _goes_at(cora, order)
        if goes_at is not None and goes_at > now:
            _move(cora, order, "SCHEDULED", next_at=to_micros(goes_at))
        else:
            _execute(cora, order, now)


def refuse(cora: Cora, order: Row, reason: str = "Recusada no aplicativo") -> None:
    _require(order, "INITIATED")
    _end(cora, order, "REPROVED" if order["rail"] == PAYMENT else "CANCELED", reason)


def expire(cora: Cora, order: Row) -> None:
    refuse(cora, order, "Prazo de aprovação vencido")


def cancel_by_api(cora: Cora, order: Row) -> None:
    """No webhook tells of it: the one who asked knows."""
    _require(order, "INITIATED")
    _move(cora, order, "CANCELED", reason="Cancelada pela API")


def refund(cora: Cora, order: Row) -> None:
    """A completed transfer comes back, as when the payee's account does not exist."""
    _require(order, "COMPLETED")
    if order["rail"] != TRANSFER:
        raise NotWaiting("Só transferências podem ser devolvidas.")
    entry = _entry(order, cora.clock.now(), CREDIT, "TRANSFER", "Devolução de transferência")
    with cora.store.write():
        add_entries(cora.store, order["account_id"], [entry])
        _move(cora, order, "REFUNDED", reason="Devolvida pelo banco de destino")
        announce(cora, order["account_id"], TRANSFER, "refunded", order["id"])


def settle_due(cora: Cora) -> int:
    """Do what the clock has reached: scheduled orders go, forgotten ones expire. How many."""
    due = cora.store.rows(
        "SELECT * FROM cora_order WHERE next_at <= ? ORDER BY next_at LIMIT 500",
        to_micros(cora.clock.now()),
    )
    with cora.store.write():
        for order in due:
            if order["status"] == "INITIATED":
                expire(cora, order)
            else:
                _execute(cora, order, from_micros(order["next_at"]))
    return len(due)


def _goes_at(cora: Cora, order: Row) -> datetime | None:
    if order["scheduled"] is None:
        return None
    day = next_banking_day(date.fromisoformat(order["scheduled"]))
    return at_sao_paulo(day, time(cora.settings.scheduled_hour % 24))


def _execute(cora: Cora, order: Row, at: datetime) -> None:
    """The money goes, dated `at`; or does not, for want of balance or of a title to pay."""
    account_id, is_payment = order["account_id"], order["rail"] == PAYMENT
    fee = 0 if is_payment else cora.settings.ted_fee_cents
    if account_by_id(cora.store, account_id).balance < order["amount"] + fee:
        _end(cora, order, "ERROR" if is_payment else "CANCELED", "Saldo insuficiente")
        return
    if order["barcode"] and not _pay_title(cora, order):
        _end(cora, order, "ERROR", "Boleto já pago")
        return
    moved = [_entry(order, at, DEBIT, *_kind(order))]
    if fee:
        moved.append(NewEntry(at, DEBIT, "FEE", fee, "Tarifa TED"))
    add_entries(cora.store, account_id, moved)
    _move(cora, order, "COMPLETED")
    for trigger in ("created", "completed") if is_payment else ("completed",):
        announce(cora, account_id, order["rail"], trigger, order["id"])


def _pay_title(cora: Cora, order: Row) -> bool:
    payer, barcode = account_by_id(cora.store, order["account_id"]), order["barcode"]
    sql = "UPDATE cora_boleto SET paid = 1 WHERE barcode = ? AND paid = 0"
    if not cora.store.run(sql, barcode):
        return False
    house = cora.sim.clearing_house
    return house.pay(barcode, order["amount"], payer.name, payer.cnpj)


def _kind(order: Row) -> tuple[str, str]:
    """Kind and text of the movement."""
    if order["rail"] == TRANSFER:
        return "TRANSFER", "TED enviada"
    if order["barcode"]:
        return "PAYMENT", "Pagamento de boleto"
    return "PAYMENT", f"Pagamento de {json.loads(order['wire'])['data']['type']}"


def _entry(order: Row, at: datetime, direction: str, kind: str, text: str) -> NewEntry:
    return NewEntry(at, direction, kind, order["amount"], text, order["name"], order["document"])


def _end(cora: Cora, order: Row, status: str, reason: str) -> None:
    with cora.store.write():
        _move(cora, order, status, reason=reason)
        announce(cora, order["account_id"], order["rail"], status.lower(), order["id"])


def _move(
    cora: Cora, order: Row, status: str, *, reason: str = "", next_at: int | None = None
) -> None:
    cora.store.run(
        "UPDATE cora_order SET status = ?, reason = ?, next_at = ? WHERE seq = ?",
        *(status, reason, next_at, order["seq"]),
    )


def _require(order: Row, status: str) -> None:
    if order["status"] != status:
        raise NotWaiting(f"A ordem está em {order['status']}.")

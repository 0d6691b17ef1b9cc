"""Pix that come in, and their refunds."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.bs2.bank import BANK_CODE, BRANCH, ISPB, Bs2
from simulator.bs2.banks import Place, place_of
from simulator.bs2.movements import (
    PIX,
    PIX_INTERNAL,
    PIX_INTERNAL_REFUND,
    PIX_REFUND,
    Details,
    details_of,
    end_to_end,
)
from simulator.bs2.moving import Move, move
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix import webhooks as pix_webhooks
from simulator.core import ledger
from simulator.core.clock import from_micros, to_micros
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, Period
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_receipt (
    entry_id TEXT PRIMARY KEY, txid TEXT, key TEXT, free_text TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bs2_refund (
    account_id INTEGER NOT NULL, end_to_end TEXT NOT NULL, id TEXT NOT NULL, rtr_id TEXT NOT NULL,
    amount INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT, asked_at INTEGER NOT NULL,
    due_at INTEGER, settled_at INTEGER, PRIMARY KEY (account_id, end_to_end, id)) WITHOUT ROWID;
"""

PROCESSING, RETURNED, NOT_RETURNED = "EM_PROCESSAMENTO", "DEVOLVIDO", "NAO_REALIZADO"
_LONGEST_LIFE = timedelta(days=90)
_REFUND_TAKES = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A Pix that came in."""

    entry: Row
    details: Details
    end_to_end: str


def receive(
    bs2: Bs2,
    account: Account,
    amount: int,
    *,
    name: str,
    document: str,
    place: Place | None = None,
    internal: bool = False,
    pix_id: str | None = None,
    charge: Row | None = None,
    free_text: str | None = None,
) -> str:
    """Money comes in now; who asked is told. The entry's id."""
    now = bs2.clock.now()
    if place is None:
        place = place_of(document)
        place = place._replace(bank=BANK_CODE, branch=BRANCH) if internal else place
    ispb = ISPB if internal else place.ispb
    pix_id = pix_id or end_to_end("E", ispb, now, f"{secrets.randbelow(10**10):010d}")
    kind = PIX_INTERNAL if internal else PIX
    entry = NewEntry(now, CREDIT, kind, amount, free_text or "Pix recebido", name, document)
    with bs2.store.write():
        (entry_id,) = move(bs2, account.id, [Move(entry, Details(pix_id, place))])
        txid, key = (charge["txid"], charge["key"]) if charge else (None, None)
        bs2.store.run("INSERT INTO bs2_receipt VALUES (?, ?, ?, ?)", entry_id, txid, key, free_text)
        if charge is not None:
            pix_charges.conclude(bs2, charge, pix_id)
        event = {"endToEndId": pix_id, "txId": txid, "valor": amount, "status": "Efetivado"}
        pix_webhooks.announce(bs2, account.id, pix_webhooks.RECEIVED, event)
    return entry_id


def received_by_id(bs2: Bs2, account: Account, receipt_id: int) -> Received | None:
    row = bs2.store.row("SELECT * FROM entry WHERE seq = ?", receipt_id)
    return _received(bs2, [row])[0] if row is not None and _is_receipt(row, account) else None


def received_by_pix(bs2: Bs2, account: Account, pix_id: str) -> Received | None:
    """By its endToEndId, which holds the minute in UTC."""
    row = bs2.store.row(
        "SELECT e.* FROM bs2_detail d JOIN entry e ON e.id = d.entry_id WHERE d.end_to_end = ?"
        " AND e.account_id = ? AND e.direction = 'CREDIT'",
        *(pix_id, account.id),
    )
    if row is not None:
        return _received(bs2, [row])[0]
    try:
        day = date.fromisoformat(pix_id[9:17])
    except ValueError:
        return None
    found = received(bs2, account, Period(day - timedelta(days=1), day))
    return next((each for each in found if each.end_to_end == pix_id), None)


def received(bs2: Bs2, account: Account, period: Period) -> list[Received]:
    """Newest first."""
    rows = ledger.entries(bs2.store, account.id, period, skip=0, take=10**6)
    return _received(bs2, [row for row in rows if _is_receipt(row, account)])


def ask_refund(bs2: Bs2, account: Account, received: Received, refund_id: str, amount: int) -> Row:
    """The refund of that id, made now unless it is there already."""
    known = refund_by_id(bs2, account, received.end_to_end, refund_id)
    if known is not None:
        return known
    now = bs2.clock.now()
    due_at = now + _REFUND_TAKES
    rtr_id = end_to_end("D", ISPB, now, f"{secrets.randbelow(10**10):010d}")
    bs2.store.run(
        "INSERT INTO bs2_refund (account_id, end_to_end, id, rtr_id, amount, status, asked_at,"
        " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(account.id, received.end_to_end, refund_id, rtr_id, amount, PROCESSING),
        *(to_micros(now), to_micros(due_at)),
    )
    row = refund_by_id(bs2, account, received.end_to_end, refund_id)
    assert row is not None
    return row


def refund_by_id(bs2: Bs2, account: Account, pix_id: str, refund_id: str) -> Row | None:
    return bs2.store.row(
        "SELECT * FROM bs2_refund WHERE account_id = ? AND end_to_end = ? AND id = ?",
        *(account.id, pix_id, refund_id),
    )


def refunds_of(bs2: Bs2, account: Account, pix_id: str) -> list[Row]:
    sql = "SELECT * FROM bs2_refund WHERE account_id = ? AND end_to_end = ? ORDER BY asked_at"
    return bs2.store.rows(sql, account.id, pix_id)


def refunded_amount(bs2: Bs2, account: Account, pix_id: str) -> int:
    """Centavos given back or on their way back."""
    rows = refunds_of(bs2, account, pix_id)
    return sum(row["amount"] for row in rows if row["status"] != NOT_RETURNED)


def is_too_old(bs2: Bs2, received: Received) -> bool:
    """A Pix may be given back for 90 days (BCB, Regulamento do Pix)."""
    return bs2.clock.now() - from_micros(received.entry["at"]) > _LONGEST_LIFE


def settle_due(bs2: Bs2) -> int:
    """Give back what was asked for some time ago. How many."""
    now = to_micros(bs2.clock.now())
    due = bs2.store.rows("SELECT * FROM bs2_refund WHERE due_at <= ?", now)
    for row in due:
        with bs2.store.write():
            _give_back(bs2, row)
    return len(due)


def _give_back(bs2: Bs2, row: Row) -> None:
    account = account_by_id(bs2.store, row["account_id"])
    found = received_by_pix(bs2, account, row["end_to_end"])
    if found is None or account.balance < row["amount"]:
        _end_refund(bs2, row, NOT_RETURNED, "Saldo insuficiente")
        return
    kind = PIX_INTERNAL_REFUND if found.entry["kind"] == PIX_INTERNAL else PIX_REFUND
    party = found.entry["name"], found.entry["document"]
    at = from_micros(row["due_at"])
    entry = NewEntry(at, DEBIT, kind, row["amount"], "Pix devolvido", *party)
    move(bs2, account.id, [Move(entry, Details(row["rtr_id"], found.details.place))])
    _end_refund(bs2, row, RETURNED, None)


def _end_refund(bs2: Bs2, row: Row, status: str, reason: str | None) -> None:
    settled_at = row["due_at"] if status == RETURNED else None
    bs2.store.run(
        "UPDATE bs2_refund SET status = ?, reason = ?, settled_at = ?, due_at = NULL"
        " WHERE account_id = ? AND end_to_end = ? AND id = ?",
        *(status, reason, settled_at, row["account_id"], row["end_to_end"], row["id"]),
    )


def _received(bs2: Bs2, rows: list[Row]) -> list[Received]:
    details: dict[str, Details] = {}
    for start in range(0, len(rows), 1000):
        details |= details_of(bs2, rows[start : start + 1000])
    return [Received(row, details[row["id"]], details[row["id"]].end_to_end or "") for row in rows]


def _is_receipt(row: Row, account: Account) -> bool:
    if row["account_id"] != account.id or row["direction"] != CREDIT:
        return False
    return row["kind"] in (PIX, PIX_INTERNAL)

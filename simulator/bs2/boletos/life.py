"""Boletos of the account's holder: what is kept of each and how it changes.

    open (1) -> seen paid -> settled (4) | open -> cancelled (3); past its due date an open one
    shows as expired (2) and can still be paid until its last day.

A payment is seen at once and the money comes early on the next banking day
(devs.bs2.com/docs/frequently-asked-colletion).
"""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulator.bs2.bank import BANK_CODE, Bs2
from simulator.bs2.banks import Place
from simulator.bs2.boletos.events import announce_boleto
from simulator.bs2.movements import BOLETO, Details
from simulator.bs2.moving import Move, move
from simulator.core.boleto import build_line, read_line
from simulator.core.clock import (
    at_sao_paulo,
    from_micros,
    next_banking_day,
    sao_paulo_day,
    to_micros,
)
from simulator.core.ledger import CREDIT, NewEntry
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_boleto (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, nosso_numero INTEGER NOT NULL UNIQUE,
    seu_numero TEXT NOT NULL, amount INTEGER NOT NULL, due_date TEXT NOT NULL,
    last_date TEXT NOT NULL, barcode TEXT NOT NULL UNIQUE, line TEXT NOT NULL, wire TEXT NOT NULL,
    created_at INTEGER NOT NULL, seen_at INTEGER, paid_amount INTEGER, paid_bank TEXT,
    settles_at INTEGER, settled_at INTEGER, cancelled_at INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_boleto_due ON bs2_boleto (settles_at) WHERE settles_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS bs2_payer (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, document TEXT NOT NULL, wire TEXT NOT NULL,
    UNIQUE (account_id, document)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bs2_write_off (
    id TEXT PRIMARY KEY, boleto_id TEXT NOT NULL, by_id INTEGER NOT NULL, status INTEGER NOT NULL,
    reason TEXT, due_at INTEGER) WITHOUT ROWID;
"""

OPEN, EXPIRED, CANCELLED, PAID = 1, 2, 3, 4
ASKED, FAILED, DONE = 1, 2, 3  # of a write-off
_FIRST_NUMBER = 80_999_000_000
_WRITE_OFF_DAYS = 90
_SETTLES_AT = time(5, 38)  # of the next banking day
_CENT = Decimal(1)


class NotPayable(Exception):
    """The boleto is paid, cancelled or too old. The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class NewBoleto:
    seu_numero: str | None
    amount: int
    due_date: date
    last_date: date
    wire: dict[str, Any]  # the parts that are answered as they were given


def issue(bs2: Bs2, account_id: int, new: NewBoleto) -> Row:
    account = account_by_id(bs2.store, account_id)
    number = _next_number(bs2)
    own = f"{account.number}{account.digit}".rjust(10, "0")[-10:]
    line = build_line(BANK_CODE, new.due_date, new.amount, f"001{own}{number}8")
    boleto_id, now = str(uuid.uuid4()), bs2.clock.now()
    with bs2.store.write():
        bs2.store.run(
            "INSERT INTO bs2_boleto (id, account_id, nosso_numero, seu_numero, amount, due_date,"
            " last_date, barcode, line, wire, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(boleto_id, account_id, number, new.seu_numero or str(number), new.amount),
            *(new.due_date.isoformat(), new.last_date.isoformat()),
            *(read_line(line, bs2.clock.today()).barcode, line, json.dumps(new.wire)),
            to_micros(now),
        )
        boleto = boleto_by(bs2, "id", boleto_id)
        assert boleto is not None
        announce_boleto(bs2, boleto, status_of(bs2, boleto))
    return boleto


def boleto_by(bs2: Bs2, column: str, value: object) -> Row | None:
    """By `id`, `nosso_numero`, `barcode` or `line`."""
    return bs2.store.row(f"SELECT * FROM bs2_boleto WHERE {column} = ?", value)  # noqa: S608


def boletos_of(bs2: Bs2, account: Account, limit: int) -> list[Row]:
    """Newest first."""
    sql = "SELECT * FROM bs2_boleto WHERE account_id = ? ORDER BY nosso_numero DESC LIMIT ?"
    return bs2.store.rows(sql, account.id, limit)


def payer_of(boleto: Row) -> str:
    return str(json.loads(boleto["wire"])["sacado"]["nome"])


def problem_of(bs2: Bs2, boleto: Row) -> str:
    """Why it cannot be paid now; empty when it can."""
    if boleto["cancelled_at"] is not None:
        return "O boleto foi baixado."
    if boleto["seen_at"] is not None:
        return "O boleto já foi pago."
    if boleto["last_date"] < bs2.clock.today().isoformat():
        return "O prazo para pagar o boleto terminou."
    return ""


def status_of(bs2: Bs2, boleto: Row) -> int:
    if boleto["cancelled_at"] is not None:
        return CANCELLED
    if boleto["settled_at"] is not None:
        return PAID
    is_late = boleto["due_date"] < bs2.clock.today().isoformat()
    return EXPIRED if is_late and boleto["seen_at"] is None else OPEN


def amount_due(boleto: Row, day: date) -> int:
    """Centavos on that day. Of `multa` and `juros` the units are our choice: reais, and % a month
    counted by day."""
    wire, due = json.loads(boleto["wire"]), date.fromisoformat(boleto["due_date"])
    amount, fine, discount = Decimal(boleto["amount"]), wire["multa"], wire["desconto"]
    late, early = (day - due).days, (due - day).days
    if late > 0 and fine["data"] and day >= date.fromisoformat(fine["data"]):
        amount += Decimal(fine["valor"] or 0) * 100
        amount += Decimal(boleto["amount"]) * Decimal(fine["juros"] or 0) / 100 * late / 30
    if late <= 0 and discount["limite"] and day <= date.fromisoformat(discount["limite"]):
        amount -= Decimal(boleto["amount"]) * Decimal(discount["percentual"] or 0) / 100
        amount -= Decimal(discount["valorFixo"] or 0) * 100
        amount -= Decimal(discount["valorDiario"] or 0) * 100 * early
    return max(0, int(amount.quantize(_CENT, ROUND_HALF_UP)))


def see_payment(bs2: Bs2, boleto: Row, amount: int, bank: str) -> None:
    """Somebody paid it at `bank` now; the money is not here yet.

    Raises:
        NotPayable: nothing was changed.
    """
    now = bs2.clock.now()
    if problem := problem_of(bs2, boleto):
        raise NotPayable(problem)
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_boleto SET seen_at = ?, paid_amount = ?, paid_bank = ?, settles_at = ?"
            " WHERE id = ?",
            *(to_micros(now), amount, bank, to_micros(_settles_at(now)), boleto["id"]),
        )
        _announce(bs2, boleto["id"])


def pay_again(bs2: Bs2, boleto: Row, amount: int, bank: str) -> None:
    """Money comes for a boleto that has ended: taken at `bank` before that was known there. One
    that is paid is so still; one that was written off is paid after all.

    Raises:
        NotPayable: it has not ended.
    """
    if boleto["cancelled_at"] is None and boleto["settled_at"] is None:
        raise NotPayable("O boleto está em aberto.")
    first = boleto["paid_amount"] if boleto["settled_at"] is not None else amount
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_boleto SET cancelled_at = NULL, seen_at = coalesce(seen_at, ?),"
            " paid_amount = ?, paid_bank = ? WHERE id = ?",
            *(to_micros(bs2.clock.now()), amount, bank, boleto["id"]),
        )
        changed = boleto_by(bs2, "id", boleto["id"])
        assert changed is not None
        settle(bs2, changed, bs2.clock.now())
        sql = "UPDATE bs2_boleto SET paid_amount = ? WHERE id = ?"
        bs2.store.run(sql, first, boleto["id"])


def settle(bs2: Bs2, boleto: Row, at: datetime) -> None:
    """The money comes into the account."""
    wire = json.loads(boleto["wire"])
    payer = wire["sacado"]
    entry = NewEntry(
        at,
        CREDIT,
        BOLETO,
        boleto["paid_amount"],
        boleto["seu_numero"],
        payer["nome"],
        payer["documento"],
    )
    paid_at = Details(place=Place(boleto["paid_bank"], "1", "0"))
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_boleto SET settled_at = ?, settles_at = NULL WHERE id = ?",
            *(to_micros(at), boleto["id"]),
        )
        move(bs2, boleto["account_id"], [Move(entry, paid_at)])
        _announce(bs2, boleto["id"])


def ask_write_off(bs2: Bs2, boleto: Row, reason: str | None, *, by_id: bool) -> Row:
    """It is done, or fails, a little later."""
    write_off_id = str(uuid.uuid4())
    due_at = bs2.clock.now() + timedelta(seconds=bs2.settings.write_off_seconds)
    bs2.store.run(
        "INSERT INTO bs2_write_off VALUES (?, ?, ?, ?, ?, ?)",
        *(write_off_id, boleto["id"], by_id, ASKED, reason, to_micros(due_at)),
    )
    row = write_off_by_id(bs2, write_off_id)
    assert row is not None
    return row


def write_off_by_id(bs2: Bs2, write_off_id: str) -> Row | None:
    return bs2.store.row("SELECT * FROM bs2_write_off WHERE id = ?", write_off_id)


def settle_due(bs2: Bs2) -> int:
    """Do what the clock has reached: settlements and write-offs. How many."""
    now = to_micros(bs2.clock.now())
    paid = bs2.store.rows("SELECT * FROM bs2_boleto WHERE settles_at <= ?", now)
    for boleto in paid:
        settle(bs2, boleto, from_micros(boleto["settles_at"]))
    asked = bs2.store.rows("SELECT * FROM bs2_write_off WHERE due_at <= ?", now)
    for row in asked:
        _write_off(bs2, row)
    return len(paid) + len(asked)


def _write_off(bs2: Bs2, row: Row) -> None:
    boleto = boleto_by(bs2, "id", row["boleto_id"])
    assert boleto is not None
    last = date.fromisoformat(boleto["due_date"]) + timedelta(days=_WRITE_OFF_DAYS)
    can = (
        boleto["cancelled_at"] is None
        and boleto["seen_at"] is None
        and sao_paulo_day(from_micros(row["due_at"])) <= last
    )
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_write_off SET status = ?, due_at = NULL WHERE id = ?",
            *(DONE if can else FAILED, row["id"]),
        )
        if can:
            bs2.store.run(
                "UPDATE bs2_boleto SET cancelled_at = ? WHERE id = ?", row["due_at"], boleto["id"]
            )
            _announce(bs2, boleto["id"])


def _announce(bs2: Bs2, boleto_id: str) -> None:
    boleto = boleto_by(bs2, "id", boleto_id)
    assert boleto is not None
    announce_boleto(bs2, boleto, status_of(bs2, boleto))


def _settles_at(now: datetime) -> datetime:
    day = next_banking_day(sao_paulo_day(now) + timedelta(days=1))
    return at_sao_paulo(day, _SETTLES_AT)


def _next_number(bs2: Bs2) -> int:
    row = bs2.store.row("SELECT max(nosso_numero) AS last FROM bs2_boleto")
    return (row["last"] if row and row["last"] else _FIRST_NUMBER) + 1

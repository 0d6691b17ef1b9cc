"""Pix charges and their QR codes: static, dynamic ("cob"), and dynamic with a due date ("cobv")."""

import json
import secrets
import string
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from simulator.bs2.bank import Bs2
from simulator.bs2.pix.owed import owed
from simulator.core import br_code
from simulator.core.clock import from_micros, to_micros
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_charge (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, kind TEXT NOT NULL, txid TEXT NOT NULL,
    key TEXT NOT NULL, amount INTEGER, seconds INTEGER, debtor TEXT, request TEXT,
    code TEXT NOT NULL, location TEXT, created_at INTEGER NOT NULL, status TEXT NOT NULL,
    end_to_end TEXT, UNIQUE (account_id, txid)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_charge_location ON bs2_charge (location);
CREATE TABLE IF NOT EXISTS bs2_charge_terms (
    charge_id TEXT PRIMARY KEY, revision INTEGER NOT NULL DEFAULT 0, terms TEXT NOT NULL
    ) WITHOUT ROWID;
"""

STATIC, DYNAMIC, DUE = "estatico", "dinamico", "vencimento"
ACTIVE, DONE = "ATIVA", "CONCLUIDA"
REMOVED, REMOVED_BY_BANK = "REMOVIDA_PELO_USUARIO_RECEBEDOR", "REMOVIDA_PELO_PSP"
_HOST = "pix.bs2.com/qr/v2"
_PATHS = {DYNAMIC: "", DUE: "cobv/"}
_CITY = "BELO HORIZONTE"


@dataclass(frozen=True, slots=True)
class NewCharge:
    kind: str
    key: str
    txid: str  # empty: the bank makes one
    amount: int | None
    seconds: int | None = None
    debtor: dict[str, Any] | None = None
    request: str | None = None
    # Notes, only_debtor and many; with a due date also valid_days and what `owed` reads.
    terms: dict[str, Any] = field(default_factory=dict)


def create(bs2: Bs2, account: Account, new: NewCharge) -> Row:
    charge_id = str(uuid.uuid4())
    txid = new.txid or "".join(secrets.choice(string.ascii_letters) for _ in range(26))
    location = None if new.kind == STATIC else f"{_HOST}/{_PATHS[new.kind]}{charge_id}"
    if location:
        code = br_code.dynamic(location, account.name, _CITY)
    else:
        code = br_code.static(new.key, account.name, _CITY, new.amount, txid=txid[:25])
    bs2.store.run(
        "INSERT INTO bs2_charge (id, account_id, kind, txid, key, amount, seconds, debtor, request,"
        " code, location, created_at, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(charge_id, account.id, new.kind, txid, new.key, new.amount, new.seconds),
        *(json.dumps(new.debtor) if new.debtor else None, new.request, code, location),
        *(to_micros(bs2.clock.now()), ACTIVE),
    )
    sql = "INSERT INTO bs2_charge_terms (charge_id, terms) VALUES (?, ?)"
    bs2.store.run(sql, charge_id, json.dumps(new.terms))
    row = charge_by(bs2, "id", charge_id)
    assert row is not None
    return row


def revise(bs2: Bs2, charge: Row, new: NewCharge) -> None:
    """Another amount, debtor, time or text, under the same code."""
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_charge SET key = ?, amount = ?, seconds = ?, debtor = ?, request = ?"
            " WHERE id = ?",
            *(new.key, new.amount, new.seconds, json.dumps(new.debtor) if new.debtor else None),
            *(new.request, charge["id"]),
        )
        bs2.store.run(
            "UPDATE bs2_charge_terms SET revision = revision + 1, terms = ? WHERE charge_id = ?",
            *(json.dumps(new.terms), charge["id"]),
        )


def terms_of(bs2: Bs2, charge: Row) -> tuple[int, dict[str, Any]]:
    """The number of the revision, and the terms."""
    row = bs2.store.row("SELECT * FROM bs2_charge_terms WHERE charge_id = ?", charge["id"])
    return (row["revision"], json.loads(row["terms"])) if row else (0, {})


def amount_due(bs2: Bs2, charge: Row) -> int | None:
    """What it costs today; None: the payer chooses."""
    if charge["kind"] != DUE:
        amount: int | None = charge["amount"]
        return amount
    return owed(charge["amount"], terms_of(bs2, charge)[1], bs2.clock.today())


def charge_by(bs2: Bs2, column: str, value: object) -> Row | None:
    """By `id`, `txid` or `location`."""
    return bs2.store.row(f"SELECT * FROM bs2_charge WHERE {column} = ?", value)  # noqa: S608


def charges_of(bs2: Bs2, account: Account) -> list[Row]:
    sql = "SELECT * FROM bs2_charge WHERE account_id = ? ORDER BY created_at DESC"
    return bs2.store.rows(sql, account.id)


def status_of(bs2: Bs2, charge: Row) -> str:
    if charge["status"] == ACTIVE and charge["seconds"] is not None:
        ends = from_micros(charge["created_at"]) + timedelta(seconds=charge["seconds"])
        if bs2.clock.now() >= ends:
            return REMOVED_BY_BANK
    if charge["status"] == ACTIVE and charge["kind"] == DUE:
        terms = terms_of(bs2, charge)[1]
        last = date.fromisoformat(terms["due"]) + timedelta(days=terms["valid_days"])
        if bs2.clock.today() > last:
            return REMOVED_BY_BANK
    return str(charge["status"])


def conclude(bs2: Bs2, charge: Row, end_to_end: str) -> None:
    """A dynamic one is paid once unless it was made for more, a static one any number of times."""
    is_for_many = charge["kind"] == STATIC or terms_of(bs2, charge)[1].get("many")
    status = ACTIVE if is_for_many else DONE
    bs2.store.run(
        "UPDATE bs2_charge SET status = ?, end_to_end = ? WHERE id = ?",
        *(status, end_to_end, charge["id"]),
    )


def remove(bs2: Bs2, charge: Row) -> None:
    bs2.store.run("UPDATE bs2_charge SET status = ? WHERE id = ?", REMOVED, charge["id"])


def account_of(bs2: Bs2, charge: Row) -> Account:
    return account_by_id(bs2.store, charge["account_id"])

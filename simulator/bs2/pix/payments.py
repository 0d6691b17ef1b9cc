"""Pix that go out: started, confirmed, and from then on an order like the others.

One that is not confirmed in time expires. What is asked for several at once, without confirming
(`solicitacoes`), is checked and started a moment later.
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulator.bs2.bank import ISPB, Bs2
from simulator.bs2.movements import end_to_end
from simulator.bs2.orders import book as orders
from simulator.bs2.pix.keys import receiver_of
from simulator.bs2.settings import PIX_WORDS
from simulator.core.clock import to_micros
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_pix (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, end_to_end TEXT NOT NULL, kind TEXT NOT NULL,
    amount INTEGER, receiver TEXT NOT NULL, key TEXT, code TEXT, charge_id TEXT,
    free_text TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    confirmed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_pix_by_time ON bs2_pix (account_id, created_at);
CREATE TABLE IF NOT EXISTS bs2_pix_request (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, api_key TEXT NOT NULL, name TEXT,
    key TEXT NOT NULL, amount INTEGER NOT NULL, document TEXT, free_text TEXT,
    pix_id TEXT, rejection TEXT, due_at INTEGER) WITHOUT ROWID;
"""

BY_KEY, BY_ACCOUNT, BY_CODE = "CHAVE_DICT", "MANUAL", "QR_CODE"
_TIME_TO_CONFIRM = timedelta(minutes=5)
_CHECKING_TAKES = timedelta(seconds=1)  # of what was asked for without confirming


@dataclass(frozen=True, slots=True)
class NewPix:
    kind: str  # BY_KEY, BY_ACCOUNT or BY_CODE
    receiver: dict[str, Any]
    key: dict[str, Any] | None = None
    code: str | None = None  # the text of the QR code
    amount: int | None = None  # centavos, where the code fixes it
    charge_id: str | None = None  # of BS2's own


class NotConfirmable(Exception):
    """It is not waiting to be confirmed. The message is its state, in the bank's word."""


def start(bs2: Bs2, account: Account, new: NewPix) -> Row:
    pix_id, now = str(uuid.uuid4()), bs2.clock.now()
    letters = f"{secrets.randbelow(10**10):010d}"
    expires_at = now + _TIME_TO_CONFIRM
    bs2.store.run(
        "INSERT INTO bs2_pix (id, account_id, end_to_end, kind, amount, receiver, key, code,"
        " charge_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(pix_id, account.id, end_to_end("E", ISPB, now, letters), new.kind, new.amount),
        json.dumps(new.receiver),
        *(json.dumps(new.key) if new.key else None, new.code, new.charge_id),
        *(to_micros(now), to_micros(expires_at)),
    )
    pix = pix_by_id(bs2, pix_id)
    assert pix is not None
    return pix


def confirm(bs2: Bs2, pix: Row, amount: int, api_key: str, free_text: str | None) -> None:
    """Make it an order.

    Raises:
        NotConfirmable: nothing was changed.
    """
    state = state_of(bs2, pix)
    if state != "started":
        raise NotConfirmable(PIX_WORDS[state])
    receiver = json.loads(pix["receiver"])
    wire = {
        "end_to_end": pix["end_to_end"],
        "receiver": receiver,
        "key": json.loads(pix["key"])["valor"] if pix["key"] else None,
        "charge_id": pix["charge_id"],
        "free_text": free_text,
    }
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_pix SET confirmed = 1, amount = ?, free_text = ? WHERE id = ?",
            *(amount, free_text, pix["id"]),
        )
        orders.start(
            bs2,
            account_by_id(bs2.store, pix["account_id"]),
            orders.NewOrder(
                id=pix["id"],
                rail=orders.PIX,
                api_key=api_key,
                amount=amount,
                name=receiver["pessoa"]["nome"],
                document=receiver["pessoa"]["documento"],
                wire=wire,
            ),
        )


def pix_by_id(bs2: Bs2, pix_id: str) -> Row | None:
    return bs2.store.row("SELECT * FROM bs2_pix WHERE id = ?", pix_id)


def state_of(bs2: Bs2, pix: Row) -> str:
    """`started`, `expired`, or its order's state."""
    if pix["confirmed"]:
        return orders.state_of(bs2, pix["id"])
    return "started" if to_micros(bs2.clock.now()) < pix["expires_at"] else "expired"


def ask(
    bs2: Bs2,
    account: Account,
    api_key: str,
    *,
    name: str | None,
    key: dict[str, Any],
    amount: int,
    document: str | None,
    free_text: str | None,
) -> Row:
    """Note a Pix to be checked, started and confirmed by the bank a moment later."""
    request_id = str(uuid.uuid4())
    due_at = bs2.clock.now() + _CHECKING_TAKES
    bs2.store.run(
        "INSERT INTO bs2_pix_request (id, account_id, api_key, name, key, amount, document,"
        " free_text, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(request_id, account.id, api_key, name, json.dumps(key), amount, document, free_text),
        to_micros(due_at),
    )
    row = request_by_id(bs2, request_id)
    assert row is not None
    return row


def request_by_id(bs2: Bs2, request_id: str) -> Row | None:
    return bs2.store.row("SELECT * FROM bs2_pix_request WHERE id = ?", request_id)


def request_by_name(bs2: Bs2, account: Account, name: str) -> Row | None:
    sql = "SELECT * FROM bs2_pix_request WHERE account_id = ? AND name = ?"
    return bs2.store.row(sql, account.id, name)


def settle_due(bs2: Bs2) -> int:
    """Check and start what was asked for some time ago. How many."""
    due = bs2.store.rows(
        "SELECT * FROM bs2_pix_request WHERE due_at <= ?", to_micros(bs2.clock.now())
    )
    for row in due:
        with bs2.store.write():
            _check_and_start(bs2, row)
    return len(due)


def _check_and_start(bs2: Bs2, row: Row) -> None:
    key = json.loads(row["key"])
    receiver = receiver_of(bs2, key["tipo"], key["valor"])
    rejection, pix_id = None, None
    if receiver is None:
        rejection = "Chave não encontrada."
    elif row["document"] not in (None, receiver["pessoa"]["documento"]):
        rejection = "O documento do recebedor não confere com o da chave."
    else:
        account = account_by_id(bs2.store, row["account_id"])
        pix = start(bs2, account, NewPix(BY_KEY, receiver, key))
        confirm(bs2, pix, row["amount"], row["api_key"], row["free_text"])
        pix_id = pix["id"]
    bs2.store.run(
        "UPDATE bs2_pix_request SET due_at = NULL, rejection = ?, pix_id = ? WHERE id = ?",
        *(rejection, pix_id, row["id"]),
    )

"""People who are signed in at BS2 Empresas."""

import secrets

from simulator.bs2.bank import SLUG, Bs2
from simulator.core import people
from simulator.core.clock import to_micros
from simulator.core.people import Account
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_session (
    id TEXT PRIMARY KEY, person_id INTEGER NOT NULL, account_id INTEGER,
    expires_at INTEGER NOT NULL, message TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
"""

_LIFETIME = 8 * 3600 * 1_000_000


def new_session(bs2: Bs2, person_id: int) -> str:
    """Of somebody with one company only, that one is chosen at once."""
    session_id = secrets.token_urlsafe(24)
    accounts = accounts_of(bs2, person_id)
    chosen = accounts[0].id if len(accounts) == 1 else None
    bs2.store.run(
        "INSERT INTO bs2_session (id, person_id, account_id, expires_at) VALUES (?, ?, ?, ?)",
        *(session_id, person_id, chosen, to_micros(bs2.clock.now()) + _LIFETIME),
    )
    return session_id


def session_of(bs2: Bs2, session_id: str) -> Row | None:
    return bs2.store.row(
        "SELECT * FROM bs2_session WHERE id = ? AND expires_at > ?",
        *(session_id, to_micros(bs2.clock.now())),
    )


def accounts_of(bs2: Bs2, person_id: int) -> list[Account]:
    return people.accounts_of(bs2.store, SLUG, person_id)


def choose_account(bs2: Bs2, session_id: str, account_id: int) -> None:
    bs2.store.run("UPDATE bs2_session SET account_id = ? WHERE id = ?", account_id, session_id)


def end_session(bs2: Bs2, session_id: str) -> None:
    bs2.store.run("DELETE FROM bs2_session WHERE id = ?", session_id)


def leave_message(bs2: Bs2, session_id: str, message: str) -> None:
    """For the next page that is shown."""
    bs2.store.run("UPDATE bs2_session SET message = ? WHERE id = ?", message, session_id)

"""Who is signed in to the bank's app."""

import secrets

from simulator.core.clock import to_micros
from simulator.core.store import Row
from simulator.kamino.bank import Kamino

_LIFETIME = 8 * 3600 * 1_000_000


def new_session(bank: Kamino, person_id: int) -> str:
    session_id = secrets.token_urlsafe(24)
    bank.store.run(
        "INSERT INTO kamino_session (id, person_id, expires_at) VALUES (?, ?, ?)",
        *(session_id, person_id, to_micros(bank.clock.now()) + _LIFETIME),
    )
    return session_id


def session_of(bank: Kamino, session_id: str) -> Row | None:
    return bank.store.row(
        "SELECT * FROM kamino_session WHERE id = ? AND expires_at > ?",
        *(session_id, to_micros(bank.clock.now())),
    )


def choose_account(bank: Kamino, session_id: str, account_id: int | None) -> None:
    bank.store.run("UPDATE kamino_session SET account_id = ? WHERE id = ?", account_id, session_id)


def end_session(bank: Kamino, session_id: str) -> None:
    bank.store.run("DELETE FROM kamino_session WHERE id = ?", session_id)


def leave_message(bank: Kamino, session_id: str, message: str) -> None:
    """For the next page that is shown."""
    bank.store.run("UPDATE kamino_session SET message = ? WHERE id = ?", message, session_id)

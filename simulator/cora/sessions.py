"""Who is signed in, on the consent page and in the bank's app."""

import secrets

from simulator.cora.bank import Cora
from simulator.core.clock import to_micros
from simulator.core.store import Row

_LIFETIME = 8 * 3600 * 1_000_000


def new_session(cora: Cora, person_id: int) -> str:
    session_id = secrets.token_urlsafe(24)
    cora.store.run(
        "INSERT INTO cora_session (id, person_id, expires_at) VALUES (?, ?, ?)",
        *(session_id, person_id, to_micros(cora.clock.now()) + _LIFETIME),
    )
    return session_id


def session_of(cora: Cora, session_id: str) -> Row | None:
    return cora.store.row(
        "SELECT * FROM cora_session WHERE id = ? AND expires_at > ?",
        *(session_id, to_micros(cora.clock.now())),
    )


def person_of(cora: Cora, session_id: str) -> int | None:
    session = session_of(cora, session_id)
    return None if session is None else session["person_id"]


def choose_account(cora: Cora, session_id: str, account_id: int) -> None:
    cora.store.run("UPDATE cora_session SET account_id = ? WHERE id = ?", account_id, session_id)


def end_session(cora: Cora, session_id: str) -> None:
    cora.store.run("DELETE FROM cora_session WHERE id = ?", session_id)


def leave_message(cora: Cora, session_id: str, message: str) -> None:
    """For the next page that is shown."""
    cora.store.run("UPDATE cora_session SET message = ? WHERE id = ?", message, session_id)

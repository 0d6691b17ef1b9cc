"""People who are signed in at a bank: in its app, or on its page of consent."""

import secrets
from dataclasses import dataclass

from simulator.core import people
from simulator.core.clock import Clock, to_micros
from simulator.core.people import Account
from simulator.core.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, bank TEXT NOT NULL, person_id INTEGER NOT NULL, account_id INTEGER,
    expires_at INTEGER NOT NULL, message TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
"""

_LIFETIME = 8 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Sessions:
    """Those of one bank."""

    store: Store
    clock: Clock
    bank: str

    def begin(self, person_id: int) -> str:
        """Its id. Of somebody with one company only, that one is chosen at once."""
        session_id = secrets.token_urlsafe(24)
        accounts = self.accounts_of(person_id)
        chosen = accounts[0].id if len(accounts) == 1 else None
        expires_at = to_micros(self.clock.now()) + _LIFETIME
        self.store.run(
            "INSERT INTO session (id, bank, person_id, account_id, expires_at)"
            " VALUES (?, ?, ?, ?, ?)",
            *(session_id, self.bank, person_id, chosen, expires_at),
        )
        return session_id

    def find(self, session_id: str) -> Row | None:
        return self.store.row(
            "SELECT * FROM session WHERE id = ? AND bank = ? AND expires_at > ?",
            *(session_id, self.bank, to_micros(self.clock.now())),
        )

    def accounts_of(self, person_id: int) -> list[Account]:
        """At this bank, of the companies that the person directs."""
        return people.accounts_of(self.store, self.bank, person_id)

    def choose(self, session_id: str, account_id: int | None) -> None:
        self.store.run("UPDATE session SET account_id = ? WHERE id = ?", account_id, session_id)

    def leave_message(self, session_id: str, message: str) -> None:
        """For the next page that is shown."""
        self.store.run("UPDATE session SET message = ? WHERE id = ?", message, session_id)

    def end(self, session_id: str) -> None:
        self.store.run("DELETE FROM session WHERE id = ?", session_id)

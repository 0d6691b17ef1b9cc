"""The Conta Kamino's state and settings."""

from dataclasses import dataclass

from starlette.requests import Request

from simulator.core.people import Account, account_of_company
from simulator.core.settings import load
from simulator.core.simulator import Simulator
from simulator.core.store import Row, Store

SLUG = "kamino"
BANK_CODE, BANK_NAME, BRANCH, ISPB = "998", "Conta Kamino", "0001", "99980001"

SCHEMA = """
CREATE TABLE IF NOT EXISTS kamino_client (
    client_id TEXT PRIMARY KEY, secret TEXT NOT NULL, partner TEXT NOT NULL, account_id INTEGER,
    name TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, ended_at INTEGER
    ) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kamino_client_of ON kamino_client (account_id);
CREATE TABLE IF NOT EXISTS kamino_token (
    value TEXT PRIMARY KEY, client_id TEXT NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kamino_account (
    account_id INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, partner TEXT NOT NULL,
    opened_at INTEGER NOT NULL, accepted TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'active');
CREATE TABLE IF NOT EXISTS kamino_idempotency (
    owner TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL,
    answer BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kamino_payment (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL,
    type TEXT NOT NULL, state TEXT NOT NULL, code TEXT, key TEXT NOT NULL, description TEXT,
    amount INTEGER NOT NULL, name TEXT NOT NULL, document TEXT, day TEXT NOT NULL, scheduled TEXT,
    created_at INTEGER NOT NULL, approve_until INTEGER NOT NULL, next_at INTEGER,
    completed_at INTEGER, reason_code TEXT, reason TEXT, end_to_end TEXT, barcode TEXT,
    to_account INTEGER, txid TEXT);
CREATE INDEX IF NOT EXISTS kamino_payment_of ON kamino_payment (account_id, state, seq);
CREATE INDEX IF NOT EXISTS kamino_payment_key ON kamino_payment (key);
CREATE INDEX IF NOT EXISTS kamino_payment_code ON kamino_payment (code);
CREATE INDEX IF NOT EXISTS kamino_payment_due ON kamino_payment (next_at)
    WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS kamino_entry (
    entry_id TEXT PRIMARY KEY, payment_id TEXT, charge_id TEXT, end_to_end TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kamino_title (
    barcode TEXT PRIMARY KEY, line TEXT NOT NULL, creditor TEXT NOT NULL, document TEXT NOT NULL,
    amount INTEGER NOT NULL, due_date TEXT, paid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kamino_key (
    key TEXT PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    account_id INTEGER, bank TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kamino_charge (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL,
    key TEXT NOT NULL, code TEXT, state TEXT NOT NULL, amount INTEGER NOT NULL,
    due_date TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, request TEXT NOT NULL,
    barcode TEXT UNIQUE, line TEXT, our_number TEXT, txid TEXT UNIQUE, br_code TEXT,
    created_at INTEGER NOT NULL, paid_amount INTEGER NOT NULL DEFAULT 0, paid_at INTEGER,
    paid_day TEXT, paid_by TEXT);
CREATE INDEX IF NOT EXISTS kamino_charge_of ON kamino_charge (account_id, seq);
CREATE TABLE IF NOT EXISTS kamino_refund (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL,
    charge_id TEXT NOT NULL, key TEXT, state TEXT NOT NULL, origin TEXT NOT NULL,
    amount INTEGER NOT NULL, reason TEXT, failure TEXT, end_to_end TEXT NOT NULL,
    created_at INTEGER NOT NULL, created_day TEXT NOT NULL, completed_at INTEGER, ended_day TEXT,
    answer_until TEXT);
CREATE INDEX IF NOT EXISTS kamino_refund_of ON kamino_refund (account_id, seq);
CREATE INDEX IF NOT EXISTS kamino_refund_charge ON kamino_refund (charge_id);
CREATE TABLE IF NOT EXISTS kamino_endpoint (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL,
    secret TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (account_id, url)) WITHOUT ROWID;
"""


@dataclass
class KaminoSettings:
    """What its API file fixes as a number, to be made smaller in tests, and its tempers."""

    access_token_seconds: int = 3600
    requests_per_minute: int = 6000
    approval_days: int = 7
    holds_refunds: bool = False  # one that is asked for is `processing` until the control ends it
    processing_ms: int = 0  # how long a POST is being done before it is done
    terms_suffix: str = ""  # at the end of the terms: makes another version
    require_registered_titles: bool = False
    require_registered_keys: bool = False


class Kamino:
    def __init__(self, simulator: Simulator) -> None:
        self.sim = simulator
        self.store: Store = simulator.store
        self.clock = simulator.clock
        self.settings = load(self.store, SLUG, KaminoSettings)
        # Idempotency keys whose first request is still being done: (owner, key).
        self.in_progress: set[tuple[str, str]] = set()
        # Requests of each client in the minute under way: (minute, how many).
        self.counts: dict[str, tuple[int, int]] = {}

    def clear(self) -> None:
        """After the store was cleared."""
        self.settings.__dict__.update(KaminoSettings().__dict__)
        self.counts.clear()

    def account(self, cnpj: str) -> Account | None:
        return account_of_company(self.store, SLUG, cnpj)

    def opened(self, account_id: int) -> Row:
        """What the bank keeps of an account besides its money."""
        row = self.store.row("SELECT * FROM kamino_account WHERE account_id = ?", account_id)
        assert row is not None
        return row


def kamino_of(request: Request) -> Kamino:
    kamino: Kamino = request.app.state.kamino
    return kamino

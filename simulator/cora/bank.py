"""Cora's state and settings."""

from dataclasses import dataclass

from starlette.requests import Request

from simulator.core.people import Account, account_of_company
from simulator.core.settings import load
from simulator.core.simulator import Simulator
from simulator.core.store import Store

SLUG = "cora"
BANK_CODE, BANK_NAME, BRANCH = "403", "Cora SCD", "0001"

SCHEMA = """
CREATE TABLE IF NOT EXISTS cora_partner (
    client_id TEXT PRIMARY KEY, secret TEXT NOT NULL, name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_code (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    person_id INTEGER NOT NULL, account_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_grant (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, account_id INTEGER NOT NULL,
    person_id INTEGER, scopes TEXT NOT NULL, created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL, refreshes INTEGER NOT NULL DEFAULT 0, ended_at INTEGER);
CREATE TABLE IF NOT EXISTS cora_token (
    value TEXT PRIMARY KEY, kind TEXT NOT NULL, client_id TEXT NOT NULL, grant_id INTEGER,
    expires_at INTEGER, uses INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_idempotency (
    owner TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL,
    answer BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (owner, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_order (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rail TEXT NOT NULL,
    account_id INTEGER NOT NULL, client_id TEXT NOT NULL, status TEXT NOT NULL, code TEXT,
    key TEXT NOT NULL, amount INTEGER NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    day TEXT NOT NULL, scheduled TEXT, deadline INTEGER NOT NULL, next_at INTEGER,
    reason TEXT NOT NULL DEFAULT '', barcode TEXT, wire TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS cora_order_by_status ON cora_order (account_id, rail, status, day);
CREATE INDEX IF NOT EXISTS cora_order_by_day ON cora_order (account_id, rail, day);
CREATE INDEX IF NOT EXISTS cora_order_due ON cora_order (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS cora_order_code ON cora_order (code);
CREATE TABLE IF NOT EXISTS cora_clearing (
    owner TEXT NOT NULL, key TEXT NOT NULL, invoice_id TEXT NOT NULL, PRIMARY KEY (owner, key)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_boleto (
    barcode TEXT PRIMARY KEY, digitable TEXT NOT NULL, creditor TEXT NOT NULL,
    document TEXT NOT NULL, amount INTEGER NOT NULL, fine INTEGER NOT NULL,
    interest INTEGER NOT NULL, due_date TEXT, paid INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_endpoint (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL, account_id INTEGER, url TEXT NOT NULL,
    resource TEXT NOT NULL, trigger_name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cora_credential (
    client_id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, name TEXT NOT NULL,
    fingerprint TEXT NOT NULL, certificate TEXT NOT NULL, private_key TEXT NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cora_pix (
    account_id INTEGER PRIMARY KEY, has_key INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cora_invoice (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL,
    client_id TEXT NOT NULL, status TEXT NOT NULL, code TEXT, request TEXT NOT NULL,
    forms TEXT NOT NULL, amount INTEGER NOT NULL, due_date TEXT NOT NULL, payer TEXT NOT NULL,
    created_at INTEGER NOT NULL, next_at INTEGER, barcode TEXT, digitable TEXT, our_number TEXT,
    registered INTEGER NOT NULL DEFAULT 0, emv TEXT, carne_id TEXT, method TEXT,
    payer_name TEXT, payer_document TEXT, pay_id TEXT, paying_at INTEGER, paid_at INTEGER,
    paid_day TEXT, total_paid INTEGER NOT NULL DEFAULT 0, fine INTEGER NOT NULL DEFAULT 0,
    interest INTEGER NOT NULL DEFAULT 0, discount INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER, notification_id TEXT, silent_at INTEGER);
CREATE TABLE IF NOT EXISTS cora_invoice_again (
    id TEXT PRIMARY KEY, invoice_id TEXT NOT NULL, method TEXT NOT NULL, amount INTEGER NOT NULL,
    at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cora_invoice_by_due ON cora_invoice (account_id, due_date);
CREATE INDEX IF NOT EXISTS cora_invoice_by_paid ON cora_invoice (account_id, paid_day);
CREATE INDEX IF NOT EXISTS cora_invoice_due ON cora_invoice (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS cora_invoice_carne ON cora_invoice (carne_id);
"""


@dataclass
class CoraSettings:
    """One for each point that Cora leaves open. The README has the table."""

    access_token_seconds: int = 86_400
    refresh_rotates: bool = True
    idempotency_key_required: bool = True
    idempotency_conflict_status: int = 422
    missing_scope_status: int = 403
    business_status: int = 422
    endpoint_delete_status: int = 204
    banks_field: str = ""
    scheduled_hour: int = 8
    statement_max_per_page: int = 500
    statement_too_large_status: int = 503
    statement_offset: str = "+00"
    list_total_field: str = "totalItems"
    transfer_expiry_days: int = 7
    ted_fee_cents: int = 200
    require_registered_boletos: bool = False
    invoice_draft_seconds: int = 0
    invoice_register_seconds: int = 4
    invoice_clearing_seconds: int = 0
    invoice_clearing_spares_pix: bool = False
    invoice_clearing_status: int = 422
    invoice_takes_loose_types: bool = False
    invoices_per_six_minutes: int = 0
    invoice_default_forms: str = "BANK_SLIP"
    invoice_explains: bool = False
    invoice_total_of_page: bool = False
    invoice_cancelled_again_status: int = 204
    invoice_pay_seconds: int = 5
    invoice_paid_notice_seconds: int = 3
    invoice_shows_in_payment: bool = False
    invoice_pay_own: bool = True
    files_refuse_tokens: bool = True
    notifications_delete_status: int = 204
    carne_status: int = 200
    boleto_fee_cents: int = 170
    tax_status: int = 201
    direct_token_anywhere: bool = False


class Cora:
    def __init__(self, simulator: Simulator) -> None:
        self.sim = simulator
        self.store: Store = simulator.store
        self.clock = simulator.clock
        self.settings = load(self.store, SLUG, CoraSettings)
        # Grants by access token, as read from the store: see auth.py.
        self.callers: dict[str, Caller] = {}

    def clear(self) -> None:
        """After the store was cleared."""
        self.settings.__dict__.update(CoraSettings().__dict__)
        self.callers.clear()

    def account(self, cnpj: str) -> Account | None:
        return account_of_company(self.store, SLUG, cnpj)


@dataclass(slots=True)
class Caller:
    """Who a valid access token speaks for. Instants are microseconds since 1970 UTC."""

    client_id: str
    grant_id: int | None  # None: a partner's own token
    account_id: int | None
    scopes: frozenset[str]
    expires_at: int
    used_at: int
    certificate: str | None = None  # fingerprint of the one to be shown; None: mode Parceria


def cora_of(request: Request) -> Cora:
    cora: Cora = request.app.state.cora
    return cora

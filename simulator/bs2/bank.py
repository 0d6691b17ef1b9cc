"""BS2's state."""

from collections import deque

from starlette.requests import Request

from simulator.bs2.settings import Bs2Settings
from simulator.core.people import Account, account_of_company
from simulator.core.settings import load
from simulator.core.simulator import Simulator
from simulator.core.store import Store

SLUG = "bs2"
BANK_CODE, BANK_NAME, BRANCH, ISPB = "218", "BCO BS2 S.A.", "0001", "71027866"

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_application (
    api_key TEXT PRIMARY KEY, api_secret TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '', account_id INTEGER, scopes TEXT NOT NULL,
    username TEXT NOT NULL DEFAULT '', password TEXT NOT NULL DEFAULT '',
    redirect_uris TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bs2_grant (
    id INTEGER PRIMARY KEY, api_key TEXT NOT NULL, account_id INTEGER, person_id INTEGER,
    scopes TEXT NOT NULL, flow TEXT NOT NULL, created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL, refreshes INTEGER NOT NULL DEFAULT 0, ended_at INTEGER);
CREATE TABLE IF NOT EXISTS bs2_token (
    value TEXT PRIMARY KEY, kind TEXT NOT NULL, api_key TEXT NOT NULL, grant_id INTEGER NOT NULL,
    scopes TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_token_of_grant ON bs2_token (grant_id, kind);
CREATE TABLE IF NOT EXISTS bs2_code (
    code TEXT PRIMARY KEY, api_key TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    person_id INTEGER NOT NULL, account_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""


class Bs2:
    def __init__(self, simulator: Simulator) -> None:
        self.sim = simulator
        self.store: Store = simulator.store
        self.clock = simulator.clock
        self.settings = load(self.store, SLUG, Bs2Settings)
        # When each API key last asked for tokens: microseconds since 1970 UTC.
        self.token_requests: dict[str, deque[int]] = {}

    def account(self, cnpj: str) -> Account | None:
        return account_of_company(self.store, SLUG, cnpj)


def bs2_of(request: Request) -> Bs2:
    bs2: Bs2 = request.app.state.bs2
    return bs2

"""GET /api-banking/auth/oauth/v2/authorize: where a holder lets a partner act on an account
(devs.bs2.com/docs/consent)."""

from dataclasses import astuple

from simulator.bs2.auth import SCOPES
from simulator.bs2.bank import Bs2
from simulator.bs2.grants import CONSENT as BY_CONSENT
from simulator.bs2.people.app import APP
from simulator.core.app.consent import Code, Consent
from simulator.core.store import Row


def _partner(bs2: Bs2, client_id: str) -> Row | None:
    sql = "SELECT * FROM bs2_application WHERE api_key = ? AND kind = ?"
    return bs2.store.row(sql, client_id, BY_CONSENT)


def _keep_code(bs2: Bs2, code: Code) -> None:
    bs2.store.run(
        "INSERT INTO bs2_code (code, api_key, redirect_uri, person_id, account_id, scopes,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *astuple(code),
    )


CONSENT: Consent[Bs2] = Consent(
    app=APP,
    at="no BS2",
    approves="no BS2 Empresas",
    ends="em API Banking",
    parameter="scope",
    scopes=SCOPES,
    partner=_partner,
    allowed=lambda partner: frozenset(partner["scopes"].split()),
    keep_code=_keep_code,
    code_seconds=300,
)

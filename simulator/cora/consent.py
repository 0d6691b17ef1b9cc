"""GET /oauth/authorize: the page where a customer lets a partner act on an account.

The parameter is `scopes`, plural (developers.cora.com.br,
/docs/fluxos-de-autorizacao-e-autenticacao).
"""

from dataclasses import astuple

from simulator.cora.app import APP
from simulator.cora.auth import SCOPES
from simulator.cora.bank import Cora
from simulator.core.app.consent import Code, Consent
from simulator.core.store import Row


def _partner(cora: Cora, client_id: str) -> Row | None:
    return cora.store.row("SELECT * FROM cora_partner WHERE client_id = ?", client_id)


def _keep_code(cora: Cora, code: Code) -> None:
    cora.store.run(
        "INSERT INTO cora_code (code, client_id, redirect_uri, person_id, account_id, scopes,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *astuple(code),
    )


CONSENT: Consent[Cora] = Consent(
    app=APP,
    at="na Cora",
    approves="no aplicativo da Cora",
    ends="em Integrações",
    parameter="scopes",
    scopes=SCOPES,
    partner=_partner,
    allowed=lambda partner: frozenset(SCOPES),
    keep_code=_keep_code,
    code_seconds=60,
)

"""Integração Direta: a company's own credentials, a client id with a certificate
(developers.cora.com.br/docs/client-credentials-int-direta)."""

import secrets
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, answer
from simulator.cora.auth import presented_certificate
from simulator.cora.bank import Cora, cora_of
from simulator.cora.tokens import DIRECT, client_token
from simulator.core.certificates import fingerprint
from simulator.core.clock import to_micros
from simulator.core.journal import record_of
from simulator.core.store import Row

_CERTIFICATE_DAYS = 365


async def token(request: Request) -> Response:
    """POST /token: a token for the caller with the certificate of the client id. No secret."""
    cora = cora_of(request)
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    client_id = fields.get("client_id", "")
    row = _credential(cora, client_id)
    if row is None or presented_certificate(request) != row["fingerprint"]:
        raise ApiError(401, "access_denied", "certificate and client_id do not fit")
    if fields.get("grant_type") != "client_credentials":
        body = {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        return answer(body, 400)
    address = request.client.host if request.client else ""
    claims = {"acr": "1", "clientHost": address, "clientAddress": address}
    with cora.store.write():
        value = client_token(cora, client_id, claims)
    record_of(request).effect = True
    return answer(value)


async def refuse(request: Request) -> Response:
    """The other mode's host: its credentials are not valid here."""
    raise ApiError(401, "access_denied", "credentials of the other mode")


def new_credential(cora: Cora, account_id: int, name: str) -> Row:
    """A client id, and a certificate that the simulator's authority signs for it."""
    client_id = DIRECT + secrets.token_hex(11)
    now = cora.clock.now()
    certificate, key = cora.sim.authority.issue_client(client_id, _CERTIFICATE_DAYS)
    cora.store.run(
        "INSERT INTO cora_credential (client_id, account_id, name, fingerprint, certificate,"
        " private_key, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(client_id, account_id, name, fingerprint(certificate.encode()), certificate, key),
        *(to_micros(now), to_micros(now + timedelta(days=_CERTIFICATE_DAYS))),
    )
    row = _credential(cora, client_id)
    assert row is not None
    return row


def credentials_of(cora: Cora, account_id: int) -> list[Row]:
    """Those that are worth something, newest first."""
    return cora.store.rows(
        "SELECT * FROM cora_credential WHERE account_id = ? AND ended_at IS NULL"
        " ORDER BY created_at DESC, client_id",
        account_id,
    )


def end_credential(cora: Cora, client_id: str) -> None:
    """The owner takes it back: its tokens are not valid from now on."""
    with cora.store.write():
        cora.store.run(
            "UPDATE cora_credential SET ended_at = ? WHERE client_id = ? AND ended_at IS NULL",
            *(to_micros(cora.clock.now()), client_id),
        )
        cora.store.run("DELETE FROM cora_token WHERE client_id = ?", client_id)
    cora.callers.clear()


def _credential(cora: Cora, client_id: str) -> Row | None:
    return cora.store.row(
        "SELECT * FROM cora_credential WHERE client_id = ? AND ended_at IS NULL AND expires_at > ?",
        *(client_id, to_micros(cora.clock.now())),
    )

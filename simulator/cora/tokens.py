"""POST /oauth/token: codes and refresh tokens for access tokens (RFC 6749).

Access tokens live 24 h; a refresh token has no end but dies after its third use, and with the
session after 60 days without activity. Source: developers.cora.com.br,
/docs/fluxos-de-autorizacao-e-autenticacao. That a refresh gives a new refresh token, and that uses
count per token, is our choice.
"""

import base64
import binascii
import json
import secrets
import uuid
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, answer
from simulator.cora.auth import IDLE_DAYS
from simulator.cora.bank import Cora, cora_of
from simulator.core.clock import to_micros
from simulator.core.journal import record_of

_REFRESH_USES = 3  # of one refresh token
DIRECT = "int-"  # how the client_id of Integração Direta begins
_SECOND = 1_000_000


class OAuthError(Exception):
    """An error of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


async def token(request: Request) -> Response:
    cora = cora_of(request)
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    try:
        partner = _partner(cora, request.headers.get("authorization", ""))
        with cora.store.write():
            match fields.get("grant_type"):
                case "authorization_code":
                    value = _exchange_code(cora, partner, fields)
                case "refresh_token":
                    value = _refresh(cora, partner, fields)
                case "client_credentials":
                    value = client_token(cora, partner)
                case _:
                    raise OAuthError("unsupported_grant_type", "Unsupported grant_type")
    except OAuthError as error:
        body = {"error": error.error, "error_description": error.description}
        return answer(body, error.status)
    record_of(request).effect = True
    return answer(value)


def new_grant(
    cora: Cora, client_id: str, account_id: int, person_id: int | None, scopes: str
) -> int:
    now = to_micros(cora.clock.now())
    return cora.store.insert(
        "INSERT INTO cora_grant (client_id, account_id, person_id, scopes, created_at, used_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *(client_id, account_id, person_id, scopes, now, now),
    )


def new_tokens(cora: Cora, client_id: str, grant_id: int) -> dict[str, Any]:
    """A new access and refresh token of a consent, as the bank answers them."""
    refresh = _new_token(cora, "refresh", client_id, grant_id)
    return _token_answer(cora, client_id, grant_id, refresh)


def _partner(cora: Cora, authorization: str) -> str:
    """The client_id of the Basic header."""
    kind, _, encoded = authorization.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    client_id, _, secret = text.partition(":")
    row = cora.store.row("SELECT secret FROM cora_partner WHERE client_id = ?", client_id)
    if (
        kind.lower() != "basic"
        or row is None
        or not secrets.compare_digest(row["secret"].encode(), secret.encode())
    ):
        if client_id.startswith(DIRECT):
            raise ApiError(401, "access_denied", "credentials of the other mode")
        raise OAuthError("invalid_client", "Invalid client or Invalid client credentials", 401)
    return client_id


def _exchange_code(cora: Cora, client_id: str, fields: dict[str, str]) -> dict[str, Any]:
    row = cora.store.row("SELECT * FROM cora_code WHERE code = ?", fields.get("code", ""))
    now = to_micros(cora.clock.now())
    if row is None or row["client_id"] != client_id or row["used"] or row["expires_at"] <= now:
        raise OAuthError("invalid_grant", "Code not valid")
    if row["redirect_uri"] != fields.get("redirect_uri"):
        raise OAuthError("invalid_grant", "Incorrect redirect_uri")
    cora.store.run("UPDATE cora_code SET used = 1 WHERE code = ?", row["code"])
    grant_id = new_grant(cora, client_id, row["account_id"], row["person_id"], row["scopes"])
    return new_tokens(cora, client_id, grant_id)


def _refresh(cora: Cora, client_id: str, fields: dict[str, str]) -> dict[str, Any]:
    value = fields.get("refresh_token", "")
    row = cora.store.row(
        "SELECT t.uses, t.grant_id, g.used_at FROM cora_token t JOIN cora_grant g"
        " ON g.id = t.grant_id WHERE t.value = ? AND t.kind = 'refresh' AND t.client_id = ?",
        value,
        client_id,
    )
    if row is None or row["uses"] >= _REFRESH_USES:
        raise OAuthError("invalid_grant", "Invalid refresh token")
    now = to_micros(cora.clock.now())
    if now - row["used_at"] > IDLE_DAYS * 86_400 * _SECOND:
        raise OAuthError("invalid_grant", "Session not active")
    cora.store.run("UPDATE cora_token SET uses = uses + 1 WHERE value = ?", value)
    cora.store.run(
        "UPDATE cora_grant SET used_at = ?, refreshes = refreshes + 1 WHERE id = ?",
        now,
        row["grant_id"],
    )
    if cora.settings.refresh_rotates:
        return new_tokens(cora, client_id, row["grant_id"])
    return _token_answer(cora, client_id, row["grant_id"], value)


def client_token(
    cora: Cora, client_id: str, more_claims: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to `client_credentials`: nothing to refresh with."""
    value = _token_answer(cora, client_id, None, None, more_claims)
    del value["refresh_token"], value["session_state"]
    return value


def _token_answer(
    cora: Cora,
    client_id: str,
    grant_id: int | None,
    refresh: str | None,
    more_claims: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "access_token": _new_token(cora, "access", client_id, grant_id, more_claims),
        "expires_in": cora.settings.access_token_seconds,
        "refresh_expires_in": 0,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "session_state": str(uuid.uuid4()),
        "scope": "offline_access",
    }


def _new_token(
    cora: Cora,
    kind: str,
    client_id: str,
    grant_id: int | None,
    more_claims: dict[str, Any] | None = None,
) -> str:
    """A value that looks like the bank's JWT (claims of its documentation, RS256)."""
    now = to_micros(cora.clock.now())
    lifetime = cora.settings.access_token_seconds if kind == "access" else None
    claims = {
        "iat": now // _SECOND,
        "jti": str(uuid.uuid4()),
        "iss": f"{cora.sim.public_url}/realms/cora",
        "sub": client_id if grant_id is None else f"grant-{grant_id}",
        "typ": "Bearer" if kind == "access" else "Offline",
        "azp": client_id,
        "scope": "offline_access",
        "clientId": client_id,
        **(more_claims or {}),
    }
    if lifetime is not None:
        claims["exp"] = now // _SECOND + lifetime
    head = {"alg": "RS256", "typ": "JWT", "kid": "simulator"}
    value = ".".join((_part(head), _part(claims), _encode(secrets.token_bytes(256))))
    expires_at = None if lifetime is None else now + lifetime * _SECOND
    cora.store.run(
        "INSERT INTO cora_token (value, kind, client_id, grant_id, expires_at)"
        " VALUES (?, ?, ?, ?, ?)",
        *(value, kind, client_id, grant_id, expires_at),
    )
    return value


def _part(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

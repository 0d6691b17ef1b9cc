"""POST /auth/oauth/v2/token: the four grants (devs.bs2.com/docs/authentication-co, /docs/consent).

A new access token ends the one before it, and each refresh gives a new refresh token.
"""

import base64
import binascii
import secrets
from collections import deque
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer
from simulator.bs2.auth import require_user_agent
from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.grants import (
    CLIENT,
    LEGACY,
    application_grants,
    end_grants,
    new_grant,
    new_tokens,
    refresh_life,
)
from simulator.core.clock import to_micros
from simulator.core.journal import record_of
from simulator.core.store import Row

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_BAD_CLIENT_HEADERS = {
    "WWW-Authenticate": 'Basic error="Invalid or missing credentials"',
    "X-Ca-Err": "3003201",
}


class OAuthError(Exception):
    def __init__(
        self,
        error: str,
        description: str,
        status: int = 400,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(description)
        self.error, self.description = error, description
        self.status, self.headers = status, headers or {}


async def token(request: Request) -> Response:
    bs2, body = bs2_of(request), await request.body()
    require_user_agent(bs2, request)
    try:
        fields = _fields(request, body)
        application = _application(bs2, request.headers.get("authorization", ""), fields)
        _count(bs2, application["api_key"])
        value = _give(bs2, application, fields)
    except OAuthError as error:
        shown = {"error": error.error, "error_description": error.description}
        response = answer(shown, error.status)
        response.headers.update(error.headers)
        return response
    record_of(request).effect = True
    return answer(value)


def _fields(request: Request, body: bytes) -> dict[str, str]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    pairs = parse_qsl(body.decode("utf-8", "replace"))
    if media_type != "application/x-www-form-urlencoded" or len(dict(pairs)) != len(pairs):
        raise _missing()
    return dict(pairs)


def _application(bs2: Bs2, authorization: str, fields: dict[str, str]) -> Row:
    """Who asks, by the Basic header or by client_id and client_secret in the body."""
    api_key, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    if authorization:
        api_key, secret = _basic(authorization)
    if not api_key or not secret:
        raise _missing()
    row = bs2.store.row("SELECT * FROM bs2_application WHERE api_key = ?", api_key)
    if row is None or not secrets.compare_digest(row["api_secret"].encode(), secret.encode()):
        description = "The given client credentials were not valid"
        raise OAuthError("invalid_client", description, 401, _BAD_CLIENT_HEADERS)
    return row


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    api_key, _, secret = text.partition(":")
    return (api_key, secret) if kind.lower() == "basic" else ("", "")


def _count(bs2: Bs2, api_key: str) -> None:
    """At most so many token requests in any minute; those refused for it do not count."""
    most, now = bs2.settings.token_requests_per_minute, to_micros(bs2.clock.now())
    seen = bs2.token_requests.setdefault(api_key, deque())
    while seen and not 0 <= now - seen[0] < _MINUTE:
        seen.popleft()
    if most and len(seen) >= most:
        description = "The limit of token requests per minute was exceeded"
        raise OAuthError("invalid_request", description, bs2.settings.token_limit_status)
    seen.append(now)


def _give(bs2: Bs2, application: Row, fields: dict[str, str]) -> dict[str, Any]:
    match fields.get("grant_type"):
        case "refresh_token":
            return _refresh(bs2, application, fields)
        case "authorization_code":
            return _exchange_code(bs2, application, fields)
        case "client_credentials":
            return _client_credentials(bs2, application, fields)
        case "password":
            return _password(bs2, application, fields)
        case None:
            raise _missing()
        case _:
            raise OAuthError("unsupported_grant_type", "The given grant type is not supported")


def _refresh(bs2: Bs2, application: Row, fields: dict[str, str]) -> dict[str, Any]:
    if "refresh_token" not in fields:
        raise _missing()
    row = bs2.store.row(
        "SELECT * FROM bs2_token WHERE value = ? AND api_key = ? AND kind IN ('refresh', 'used')",
        *(fields["refresh_token"], application["api_key"]),
    )
    now = to_micros(bs2.clock.now())
    if row is None or row["kind"] == "used" or row["expires_at"] <= now:
        if row and row["kind"] == "used" and bs2.settings.refresh_reuse_ends_grant:
            end_grants(bs2, [row["grant_id"]])
        status = bs2.settings.refresh_error_status
        raise OAuthError("invalid_grant", "The given refresh token was not valid", status)
    scopes = _scopes(row["scopes"], fields)
    with bs2.store.write():
        bs2.store.run(
            "UPDATE bs2_grant SET used_at = ?, refreshes = refreshes + 1 WHERE id = ?",
            *(now, row["grant_id"]),
        )
        life = refresh_life(bs2, application)
        return new_tokens(bs2, row["grant_id"], scopes, refresh_seconds=life)


def _exchange_code(bs2: Bs2, application: Row, fields: dict[str, str]) -> dict[str, Any]:
    if "code" not in fields or "redirect_uri" not in fields:
        raise _missing()
    row = bs2.store.row("SELECT * FROM bs2_code WHERE code = ?", fields["code"])
    now = to_micros(bs2.clock.now())
    if (
        row is None
        or row["api_key"] != application["api_key"]
        or row["used"]
        or row["expires_at"] <= now
        or row["redirect_uri"] != fields["redirect_uri"]
    ):
        raise OAuthError("invalid_grant", "The given authorization code was not valid")
    api_key, scopes, person_id = application["api_key"], row["scopes"], row["person_id"]
    with bs2.store.write():
        bs2.store.run("UPDATE bs2_code SET used = 1 WHERE code = ?", row["code"])
        grant_id = new_grant(bs2, api_key, row["account_id"], scopes, person_id=person_id)
        life = bs2.settings.refresh_token_seconds
        return new_tokens(bs2, grant_id, scopes, refresh_seconds=life)


def _client_credentials(bs2: Bs2, application: Row, fields: dict[str, str]) -> dict[str, Any]:
    """A token of the application itself, without a refresh token: for Pix."""
    asked = _scopes(application["scopes"], fields)
    row = bs2.store.row(
        "SELECT id FROM bs2_grant WHERE api_key = ? AND flow = ? AND ended_at IS NULL",
        *(application["api_key"], CLIENT),
    )
    with bs2.store.write():
        if row is not None:
            return new_tokens(bs2, row["id"], asked, refresh_seconds=None)
        account_id, scopes = application["account_id"], application["scopes"]
        grant_id = new_grant(bs2, application["api_key"], account_id, scopes, flow=CLIENT)
        return new_tokens(bs2, grant_id, asked, refresh_seconds=None)


def _password(bs2: Bs2, application: Row, fields: dict[str, str]) -> dict[str, Any]:
    """The first token of a legacy application."""
    if application["kind"] != LEGACY:
        raise OAuthError("unauthorized_client", "The client is not authorized for this grant type")
    if "username" not in fields or "password" not in fields:
        raise _missing()
    given = (fields["username"], fields["password"])
    if given != (application["username"], application["password"]):
        description = "The resource owner could not be authenticated."
        raise OAuthError("invalid_request", description, 401)
    scopes = _scopes(application["scopes"], fields)
    life = refresh_life(bs2, application)
    with bs2.store.write():
        end_grants(bs2, application_grants(bs2, application["api_key"]))
        grant_id = new_grant(bs2, application["api_key"], application["account_id"], scopes)
        return new_tokens(bs2, grant_id, scopes, refresh_seconds=life)


def _scopes(held: str, fields: dict[str, str]) -> str:
    """Those asked that are held, as asked; all that are held when none is asked."""
    asked = fields.get("scope", held).split()
    given = [scope for scope in dict.fromkeys(asked) if scope in held.split()]
    if not given:
        raise OAuthError("invalid_scope", "No registered scope value for this client was requested")
    return " ".join(given)


def _missing() -> OAuthError:
    return OAuthError("invalid_client", "Missing or duplicate parameters")

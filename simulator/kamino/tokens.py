"""POST /oauth/token and /oauth/revoke: client credentials (RFC 6749, 4.4) and revoking (7009)."""

import base64
import binascii
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.clock import to_micros
from simulator.core.journal import record_of
from simulator.core.store import Row
from simulator.kamino.answers import answer
from simulator.kamino.bank import Kamino, kamino_of

PARTNER_SCOPES = "accounts.open"
ACCOUNT_SCOPES = "account.read payments charges webhooks"


class OAuthError(Exception):
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


async def token(request: Request) -> Response:
    bank = kamino_of(request)
    fields = await _fields(request)
    try:
        client = _client(bank, request)
        if not fields.get("grant_type"):
            raise OAuthError("invalid_request", "The field grant_type is missing.")
        if fields["grant_type"] != "client_credentials":
            raise OAuthError("unsupported_grant_type", "Only client_credentials.")
        given = ACCOUNT_SCOPES if client["account_id"] is not None else PARTNER_SCOPES
        wanted = fields.get("scope", given).split()
        if not wanted or not set(wanted) <= set(given.split()):
            raise OAuthError("invalid_scope", "The client does not have this scope.")
    except OAuthError as error:
        return _error(error)
    value = new_token(bank, client["client_id"], " ".join(wanted))
    record_of(request).effect = True
    response = answer(
        {
            "access_token": value,
            "token_type": "Bearer",
            "expires_in": bank.settings.access_token_seconds,
            "scope": " ".join(wanted),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def revoke(request: Request) -> Response:
    bank = kamino_of(request)
    fields = await _fields(request)
    try:
        client = _client(bank, request)
        if not fields.get("token"):
            raise OAuthError("invalid_request", "The field token is missing.")
    except OAuthError as error:
        return _error(error)
    ended = bank.store.run(
        "DELETE FROM kamino_token WHERE value = ? AND client_id = ?",
        *(fields["token"], client["client_id"]),
    )
    record_of(request).effect = bool(ended)
    return Response(status_code=200)


def new_client(bank: Kamino, partner: str, account_id: int | None, name: str) -> tuple[str, str]:
    """A client id and its secret."""
    client_id, secret = f"client_{secrets.token_hex(12)}", f"ks_{secrets.token_urlsafe(32)}"
    keep_client(bank, client_id, secret, partner, account_id, name)
    return client_id, secret


def keep_client(
    bank: Kamino, client_id: str, secret: str, partner: str, account_id: int | None, name: str
) -> None:
    now = to_micros(bank.clock.now())
    bank.store.run(
        "INSERT OR REPLACE INTO kamino_client VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        *(client_id, secret, partner, account_id, name, now, now),
    )


def end_client(bank: Kamino, client_id: str) -> None:
    """Its secret and its tokens are not valid from now on."""
    with bank.store.write():
        bank.store.run(
            "UPDATE kamino_client SET ended_at = ? WHERE client_id = ? AND ended_at IS NULL",
            *(to_micros(bank.clock.now()), client_id),
        )
        bank.store.run("DELETE FROM kamino_token WHERE client_id = ?", client_id)


def new_token(bank: Kamino, client_id: str, scopes: str) -> str:
    value = f"kat_{secrets.token_urlsafe(32)}"
    expires_at = to_micros(bank.clock.now()) + bank.settings.access_token_seconds * 1_000_000
    bank.store.run(
        "INSERT INTO kamino_token VALUES (?, ?, ?, ?)", value, client_id, scopes, expires_at
    )
    return value


async def _fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _client(bank: Kamino, request: Request) -> Row:
    """The client of the Basic header."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    client_id, _, secret = text.partition(":")
    row = bank.store.row(
        "SELECT * FROM kamino_client WHERE client_id = ? AND ended_at IS NULL", client_id
    )
    if (
        kind.lower() != "basic"
        or row is None
        or not secrets.compare_digest(row["secret"].encode(), secret.encode())
    ):
        raise OAuthError("invalid_client", "The client is not known or its secret is wrong.", 401)
    return row


def _error(error: OAuthError) -> Response:
    body = {"error": error.error, "error_description": error.description}
    response = answer(body, error.status)
    response.headers["Cache-Control"] = "no-store"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Basic"
    return response

"""What was allowed, to whom, and the tokens in force for it."""

import uuid
from typing import Any

from simulator.bs2.bank import Bs2
from simulator.core.clock import to_micros
from simulator.core.store import Row

_LEGACY_REFRESH_SECONDS = 600

# Kinds of application: of the account's holder, of the old product, and of a partner.
PORTAL, LEGACY, CONSENT = "portal", "legacy", "consent"
# Whose tokens: the account's (password, refresh, code) or the application's (client_credentials).
ACCOUNT, CLIENT = "account", "client"
_SECOND = 1_000_000


def new_grant(
    bs2: Bs2,
    api_key: str,
    account_id: int | None,
    scopes: str,
    *,
    person_id: int | None = None,
    flow: str = ACCOUNT,
) -> int:
    now = to_micros(bs2.clock.now())
    return bs2.store.insert(
        "INSERT INTO bs2_grant (api_key, account_id, person_id, scopes, flow, created_at, used_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(api_key, account_id, person_id, scopes, flow, now, now),
    )


def end_grants(bs2: Bs2, grant_ids: list[int]) -> None:
    """End consents and applications' tokens: they are not valid from now on."""
    now = to_micros(bs2.clock.now())
    with bs2.store.write():
        for grant_id in grant_ids:
            bs2.store.run(
                "UPDATE bs2_grant SET ended_at = ? WHERE id = ? AND ended_at IS NULL", now, grant_id
            )
            bs2.store.run("DELETE FROM bs2_token WHERE grant_id = ?", grant_id)


def application_grants(bs2: Bs2, api_key: str) -> list[int]:
    """The grants in force of the application's own account."""
    rows = bs2.store.rows(
        "SELECT id FROM bs2_grant WHERE api_key = ? AND flow = ? AND ended_at IS NULL",
        *(api_key, ACCOUNT),
    )
    return [row["id"] for row in rows]


def new_tokens(
    bs2: Bs2, grant_id: int, scopes: str, *, refresh_seconds: int | None
) -> dict[str, Any]:
    """A new access token of a grant, and unless `refresh_seconds` is None a new refresh token.

    Those before them are not valid from now on.
    """
    grant = bs2.store.row("SELECT * FROM bs2_grant WHERE id = ?", grant_id)
    assert grant is not None
    of_others = "api_key = ?" if bs2.settings.one_token_per_application else "0 = ?"
    bs2.store.run(
        f"DELETE FROM bs2_token WHERE kind = 'access' AND (grant_id = ? OR {of_others})",  # noqa: S608
        *(grant_id, grant["api_key"]),
    )
    access_seconds = bs2.settings.access_token_seconds
    value = {
        "access_token": _keep(bs2, "access", grant, scopes, access_seconds),
        "token_type": "Bearer",
        "expires_in": access_seconds,
    }
    if refresh_seconds is not None:
        value["refresh_token"] = new_refresh_token(bs2, grant, refresh_seconds)
    return {**value, "scope": scopes}


def new_refresh_token(bs2: Bs2, grant: Row, seconds: int) -> str:
    """The one refresh token of the grant; the earlier one counts as used."""
    bs2.store.run(
        "UPDATE bs2_token SET kind = 'used' WHERE kind = 'refresh' AND grant_id = ?", grant["id"]
    )
    return _keep(bs2, "refresh", grant, grant["scopes"], seconds)


def refresh_life(bs2: Bs2, application: Row) -> int:
    if application["kind"] == LEGACY:
        return _LEGACY_REFRESH_SECONDS
    return bs2.settings.refresh_token_seconds


def _keep(bs2: Bs2, kind: str, grant: Row, scopes: str, seconds: int) -> str:
    value = str(uuid.uuid4())
    bs2.store.run(
        "INSERT INTO bs2_token VALUES (?, ?, ?, ?, ?, ?)",
        *(value, kind, grant["api_key"], grant["id"], scopes),
        to_micros(bs2.clock.now()) + seconds * _SECOND,
    )
    return value

"""Applications: what the portal makes for an account's holder, and what a partner registered."""

import json
import secrets
from collections.abc import Sequence

from simulator.bs2.auth import LEGACY_SCOPE, SCOPES
from simulator.bs2.bank import Bs2
from simulator.bs2.grants import (
    CONSENT,
    LEGACY,
    PORTAL,
    application_grants,
    end_grants,
    new_grant,
    new_refresh_token,
    refresh_life,
)
from simulator.core.people import Account
from simulator.core.store import Row


class BadApplication(ValueError):
    """It cannot be made. The message is Portuguese."""


def create_portal_application(
    bs2: Bs2, account: Account, name: str, scopes: Sequence[str], description: str = ""
) -> Row:
    if not name.strip():
        raise BadApplication("Dê um nome à aplicação.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadApplication("Escolha pelo menos uma das funções.")
    return _create(bs2, PORTAL, name.strip(), account.id, " ".join(scopes), description)


def create_legacy_application(bs2: Bs2, account: Account, name: str) -> Row:
    """One of the old product: its first token comes with a user and a password."""
    row = _create(bs2, LEGACY, name.strip() or "Integração", account.id, LEGACY_SCOPE, "")
    user, password = f"user.{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    bs2.store.run(
        "UPDATE bs2_application SET username = ?, password = ? WHERE api_key = ?",
        *(user, password, row["api_key"]),
    )
    return application(bs2, row["api_key"])


def register_partner(
    bs2: Bs2,
    name: str,
    redirect_uris: Sequence[str],
    *,
    api_key: str = "",
    api_secret: str = "",
    scopes: Sequence[str] = tuple(SCOPES),
) -> Row:
    """A consent application: other companies' holders allow it."""
    row = _create(bs2, CONSENT, name, None, " ".join(scopes), "", api_key, api_secret)
    bs2.store.run(
        "UPDATE bs2_application SET redirect_uris = ? WHERE api_key = ?",
        *(json.dumps(list(redirect_uris)), row["api_key"]),
    )
    return application(bs2, row["api_key"])


def new_portal_token(bs2: Bs2, row: Row) -> str:
    """«Gerar novo token»: a refresh token. What was given out before it is not valid any more."""
    with bs2.store.write():
        end_grants(bs2, application_grants(bs2, row["api_key"]))
        grant_id = new_grant(bs2, row["api_key"], row["account_id"], row["scopes"])
        grant = bs2.store.row("SELECT * FROM bs2_grant WHERE id = ?", grant_id)
        assert grant is not None
        return new_refresh_token(bs2, grant, refresh_life(bs2, row))


def application(bs2: Bs2, api_key: str) -> Row:
    row = bs2.store.row("SELECT * FROM bs2_application WHERE api_key = ?", api_key)
    if row is None:
        raise LookupError(api_key)
    return row


def applications_of(bs2: Bs2, account: Account) -> list[Row]:
    return bs2.store.rows(
        "SELECT * FROM bs2_application WHERE account_id = ? ORDER BY name", account.id
    )


def remove_application(bs2: Bs2, row: Row) -> None:
    with bs2.store.write():
        grants = bs2.store.rows("SELECT id FROM bs2_grant WHERE api_key = ?", row["api_key"])
        end_grants(bs2, [grant["id"] for grant in grants])
        bs2.store.run("DELETE FROM bs2_application WHERE api_key = ?", row["api_key"])


def _create(
    bs2: Bs2,
    kind: str,
    name: str,
    account_id: int | None,
    scopes: str,
    description: str,
    api_key: str = "",
    api_secret: str = "",
) -> Row:
    api_key = api_key or f"l7{secrets.token_hex(16)}"
    bs2.store.run(
        "INSERT OR REPLACE INTO bs2_application (api_key, api_secret, kind, name, description,"
        " account_id, scopes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(api_key, api_secret or secrets.token_hex(16), kind, name, description),
        *(account_id, scopes),
    )
    return application(bs2, api_key)

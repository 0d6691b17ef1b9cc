"""Bank credentials at rest: encrypted with rotating keys, bound to their connection.

The connection's id is inside the sealed text, so one row's credentials do not work in another.
"""

import json
from datetime import datetime
from uuid import UUID

from banking.banks.contract.auth import Grant
from banking.gateway.sealing import Unreadable, decrypt, encrypt


class CredentialsUnreadable(Unreadable):
    """None of the keys opens them, or they belong to another connection."""


def seal(grant: Grant, connection_id: UUID) -> bytes:
    content = {
        "connection": str(connection_id),
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires_at": grant.expires_at.isoformat(),
        "scope": grant.scope,
        "mode": grant.mode,
        "secrets": dict(grant.secrets),
        "refresh_by": _written(grant.refresh_by),
        "keep_alive_at": _written(grant.keep_alive_at),
    }
    return encrypt(json.dumps(content).encode())


def unseal(sealed: bytes, connection_id: UUID) -> Grant:
    """The grant inside.

    Raises:
        CredentialsUnreadable: see the class.
    """
    try:
        content = json.loads(decrypt(sealed))
    except Unreadable as error:
        raise CredentialsUnreadable("no key opens these credentials") from error
    if content["connection"] != str(connection_id):
        raise CredentialsUnreadable("credentials of another connection")
    return Grant(
        access_token=content["access_token"],
        refresh_token=content["refresh_token"],
        expires_at=datetime.fromisoformat(content["expires_at"]),
        scope=content["scope"],
        # Not there in what was sealed before banks had more than one mode.
        mode=content.get("mode", ""),
        secrets=content.get("secrets", {}),
        refresh_by=_read(content.get("refresh_by")),
        keep_alive_at=_read(content.get("keep_alive_at")),
    )


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

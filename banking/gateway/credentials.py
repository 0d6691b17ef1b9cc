"""Bank credentials at rest: encrypted with rotating keys, bound to their connection.

Fernet (AES-128-CBC with HMAC-SHA256, cryptography's documentation) under the first of
`CREDENTIAL_KEYS`; the other keys still read. The connection's id is inside the sealed text, so
one row's credentials do not work in another.
"""

import json
from datetime import datetime
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from banking.banks.contract.auth import Grant
from core.errors import KaminoError


class CredentialsUnreadable(KaminoError):
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
    return _keys().encrypt(json.dumps(content).encode())


def unseal(sealed: bytes, connection_id: UUID) -> Grant:
    """The grant inside.

    Raises:
        CredentialsUnreadable: see the class.
    """
    try:
        content = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken as error:
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


def reseal(sealed: bytes) -> bytes:
    """The same content under the newest key.

    Raises:
        CredentialsUnreadable: none of the keys opens it.
    """
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken as error:
        raise CredentialsUnreadable("no key opens these credentials") from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])

"""Encryption at rest: the credentials that banks gave us, the keys that sign their notices, and the
notices as they came.

Fernet (AES-128-CBC with HMAC-SHA256, cryptography's documentation) under the first of
`CREDENTIAL_KEYS`; the other keys still read.
"""

from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from core.errors import KaminoError


class Unreadable(KaminoError):
    """None of the keys opens it."""


def encrypt(content: bytes) -> bytes:
    return _keys().encrypt(content)


def decrypt(sealed: bytes) -> bytes:
    """
    Raises:
        Unreadable: none of the keys opens it.
    """
    try:
        return _keys().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise Unreadable("no key opens this") from error


def encrypt_for(row_id: UUID, content: bytes) -> bytes:
    """Bound to that row: it does not open as another one's."""
    return encrypt(row_id.bytes + content)


def decrypt_of(row_id: UUID, sealed: bytes) -> bytes:
    """
    Raises:
        Unreadable: none of the keys opens it, or it belongs to another row.
    """
    content = decrypt(sealed)
    if content[:16] != row_id.bytes:
        raise Unreadable("sealed for another row")
    return content[16:]


def reseal(sealed: bytes) -> bytes:
    """The same content under the newest key.

    Raises:
        Unreadable: none of the keys opens it.
    """
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken as error:
        raise Unreadable("no key opens this") from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])

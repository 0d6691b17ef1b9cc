"""Encryption at rest: the credentials that banks gave us, the keys that sign their notices, and the
notices as they came.

Under the first of `CREDENTIAL_KEYS`; the other keys still read (core/sealing.py).
"""

from uuid import UUID

from cryptography.fernet import InvalidToken

from core.errors import KaminoError
from core.sealing import credential_keys


class Unreadable(KaminoError):
    """None of the keys opens it."""


def encrypt(content: bytes) -> bytes:
    return credential_keys().encrypt(content)


def decrypt(sealed: bytes) -> bytes:
    """
    Raises:
        Unreadable: none of the keys opens it.
    """
    try:
        return credential_keys().decrypt(bytes(sealed))
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
        return credential_keys().rotate(bytes(sealed))
    except InvalidToken as error:
        raise Unreadable("no key opens this") from error

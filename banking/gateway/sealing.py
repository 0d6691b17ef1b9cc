"""Encryption at rest of what banks trusted us with: credentials, and notices as they came.

Fernet (AES-128-CBC with HMAC-SHA256, cryptography's documentation) under the first of
`CREDENTIAL_KEYS`; the other keys still read.
"""

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

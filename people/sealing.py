"""Encryption of what a person's account keeps: under the first of `CREDENTIAL_KEYS`, the others
still read (Fernet, cryptography's documentation)."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def seal(text: str) -> str:
    return keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """None when no key opens it."""
    try:
        return keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None

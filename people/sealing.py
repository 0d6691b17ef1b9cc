"""Encryption of what a person's account keeps: under the first of `CREDENTIAL_KEYS`, the others
still read (core/sealing.py)."""

from cryptography.fernet import InvalidToken

from core.sealing import credential_keys


def seal(text: str) -> str:
    return credential_keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str | None:
    """None when no key opens it."""
    try:
        return credential_keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None

"""The keys under which secrets are kept (Fernet: AES-128-CBC with HMAC-SHA256, cryptography's
documentation), and the keys that follow from them for other uses."""

import hmac
from base64 import urlsafe_b64decode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def credential_keys() -> MultiFernet:
    """The first of `CREDENTIAL_KEYS` seals; the others still open."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def derived_keys(purpose: str) -> dict[str, bytes]:
    """A key of 32 bytes for one purpose from each of `CREDENTIAL_KEYS`, the newest first, by a name
    that tells which one it was and nothing of it."""
    keys = [mac(urlsafe_b64decode(key), purpose.encode()) for key in settings.CREDENTIAL_KEYS]
    return {mac(key, b"name").hex()[:16]: key for key in keys}


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, message, "sha256")

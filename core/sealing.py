"""The keys under which secrets are kept (Fernet: AES-128-CBC with HMAC-SHA256, cryptography's
documentation)."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def credential_keys() -> MultiFernet:
    """The first of `CREDENTIAL_KEYS` seals; the others still open."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])

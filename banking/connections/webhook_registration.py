"""The address that a bank calls: one for each connection, with a secret in it that opens it, and a
key that the bank signs its calls with. Both are drawn at random: neither follows from a setting.
"""

import hashlib
import secrets

from django.conf import settings
from django.urls import reverse

from banking.banks import registry
from banking.banks.contract.errors import BankError
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.gateway.sealing import decrypt_of, encrypt_for
from banking.models import Connection
from core.clock import database_now
from tenants.scope import tenant_scope


def register_webhooks(connection: Connection) -> bool:
    """Give the bank our address, with a new secret in it and a new key. False when it has to be
    tried again.

    Without it nothing is lost: orders are polled and the statement is read.
    """
    if Capability.REGISTER_WEBHOOKS not in registry.info(connection.provider).capabilities:
        return True
    secret, key = secrets.token_urlsafe(32), secrets.token_bytes(32)
    mine = Connection.objects.of(connection.tenant_id).filter(id=connection.id)
    with tenant_scope(connection.tenant_id):
        mine.update(webhook_digest=digest(secret), webhook_key=encrypt_for(connection.id, key))
    address = reverse("banking:webhook", args=[connection.provider, connection.id, secret])
    try:
        with connect(connection, needing=Capability.REGISTER_WEBHOOKS) as bank:
            bank.register_webhooks(settings.PUBLIC_URL + address, secret=key)
    except BankError:
        return False
    with tenant_scope(connection.tenant_id):
        mine.update(webhook_registered_at=database_now())
    return True


def signing_key(connection: Connection) -> bytes:
    """What signs the calls to the connection's address; one that nobody has while none is stored.

    Raises:
        Unreadable: it is encrypted with a key that is gone.
    """
    sealed = bytes(connection.webhook_key)
    return decrypt_of(connection.id, sealed) if sealed else secrets.token_bytes(32)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

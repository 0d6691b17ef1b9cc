"""The webhook inbox: a bank's notice is stored as it came, once, and handled later."""

import hmac
from collections.abc import Mapping
from uuid import UUID

from banking.banks import registry
from banking.connections.webhook_registration import digest, signing_secret
from banking.models import BankEvent, Connection
from banking.statements.sync import request_sync
from tenants.scope import across_tenants, tenant_scope


def find_door(provider: str, connection_id: UUID, secret: str) -> Connection | None:
    """The connection whose address this is; None when the secret is not the one in it."""
    with across_tenants():
        connection: Connection | None = Connection.objects.filter(
            id=connection_id, provider=provider
        ).first()
    if connection is None:
        return None
    known = hmac.compare_digest(bytes(connection.webhook_digest), digest(secret))
    return connection if known else None


def store_event(
    connection: Connection, headers: Mapping[str, str], body: bytes, *, secret: str
) -> bool:
    """Keep a notice. False when it is here already.

    One that is not about an order is about money that came or went, or will: the statement is
    read at the next tick. `secret` is the one in the address.

    Raises:
        InvalidEvent: it is not a notice of this bank, or not signed by it; nothing is stored.
    """
    bank = registry.find(connection.provider)
    notice = bank.parse_event(headers, body, secret=signing_secret(secret))
    with tenant_scope(connection.tenant_id):
        stored = BankEvent.objects.bulk_create(
            [
                BankEvent(
                    tenant_id=connection.tenant_id,
                    connection=connection,
                    event_id=notice.event_id,
                    kind=notice.kind,
                    reference=notice.reference,
                    claims=notice.state or "",
                )
            ],
            ignore_conflicts=True,
        )
        is_new = BankEvent.objects.of(connection.tenant_id).filter(id=stored[0].id).exists()
    if is_new and notice.state is None:
        request_sync(connection)
    return is_new

"""Change of the keys that bank credentials are encrypted with, and of those that sign notices."""

from uuid import UUID

from banking.gateway.sealing import reseal
from banking.models import Connection
from tenants.scope import across_tenants, tenant_scope


def reseal_credentials() -> int:
    """Encrypt every connection's secrets under the newest key. How many there were.

    One short transaction each, so it may be stopped and run again.

    Raises:
        Unreadable: none of the keys opens one of them; those before it are done.
    """
    with across_tenants():
        ids = list(Connection.objects.values_list("tenant_id", "id"))
    return sum(reseal_connection(tenant_id, connection_id) for tenant_id, connection_id in ids)


def reseal_connection(tenant_id: UUID, connection_id: UUID) -> bool:
    """False when it has no credentials any more."""
    with tenant_scope(tenant_id):
        rows = Connection.objects.of(tenant_id).filter(id=connection_id)
        # Locked: a token renewed concurrently must not be overwritten by the one before it.
        connection = rows.select_for_update().get()
        if not connection.credentials:
            return False
        key = connection.webhook_key and reseal(connection.webhook_key)
        rows.update(credentials=reseal(connection.credentials), webhook_key=key)
        return True


def renew_webhooks() -> int:
    """Have every address that banks call registered anew, with a new key. How many there are.

    Each follows at the next sync of an account of its connection; until then the former ones hold.
    """
    with across_tenants():
        rows = Connection.objects.filter(status=Connection.Status.ACTIVE)
        ids = list(rows.values_list("tenant_id", "id"))
    for tenant_id, connection_id in ids:
        with tenant_scope(tenant_id):
            rows = Connection.objects.of(tenant_id).filter(id=connection_id)
            rows.update(webhook_registered_at=None)
    return len(ids)

"""Grants that die unless they are used (BS2's refresh tokens, after 48 hours) are kept alive."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import F

from banking.banks.contract.errors import BankError
from banking.gateway import circuit_breaker
from banking.gateway.connect import tokens_of
from banking.models import Connection
from core.clock import database_now
from tenants.scope import across_tenants, tenant_scope

# To a tick: a pause leaves many due at once, and they must not reach banks and workers in a wave.
BATCH = 40
AGAIN = timedelta(minutes=2)

log = structlog.get_logger(__name__)

ALIVE = (Connection.Status.OPENING, Connection.Status.ACTIVE)


def due_connections(now: datetime, *, at_most: int = BATCH) -> list[tuple[UUID, UUID]]:
    """(company, connection) of those to be renewed now, the one that would die first before."""
    with across_tenants():
        due = (
            Connection.objects.filter(status__in=ALIVE, keep_alive_at__lte=now)
            .exclude(provider__in=circuit_breaker.paused(now))
            .order_by(F("refresh_by").asc(nulls_last=True), "keep_alive_at")
        )
        return list(due.values_list("tenant_id", "id")[:at_most])


def keep_alive(tenant_id: UUID, connection_id: UUID) -> bool:
    """Renew the grant of a connection if its time has come. False when it was not renewed.

    Safe to call again, and from two workers. A bank that does not answer is asked again
    soon; a grant that is dead marks the connection. To be called outside of scopes.
    """
    with tenant_scope(tenant_id):
        connection = Connection.objects.of(tenant_id).filter(id=connection_id).first()
    if connection is None or connection.status not in ALIVE:
        return False
    try:
        circuit_breaker.refuse_while_open(connection.provider)
        return tokens_of(connection).keep_alive(database_now())
    except BankError as error:
        log.warning("not_kept_alive", bank=connection.provider, error=type(error).__name__)
        postpone(connection)
        return False


def postpone(connection: Connection) -> None:
    """To the end of the queue: those that fail must not keep the others from their turn."""
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(
            id=connection.id, keep_alive_at=connection.keep_alive_at
        ).update(keep_alive_at=database_now() + AGAIN)

"""Shells over the services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from banking.services import ending, keeping, opening, syncing, undoing


@shared_task
def sync_due_accounts() -> None:
    """Every tick: what is due is found in the database."""
    for tenant_id, connection_id in opening.unfinished_openings():
        open_connection.delay(str(tenant_id), str(connection_id))
    for tenant_id, connection_id in undoing.unclosed_connections():
        close_connection.delay(str(tenant_id), str(connection_id))
    for tenant_id, account_id in syncing.due_accounts(timezone.now()):
        sync_account.delay(str(tenant_id), str(account_id))


@shared_task
def open_connection(tenant_id: str, connection_id: str) -> None:
    account = opening.open_connection(UUID(tenant_id), UUID(connection_id))
    if account is not None:
        sync_account.delay(tenant_id, str(account.id))


@shared_task
def close_connection(tenant_id: str, connection_id: str) -> None:
    undoing.close_connection(UUID(tenant_id), UUID(connection_id))


@shared_task
def sync_account(tenant_id: str, account_id: str) -> None:
    syncing.sync_account(UUID(tenant_id), UUID(account_id))
    current_app.send_task(settings.AFTER_SYNC_TASK)


@shared_task
def tell_of_ending_consents() -> None:
    """Every tick: what was told already is not told again."""
    ending.tell_of_endings(timezone.now())


@shared_task
def keep_connections_alive() -> None:
    """Every tick: the grants that die unless they are used."""
    for tenant_id, connection_id in keeping.due_connections(timezone.now()):
        keep_connection_alive.delay(str(tenant_id), str(connection_id))


@shared_task
def keep_connection_alive(tenant_id: str, connection_id: str) -> None:
    keeping.keep_alive(UUID(tenant_id), UUID(connection_id))

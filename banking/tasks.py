"""Shells over the services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from banking.services import connecting, syncing


@shared_task
def sync_due_accounts() -> None:
    """Every tick: what is due is found in the database."""
    for tenant_id, connection_id in connecting.unfinished_openings():
        open_connection.delay(str(tenant_id), str(connection_id))
    for tenant_id, account_id in syncing.due_accounts(timezone.now()):
        sync_account.delay(str(tenant_id), str(account_id))


@shared_task
def open_connection(tenant_id: str, connection_id: str) -> None:
    account = connecting.open_connection(UUID(tenant_id), UUID(connection_id))
    if account is not None:
        sync_account.delay(tenant_id, str(account.id))


@shared_task
def sync_account(tenant_id: str, account_id: str) -> None:
    syncing.sync_account(UUID(tenant_id), UUID(account_id))
    current_app.send_task(settings.AFTER_SYNC_TASK)

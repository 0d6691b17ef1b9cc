"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from banking.bank_accounts.news import announce_news
from banking.connections import (
    complete,
    disconnect,
    expiry_notices,
    loss_notices,
    token_renewal,
)
from banking.purge import purge_old_rows
from banking.statements import sync
from banking.statements.imports import stages
from core.clock import database_now
from core.ticks import Tick


@shared_task(base=Tick)
def sync_due_accounts() -> None:
    """Every tick: what is due is found in the database."""
    for tenant_id, connection_id in complete.unfinished_openings():
        open_connection.delay(str(tenant_id), str(connection_id))
    for tenant_id, connection_id in disconnect.unclosed_connections():
        close_connection.delay(str(tenant_id), str(connection_id))
    for tenant_id, account_id in sync.due_accounts(database_now()):
        sync_account.delay(str(tenant_id), str(account_id))
    for tenant_id, file_id in stages.unfinished(database_now()):
        go_on_with_statement.delay(str(tenant_id), str(file_id))


@shared_task
def go_on_with_statement(tenant_id: str, file_id: str) -> None:
    if stages.go_on(UUID(tenant_id), UUID(file_id)):
        go_on_with_statement.delay(tenant_id, file_id)


@shared_task
def open_connection(tenant_id: str, connection_id: str) -> None:
    account = complete.open_connection(UUID(tenant_id), UUID(connection_id))
    if account is not None:
        sync_account.delay(tenant_id, str(account.id))


@shared_task
def close_connection(tenant_id: str, connection_id: str) -> None:
    disconnect.close_connection(UUID(tenant_id), UUID(connection_id))


@shared_task
def sync_account(tenant_id: str, account_id: str) -> None:
    tenant, account = UUID(tenant_id), UUID(account_id)
    result = sync.sync_account(tenant, account)
    if result is not None and result.new_lines:
        announce_news(tenant, account)


@shared_task(base=Tick)
def tell_of_ending_consents() -> None:
    """Every tick: what was told already is not told again."""
    expiry_notices.notify_of_endings(database_now())


@shared_task(base=Tick)
def tell_of_lost_connections() -> None:
    """Every tick: what was told already is not told again."""
    loss_notices.notify_of_losses(database_now())


@shared_task(base=Tick)
def keep_connections_alive() -> None:
    """Every tick: the grants that die unless they are used."""
    for tenant_id, connection_id in token_renewal.due_connections(database_now()):
        keep_connection_alive.delay(str(tenant_id), str(connection_id))


@shared_task
def keep_connection_alive(tenant_id: str, connection_id: str) -> None:
    token_renewal.keep_alive(UUID(tenant_id), UUID(connection_id))


@shared_task(base=Tick)
def purge() -> None:
    """Every tick: some of what is over is deleted."""
    purge_old_rows(database_now())

"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from payments.bills import approval_notices, boleto_lookup, key_lookup
from payments.dispatch import run, run_notices, schedule, unread
from payments.orders import review_notices, send, tracking


@shared_task(base=Tick)
def dispatch_due_accounts() -> None:
    """Every tick: whose run of today is still to be made, or was waiting for the bank's word?"""
    now = database_now()
    for tenant_id, account_id in schedule.due_accounts(now):
        dispatch_account.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in unread.accounts_with_read_titles(now):
        dispatch_read.delay(str(tenant_id), str(account_id))


@shared_task
def dispatch_account(tenant_id: str, account_id: str) -> None:
    tenant, account = UUID(tenant_id), UUID(account_id)
    boleto_lookup.read_all_titles(tenant, account)
    run.dispatch_account(tenant, account, now=database_now())
    send.send_queued(tenant, account)


@shared_task
def dispatch_read(tenant_id: str, account_id: str) -> None:
    tenant, account = UUID(tenant_id), UUID(account_id)
    if run.dispatch_read(tenant, account, now=database_now()):
        send.send_queued(tenant, account)


@shared_task(base=Tick)
def sweep_orders() -> None:
    """Every tick: what is to be sent, followed or looked up?"""
    now = database_now()
    for tenant_id, account_id in send.accounts_with_queue(now):
        send_queued.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in tracking.unfinished(now):
        follow_account.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in boleto_lookup.accounts_with_unread_titles(now):
        read_titles.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in key_lookup.accounts_with_unread_keys(now):
        read_keys.delay(str(tenant_id), str(account_id))


@shared_task(base=Tick)
def tell_of_trouble() -> None:
    """Every tick: what was told already is not told again."""
    review_notices.notify_of_reviews()
    run_notices.notify_of_runs(database_now())


@shared_task(base=Tick)
def tell_approvers() -> None:
    """Every tick: what waits for whom, told once."""
    approval_notices.notify_of_waiting(database_now())


@shared_task
def send_queued(tenant_id: str, account_id: str) -> None:
    send.send_queued(UUID(tenant_id), UUID(account_id))


@shared_task
def follow_account(tenant_id: str, account_id: str) -> None:
    if tracking.follow_account(UUID(tenant_id), UUID(account_id)):
        follow_account.delay(tenant_id, account_id)


@shared_task
def read_titles(tenant_id: str, account_id: str) -> None:
    boleto_lookup.read_titles(UUID(tenant_id), UUID(account_id))


@shared_task
def read_keys(tenant_id: str, account_id: str) -> None:
    key_lookup.read_keys(UUID(tenant_id), UUID(account_id))

"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from charges.importing import stages
from charges.issuing import issue
from charges.tracking import rounds
from core.clock import database_now
from core.ticks import Tick


@shared_task(base=Tick)
def sweep_charges() -> None:
    """Every tick: what is to be issued, followed or looked up?"""
    now = database_now()
    for tenant_id, account_id in issue.accounts_with_queue(now):
        issue_queued.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in rounds.unfinished(now):
        follow_account.delay(str(tenant_id), str(account_id))
    for tenant_id, file_id in stages.unfinished(now):
        go_on_with_import.delay(str(tenant_id), str(file_id))


@shared_task
def go_on_with_import(tenant_id: str, file_id: str) -> None:
    if stages.go_on(UUID(tenant_id), UUID(file_id)):
        go_on_with_import.delay(tenant_id, file_id)


@shared_task
def issue_queued(tenant_id: str, account_id: str) -> None:
    issue.issue_queued(UUID(tenant_id), UUID(account_id))


@shared_task
def follow_account(tenant_id: str, account_id: str) -> None:
    if rounds.follow_account(UUID(tenant_id), UUID(account_id)):
        follow_account.delay(tenant_id, account_id)

"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from charges.issuing import issue
from charges.recurrences import generate
from charges.renegotiation import go_on as agreements
from charges.tracking import rounds
from core.clock import database_now
from core.ticks import Tick


@shared_task(base=Tick)
def sweep_charges() -> None:
    """Every tick: what is to be made, issued, followed or looked up?"""
    now = database_now()
    for tenant_id in generate.companies_with_due(now):
        generate_recurrences.delay(str(tenant_id))
    for tenant_id in agreements.companies_under_way():
        go_on_renegotiating.delay(str(tenant_id))
    for tenant_id, account_id in issue.accounts_with_queue(now):
        issue_queued.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in rounds.unfinished(now):
        follow_account.delay(str(tenant_id), str(account_id))


@shared_task
def issue_queued(tenant_id: str, account_id: str) -> None:
    issue.issue_queued(UUID(tenant_id), UUID(account_id))


@shared_task
def generate_recurrences(tenant_id: str) -> None:
    generate.generate_of(UUID(tenant_id))


@shared_task
def go_on_renegotiating(tenant_id: str) -> None:
    agreements.go_on_with_all(UUID(tenant_id))


@shared_task
def follow_account(tenant_id: str, account_id: str) -> None:
    if rounds.follow_account(UUID(tenant_id), UUID(account_id)):
        follow_account.delay(tenant_id, account_id)
    agreements.go_on_with_all(UUID(tenant_id))

"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from reconciliation.bulk import draft
from reconciliation.bulk import work as bulk
from reconciliation.engine import due, sample
from reconciliation.engine import run as engine
from reconciliation.rules import run as rules


@shared_task(base=Tick)
def look_at_lines() -> None:
    """Every tick: what is due is found in the database."""
    for tenant_id in due.companies():
        look_at_lines_of.delay(str(tenant_id))


@shared_task
def look_at_lines_of(tenant_id: str) -> None:
    engine.work(UUID(tenant_id))


@shared_task(base=Tick)
def sweep_rule_runs() -> None:
    """Every tick: is a run of the rules left over?"""
    for tenant_id, run_id in rules.unfinished(database_now()):
        go_on_with_rules.delay(str(tenant_id), str(run_id))


@shared_task
def go_on_with_rules(tenant_id: str, run_id: str) -> None:
    if rules.go_on(UUID(tenant_id), UUID(run_id)):
        go_on_with_rules.delay(tenant_id, run_id)


@shared_task(base=Tick)
def sweep_bulk_acts() -> None:
    """Every tick: acts on many lines that nobody works on."""
    now = database_now()
    for tenant_id, bulk_id in bulk.unfinished(now):
        work_on_bulk.delay(str(tenant_id), str(bulk_id))
    draft.purge_bulk(now)


@shared_task
def work_on_bulk(tenant_id: str, bulk_id: str) -> None:
    if bulk.work(UUID(tenant_id), UUID(bulk_id)):
        work_on_bulk.delay(tenant_id, bulk_id)


@shared_task(base=Tick)
def draw_samples() -> None:
    """Every tick: companies whose sample of this week is not drawn yet."""
    sample.draw_due(database_now())

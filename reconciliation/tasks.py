"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from reconciliation.bulk import draft, work


@shared_task(base=Tick)
def sweep_bulk_acts() -> None:
    """Every tick: acts on many lines that nobody works on."""
    now = database_now()
    for tenant_id, bulk_id in work.unfinished(now):
        work_on_bulk.delay(str(tenant_id), str(bulk_id))
    draft.purge_bulk(now)


@shared_task
def work_on_bulk(tenant_id: str, bulk_id: str) -> None:
    if work.work(UUID(tenant_id), UUID(bulk_id)):
        work_on_bulk.delay(tenant_id, bulk_id)

"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from core.ticks import Tick
from reconciliation.engine import due, run


@shared_task(base=Tick)
def look_at_lines() -> None:
    """Every tick: what is due is found in the database."""
    for tenant_id in due.companies():
        look_at_lines_of.delay(str(tenant_id))


@shared_task
def look_at_lines_of(tenant_id: str) -> None:
    run.work(UUID(tenant_id))

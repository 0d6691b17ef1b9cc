"""Tasks that only call services. Messages carry nothing, and losing one loses nothing."""

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from people.purge import purge_old_rows


@shared_task(base=Tick)
def purge() -> None:
    """Every tick: some of what is over is deleted."""
    purge_old_rows(database_now())

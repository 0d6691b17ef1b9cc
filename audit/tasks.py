"""Tasks that only call services. Messages carry nothing, and losing one loses nothing."""

from celery import shared_task

from audit.sign_ins import purge_old
from core.clock import database_now
from core.ticks import Tick


@shared_task(base=Tick)
def purge() -> None:
    """Every tick: some of the sign-ins that are over are deleted."""
    purge_old(database_now())

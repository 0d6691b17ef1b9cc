"""Tasks that only call services. Messages carry nothing, and losing one loses nothing."""

from celery import shared_task
from django.utils import timezone

from core.clock import database_now
from core.ticks import Tick
from tenants import notices
from tenants.purge import purge_old_rows


@shared_task(base=Tick)
def send_notices() -> None:
    """Every tick: what is to be e-mailed is found in the database."""
    notices.send_waiting(timezone.now())


@shared_task(base=Tick)
def purge() -> None:
    """Every tick: some of what is over is deleted."""
    purge_old_rows(database_now())

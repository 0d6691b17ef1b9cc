"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from people import emails, password_links, pending_changes
from people.purge import purge_old_rows


@shared_task(base=Tick)
def settle_changes() -> None:
    """Every tick: what nobody answered in time is found in the database."""
    for tenant_id, change_id in pending_changes.due(database_now()):
        take_effect.delay(str(tenant_id), str(change_id))


@shared_task
def take_effect(tenant_id: str, change_id: str) -> None:
    pending_changes.take_effect(UUID(tenant_id), UUID(change_id))


@shared_task(base=Tick)
def send_invitations() -> None:
    """Every tick, and when somebody is invited."""
    emails.send_waiting(database_now())


@shared_task(base=Tick)
def send_password_links() -> None:
    """Every tick, and when somebody asks for one."""
    password_links.send_waiting(database_now())


@shared_task(base=Tick)
def purge() -> None:
    """Every tick: some of what is over is deleted."""
    purge_old_rows(database_now())

"""Tasks that only call services. Messages carry names, and losing one loses nothing."""

from celery import shared_task

from core.clock import database_now
from core.ticks import Tick
from kamino import daily_call, heartbeat


@shared_task
def note_tick(queue: str) -> None:
    """Every tick, in each queue: a worker takes its messages."""
    heartbeat.note_queue(queue)


@shared_task(base=Tick)
def call_heartbeat_url() -> None:
    """Every tick, until the day's call has succeeded."""
    daily_call.call_once_a_day(database_now())

"""Who is at work: beat, a worker of each queue, and tasks that run longer than they may.

Beat sends one small task to each queue at every tick. The worker that takes it writes the queue's
row, and beat writes its own when it sends. Celery's time limits do nothing in a pool of threads:
each worker looks at its own tasks instead, in a thread that waits for none of them.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from celery import Task
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_ready
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection as database
from django.db.models.functions import Now

from core import deadline
from kamino.models import Heartbeat

TICK = "kamino.tasks.note_tick"
BEAT, QUEUE, WORKER = "beat", "queue:", "worker:"
# A task whose time is up ends its last call to a bank before it is called overdue.
LAST_CALL = 60.0
# Workers come and go under new names.
KEPT_FOR = timedelta(days=1)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Running:
    """A task of this process. Seconds of the monotonic clock."""

    name: str
    since: float
    ends_by: float
    is_told: bool = False


_running: dict[str, Running] = {}


def note_alive(name: str, *, overdue_tasks: int = 0) -> None:
    """Now, by the database's clock: the machines' own may be wrong."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=Now(), overdue_tasks=overdue_tasks)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "overdue_tasks"],
    )


def note_queue(queue: str) -> None:
    note_alive(f"{QUEUE}{queue}")
    Heartbeat.objects.filter(at__lt=Now() - KEPT_FOR).delete()


@before_task_publish.connect(sender=TICK)
def note_beat(**_: Any) -> None:
    """In beat's own process: nobody else sends this task."""
    in_background(lambda: note_alive(BEAT))


def in_background(note: Callable[[], None]) -> None:
    """A database that does not answer must not stop beat."""
    threading.Thread(target=_noted, args=[note], daemon=True).start()


def _noted(note: Callable[[], None]) -> None:
    try:
        note()
    except DatabaseError as error:
        log.warning("heartbeat_not_noted", error=type(error).__name__)
    finally:
        database.close()


@task_prerun.connect
def begin_task(task_id: str, task: "Task[Any, Any]", **_: Any) -> None:
    seconds = settings.TASK_SECONDS_OF.get(task.name, settings.TASK_SECONDS)
    deadline.begin(seconds)
    now = time.monotonic()
    _running[task_id] = Running(task.name, now, now + seconds)


@task_postrun.connect
def end_task(task_id: str, **_: Any) -> None:
    deadline.end()
    _running.pop(task_id, None)


def overdue() -> list[Running]:
    """The tasks of this process that should have ended."""
    now = time.monotonic()
    return [task for task in list(_running.values()) if now > task.ends_by + LAST_CALL]


@worker_ready.connect
def watch(sender: Any, **_: Any) -> None:
    name = f"{WORKER}{sender.hostname}"
    threading.Thread(target=_watch, args=[name], daemon=True).start()


def _watch(name: str) -> None:
    while True:
        in_background(lambda: look(name))
        time.sleep(settings.TICK_SECONDS)


def look(name: str) -> None:
    """Tell of the tasks of this process, under its name, and log once each that is overdue."""
    late = overdue()
    for task in late:
        if not task.is_told:
            task.is_told = True
            log.error("task_overdue", task=task.name, seconds=round(time.monotonic() - task.since))
    note_alive(name, overdue_tasks=len(late))

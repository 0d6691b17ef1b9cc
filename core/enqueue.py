"""Tell a worker that there is something to do."""

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def enqueue(task_name: str, *args: str) -> None:
    """Have a worker run a task as soon as what was written is committed.

    A nudge may be lost: the clock finds the same work in the rows. So a broker that is down is
    noted in the log and makes no caller wait.
    """
    transaction.on_commit(partial(_send, task_name, args))


def _send(task_name: str, args: tuple[str, ...]) -> None:
    try:
        current_app.send_task(task_name, args, retry=False)
    except OperationalError as error:
        log.warning("nudge_lost", task=task_name, error=str(error))

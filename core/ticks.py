"""Ticks: tasks that the clock sends, and that find in the rows what is due.

They have no `expires`, which is an instant: a worker whose clock is ahead would drop each of them.
Instead those that waited together run as one.
"""

from math import inf
from threading import Lock
from time import monotonic
from typing import Any, ClassVar

from celery import Task
from celery.exceptions import Ignore
from django.conf import settings


class Tick(Task[[], None]):
    """Base of a tick, in `shared_task(base=Tick)`.

    A worker that comes back after hours finds hundreds: it runs the first, and drops those that
    it comes to within half of the time between two.
    """

    abstract = True
    _begun: ClassVar[dict[str, float]] = {}  # by name, in this process
    _lock: ClassVar[Lock] = Lock()

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """
        Raises:
            Ignore: it ran a moment ago.
        """
        now = monotonic()  # no wall clock: that may be set back
        with self._lock:
            if now - self._begun.get(self.name, -inf) < settings.TICK_SECONDS / 2:
                raise Ignore
            self._begun[self.name] = now

"""The ticks of the clock: each task at once when beat starts, and then once an interval."""

import time
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler, SchedulingError
from celery.schedules import schedule

# Seconds after which one that could not be sent, with Redis away, is tried again.
TRY_AGAIN = 5.0

log = structlog.get_logger(__name__)


class TickScheduler(Scheduler):
    """Counts by the machine's monotonic clock and keeps nothing.

    Celery's own schedulers remember the time of day at which they last sent, in a file too: with
    the clock set back they wait until it has come round again, and a day may pass without a run.
    All ticks are idempotent, so one more after a start is right.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._next: dict[str, float] = {}  # by name, as time.monotonic counts; none: at once
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; the seconds until the next is."""
        for name, entry in self.schedule.items():
            if self._next.get(name, 0.0) <= time.monotonic():
                assert isinstance(entry.schedule, schedule)  # ours are intervals
                interval = entry.schedule.seconds
                pause = interval if self._send(entry) else min(interval, TRY_AGAIN)
                self._next[name] = time.monotonic() + pause
        return max(min(self._next.values()) - time.monotonic(), 0.0)

    def _send(self, entry: ScheduleEntry) -> bool:
        try:
            self.apply_async(entry, producer=self.producer, advance=False)
        except SchedulingError as error:
            log.warning("tick_not_sent", task=entry.task, error=str(error))
            return False
        log.info("tick", task=entry.task)
        return True

"""What time it is: PostgreSQL says it, so that one machine's wrong clock moves no money.

The clock of the process is for what only this process compares: how old its token is, how long a
call took, what a page shows (docs/decisions/0016-one-clock.md).
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Func

# Above it nothing is sent: by this machine, or to the bank that differs so much.
LARGEST_DIFFERENCE = timedelta(minutes=10)


def database_now() -> datetime:
    """The instant, by PostgreSQL's clock; it goes on inside a transaction too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kamino_now()")
        now: datetime = cursor.fetchone()[0]
    return now


class DatabaseNow(Func):
    """The same within a statement: what a column is given that nobody gives a value."""

    function = "kamino_now"
    output_field = DateTimeField()


def clock_difference() -> timedelta:
    """How far the clock of this machine is ahead of PostgreSQL's; negative when it is behind."""
    return datetime.now(UTC) - database_now()


def is_off(difference: timedelta) -> bool:
    """Whether two clocks that differ by that much cannot both be right."""
    return abs(difference) > LARGEST_DIFFERENCE


class Stopwatch:
    """How long ago it was made: the longer of what this machine's two clocks say. One may be set
    back, and the other stands still while the machine sleeps."""

    def __init__(self) -> None:
        self._monotonic, self._time = time.monotonic(), time.time()

    def elapsed(self) -> timedelta:
        by_clocks = time.monotonic() - self._monotonic, time.time() - self._time
        return timedelta(seconds=max(by_clocks))

"""By when the task at hand has to have ended.

Its long loops look here between two calls to a bank: what is left when the time is up is found in
the rows by a later tick. Outside of tasks there is no deadline. Threads that a task starts have
none either: what they began they end.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("task_ends_at", default=None)


def begin(seconds: float) -> None:
    _ends_at.set(time.monotonic() + seconds)


def end() -> None:
    _ends_at.set(None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done inside has so long; the deadline from before holds again afterwards."""
    before = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(before)


def seconds_left() -> float | None:
    """None where there is no deadline; negative when it is over."""
    ends_at = _ends_at.get()
    return None if ends_at is None else ends_at - time.monotonic()


def is_over() -> bool:
    left = seconds_left()
    return left is not None and left <= 0

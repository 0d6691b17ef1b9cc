"""Another time of day, for all that a test sees: this process, PostgreSQL, the `Date` of banks.

with travel("2026-11-23T07:00:00-03:00") as traveller:
    traveller.shift(60)

`time_machine.travel` moves this process alone: a machine whose clock is wrong.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import time_machine

# Those that are told by how much the time is moved.
_followers: list[Callable[[timedelta], None]] = []


def follow(tell: Callable[[timedelta], None]) -> None:
    _followers.append(tell)
    tell(moved_by())


def unfollow(tell: Callable[[timedelta], None]) -> None:
    if tell in _followers:
        _followers.remove(tell)


def moved_by() -> timedelta:
    """How far the time of the test is ahead of the machine's."""
    hatch = time_machine.escape_hatch
    moved = time.time() - hatch.time.time() if hatch.is_travelling() else 0.0
    return timedelta(seconds=moved)


def _tell_all() -> None:
    for tell in _followers:
        tell(moved_by())


class Traveller(time_machine.Traveller):
    def shift(self, delta: timedelta | float) -> None:
        super().shift(delta)
        _tell_all()

    def move_to(self, *args: Any, **kwargs: Any) -> None:
        super().move_to(*args, **kwargs)
        _tell_all()


class Travel(time_machine.travel):
    def __enter__(self) -> Traveller:
        return self.start()

    def start(self) -> Traveller:
        traveller = super().start()
        traveller.__class__ = Traveller
        assert isinstance(traveller, Traveller)
        _tell_all()
        return traveller

    def stop(self) -> None:
        super().stop()
        _tell_all()


travel = Travel


# Read anew by every statement: another definition of the function would not be seen by the
# transaction of a test.
PLAYED = """
CREATE TABLE IF NOT EXISTS played_clock AS SELECT interval '0' AS ahead;
CREATE OR REPLACE FUNCTION kamino_now() RETURNS timestamptz LANGUAGE sql VOLATILE
AS 'SELECT clock_timestamp() + ahead FROM played_clock'
"""


class DatabaseClock:
    """What a database calls now; over a connection of its own, as it is set twice a test."""

    def __init__(self, owner_url: str) -> None:
        self._owner = psycopg.connect(owner_url, autocommit=True)
        self._owner.execute(PLAYED)

    def set(self, difference: timedelta) -> None:
        """It is ahead of the machine's time by that much."""
        self._owner.execute("UPDATE played_clock SET ahead = %s", [difference])

    def close(self) -> None:
        self._owner.close()

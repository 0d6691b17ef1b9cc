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
from psycopg import sql

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


def set_database(owner_url: str, difference: timedelta) -> None:
    """What the database calls now is ahead of the machine's time by that much."""
    replace = sql.SQL(
        "CREATE OR REPLACE FUNCTION kamino_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
        " AS 'SELECT clock_timestamp() + make_interval(secs => {})'"
    )
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(replace.format(sql.SQL(str(difference.total_seconds()))))

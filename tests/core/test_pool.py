"""PostgreSQL is restarted while connections lie in the pool."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

# With its pauses, which double, the pool's own check does not get past so many before it gives up.
DEAD = 8


def answer(sql: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def at_once(many: int, ask: Callable[[], object]) -> list[object]:
    """Each on a connection of its own, which lies in the pool afterwards."""
    together = Barrier(many)

    def run(_: int) -> object:
        try:
            told = ask()
            together.wait()
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(run, range(many)))


def cut(sessions: list[object]) -> None:
    ended = "SELECT count(*) FROM unnest(%s) AS pid WHERE pg_terminate_backend(pid, 5000)"
    assert answer(ended, sessions) == len(sessions)


@pytest.mark.parametrize("many", [1, DEAD])
def test_the_first_who_ask_after_all_sessions_were_cut_are_answered(many: int) -> None:
    connection.ensure_connection()  # that of this thread is none of them
    cut(at_once(DEAD, lambda: answer("SELECT pg_backend_pid()")))

    assert at_once(many, lambda: answer("SELECT 1")) == [1] * many

"""The same thing done by several threads at once, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from core.errors import DomainError

Result = TypeVar("Result")


def at_once(act: Callable[[], Result], people: int = 2) -> list[Result | DomainError]:
    """What each got: a result, or the error that says why not."""
    start = Barrier(people)

    def one() -> Result | DomainError:
        start.wait()
        try:
            return act()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return [attempt.result() for attempt in [pool.submit(one) for _ in range(people)]]

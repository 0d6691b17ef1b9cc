"""Celery, counting its queries: `python -m benchmarks.counted <file> <Celery's arguments>`."""

import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from celery.__main__ import main
from django.db.backends.signals import connection_created

_queries = count(1)
_made = [0]


def counting(execute: Callable[..., Any], *arguments: Any) -> Any:
    _made[0] = next(_queries)
    return execute(*arguments)


def watch(connection: Any, **kwargs: object) -> None:
    if counting not in connection.execute_wrappers:
        connection.execute_wrappers.append(counting)


def tell(file: Path) -> None:
    while True:
        file.write_text(str(_made[0]))
        time.sleep(0.2)


if __name__ == "__main__":
    _, file, *arguments = sys.argv
    connection_created.connect(watch)
    Thread(target=tell, args=[Path(file)], daemon=True).start()
    sys.argv = ["celery", *arguments]
    main()

"""Real processes, most of Celery, over the test's database, with a Redis database of their own."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import redis
from celery import Celery, current_app

from tests.clock import moved_by
from tests.forks import fork

QUEUES = ("clock", "payments", "reading")
DEADLINE = 60.0  # seconds; far more than anything here takes
RIGHT = timedelta()

Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found], what: str, seconds: float = DEADLINE, pause: float = 0.05
) -> Found:
    """Look until there is something to be found.

    Raises:
        AssertionError: the time is over.
    """
    deadline = monotonic() + seconds
    while not (found := look()):
        assert monotonic() < deadline, f"This did not happen in {seconds:.0f} s: {what}."
        sleep(pause)
    return found


class Broker:
    """One of the sixteen databases of the test's Redis, for one test process."""

    def __init__(self, worker_id: str) -> None:
        number = 1 + int(worker_id.removeprefix("gw")) % 7 if worker_id != "master" else 1
        parts = urlsplit(os.environ["REDIS_URL"])
        self.url = urlunsplit(parts._replace(path=f"/{number}"))
        self._redis = redis.Redis.from_url(self.url)
        self._celery = Celery(set_as_current=False)
        self._celery.config_from_object("django.conf:settings", namespace="CELERY")
        self._celery.conf.broker_url = self.url

    @contextmanager
    def takes_our_messages(self) -> Iterator[None]:
        """What this process enqueues meanwhile goes to these workers."""
        former = current_app._get_current_object()
        self._celery.set_current()
        yield
        former.set_current()

    def waiting(self, *queues: str) -> int:
        """How many messages no worker has taken yet."""
        return sum(self._redis.llen(queue) for queue in queues or QUEUES)

    def send(self, task: str, *arguments: object) -> None:
        self._celery.send_task(task, [str(argument) for argument in arguments])

    def flush(self) -> None:
        """All that Redis knew is gone: messages, and what a worker holds of them."""
        self._redis.flushdb()

    def close(self) -> None:
        self._celery.close()
        self._redis.close()


class Process:
    """A process of a workers, which ends it."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], log: Path, wrong_by: timedelta
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = fork(
                "tests.payments.at_most_once.moved_clock",
                ["-", *arguments],
                os.environ | environment,
                output.fileno(),
            )
        self.set_clock(wrong_by)

    def set_clock(self, wrong_by: timedelta) -> None:
        """Of its machine. The test may be under a moved clock: the process lives at the same
        moment, but for what its own clock is wrong by."""
        self._process.stdin.write(f"{(moved_by() + wrong_by).total_seconds()}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """As a power cut does: no handler runs."""
        self._process.kill()
        self._process.wait(DEADLINE)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def count(self, text: str) -> int:
        """How often it has said so."""
        assert self.is_alive(), self.log.read_text()
        return self.log.read_text().count(text)

    def said(self, text: str) -> bool:
        return self.count(text) > 0

    def received(self) -> list[str]:
        """Names of the tasks that it took, in their order."""
        return re.findall(r"Task ([\w.]+)\[[\w-]+\] received", self.log.read_text())

    def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        return self._process.wait(DEADLINE)

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()


class WorkerPool:
    """Starts workers and beats, all with short waits, and takes them along at the end.

    `environment` is what those that are started from then on get.
    """

    def __init__(self, broker: Broker, folder: Path, **environment: str) -> None:
        self.broker = broker
        self._folder = folder
        self.environment = {
            "REDIS_URL": broker.url,
            "LOG_LEVEL": "INFO",
            "SEND_LEASE_SECONDS": "20",
            "ASK_AGAIN_SECONDS": "0.3",
            "POLL_ORDERS_SECONDS": "0.3",
            "TICK_SECONDS": "1.5",
            **environment,
        }
        self._processes: list[Process] = []

    def one_of_each(self, *, wrong_by: timedelta = RIGHT) -> tuple[Process, Process]:
        """The two workers of production, of payments and of readings, on one machine."""
        payments = self.worker("clock,payments", wrong_by=wrong_by)
        return payments, self.worker("clock,reading", wrong_by=wrong_by)

    def worker(self, queues: str = ",".join(QUEUES), *, wrong_by: timedelta = RIGHT) -> Process:
        """A worker that is ready for messages. Of all queues, unless told; its machine's clock is
        wrong by so much."""
        flags = "--pool threads --concurrency 4 --without-gossip --without-mingle --loglevel INFO"
        name = f"{len(self._processes)}@%h"
        arguments = ["worker", "-Q", queues, "-n", name, *flags.split()]
        worker = self._start_celery(arguments, wrong_by)
        wait_for(lambda: worker.said(" ready."), "the worker is ready")
        return worker

    def tick_until(self, look: Callable[[], bool], what: str) -> None:
        """Send the tick that beat sends, again and again, until it is so."""

        def tick_and_look() -> bool:
            self.broker.send("payments.tasks.sweep_orders")
            return look()

        wait_for(tick_and_look, what, pause=0.25)

    def beat(self, *, wrong_by: timedelta = RIGHT) -> Process:
        return self._start_celery(["beat", "--pidfile=", "--loglevel", "INFO"], wrong_by)

    def run(self, module: str, *arguments: object) -> Process:
        """A module of the tests that does one thing and ends."""
        return self._start([module, *(str(argument) for argument in arguments)])

    def _start_celery(self, arguments: list[str], wrong_by: timedelta) -> Process:
        return self._start(["celery", "-A", "kamino", *arguments], wrong_by)

    def _start(self, arguments: list[str], wrong_by: timedelta = RIGHT) -> Process:
        log = self._folder / f"{arguments[0]}-{len(self._processes)}.log"
        process = Process(arguments, self.environment, log, wrong_by)
        self._processes.append(process)
        return process

    def end(self) -> None:
        for process in self._processes:
            process.end()
            print(process.log.read_text())  # pytest shows it when the test failed

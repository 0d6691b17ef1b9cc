"""Beat, Redis and the workers as real processes: one is stopped, and the health page says which."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from kamino.local.services import Redis
from tests.kamino.conftest import Look
from tests.payments.at_most_once.database import locked
from tests.payments.at_most_once.worker_pool import Broker, WorkerPool, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def processes(
    settings: Settings, worker_id: str, redis_server: Redis, tmp_path: Path
) -> Iterator[WorkerPool]:
    """They tick every second; who is silent for six is missed."""
    settings.HEARTBEAT_SECONDS = 6.0
    settings.REDIS_URL = redis_server.url
    broker = Broker(worker_id)
    pool = WorkerPool(broker, tmp_path, REDIS_URL=redis_server.url, TICK_SECONDS="1")
    yield pool
    pool.end()
    broker.close()


def wait_for_page(look: Callable[[], bool], what: str) -> None:
    """The page is opened four times a second: more often, it takes the time of the processes."""
    wait_for(look, what, pause=0.25)


def test_what_stops_is_told_and_told_no_longer_when_it_is_back(
    processes: WorkerPool, redis_server: Redis, detail: Look
) -> None:
    def is_bad(*names: str) -> bool:
        checks = detail()[1]["checks"]
        return {name for name, check in checks.items() if check["state"] == "bad"} == set(names)

    beat, _ = processes.beat(), processes.worker("reading")
    paying = processes.worker("payments")
    wait_for_page(is_bad, "all is well")

    paying.kill()
    wait_for_page(
        lambda: is_bad("worker_payments"), "the worker of payments is missed, and no other"
    )
    processes.worker("payments")
    wait_for_page(is_bad, "another one does its work")

    beat.kill()
    silent = ("beat", "worker_payments", "worker_reading")
    wait_for_page(lambda: is_bad(*silent), "without beat no tick comes")

    redis_server.stop()
    wait_for_page(lambda: is_bad("redis", *silent), "Redis is missed")


def test_a_task_that_hangs_is_logged_and_shown(processes: WorkerPool, detail: Look) -> None:
    processes.environment["TASK_SECONDS"] = "-61"  # over its time as soon as it begins
    processes.beat()
    worker = processes.worker("clock,payments,reading")

    with locked("tenants_notice", "ACCESS EXCLUSIVE"):
        wait_for_page(lambda: detail()[1]["checks"]["tasks"]["overdue"] > 0, "it is counted")
        assert worker.said("task_overdue")

"""The processes of the product as `make run` starts them, and what they did, for measuring."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import redis

from kamino.celery import app
from kamino.local.services import free_port
from tests.clock import moved_by

QUEUES = ("payments", "reading")


class Workers:
    """One worker a queue. They count the queries that they make."""

    def __init__(self, folder: Path) -> None:
        self._counts = [folder / f"{queue}.queries" for queue in QUEUES]
        self._processes = [
            start_worker(queue, count) for queue, count in zip(QUEUES, self._counts, strict=True)
        ]
        deadline = time.monotonic() + 60
        while len(app.control.ping(timeout=0.5) or ()) < len(QUEUES):
            if time.monotonic() > deadline:
                raise RuntimeError("the workers do not answer")

    def move(self) -> None:
        """To the moment at which this process is, by its clock."""
        for process in self._processes:
            set_clock(process)

    def queries(self) -> int:
        """All that they made since they were started; some tenths of a second old."""
        return sum(int(count.read_text() or 0) for count in self._counts)

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


@contextmanager
def workers() -> Iterator[Workers]:
    with tempfile.TemporaryDirectory() as folder:
        started = Workers(Path(folder))
        try:
            yield started
        finally:
            started.end()


def start_worker(queue: str, count: Path) -> "subprocess.Popen[str]":
    """At the moment at which this process is, by its clock."""
    count.write_text("0")
    worker = subprocess.Popen(
        [
            sys.executable, "-m", "tests.payments.at_most_once.moved_clock",
            "-", "benchmarks.counted", str(count),
            "-A", "kamino", "--quiet", "worker", "-Q", f"clock,{queue}",
            "--hostname", f"{queue}@%h",
            "--without-gossip", "--without-mingle", "--loglevel", "ERROR",
        ],
        # A tick that comes within five seconds of another is dropped.
        env=os.environ | {"TICK_SECONDS": "10"}, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    set_clock(worker)
    return worker


def set_clock(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write(f"{moved_by().total_seconds()}\n")
    process.stdin.flush()


@contextmanager
def web() -> Iterator[str]:
    """The product's web server; its address."""
    port = free_port()
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "kamino.wsgi", "--bind", f"127.0.0.1:{port}",
            "--workers", "2", "--threads", "8", "--log-level", "error",
        ],
        env=os.environ,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_web(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def wait_for_web(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/saude/").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError("the web server does not answer")


def messages() -> int:
    """How many were ever put into a queue."""
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    return int(broker.info("commandstats").get("cmdstat_lpush", {"calls": 0})["calls"])

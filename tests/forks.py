"""Processes that need the whole project, forked from one that has loaded it.

To load it takes three CPU seconds, most of what a worker does that a test starts and kills. One
process for each environment, but for what is TOLD_LATER, loads it once, opens nothing and begins no
thread; the others are its forks, each with its own standard input and output. They are processes
like any other: they share no memory, no connection and no clock, and can be killed.

python -m tests.forks <number of the socket that it is told by>
"""

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep
from typing import Any

ROOT = Path(__file__).parents[1]
MOST = 3  # environments that are kept loaded while nobody uses them
# What nothing reads before it is needed: a fork is told it when it begins.
TOLD_LATER: dict[str, Callable[[str], Any]] = {
    "ASK_AGAIN_SECONDS": float,
    "BS2_BASE_URL": str,
    "CORA_BASE_URL": str,
    "KAMINO_BASE_URL": str,
    "POLL_ORDERS_SECONDS": float,
    "SEND_LEASE_SECONDS": float,
    "TASK_SECONDS": float,
}
LONGEST = 65_536  # bytes of a message


class Fork:
    """A process, as much of `subprocess.Popen` as is needed here."""

    def __init__(self, source: "Source", pid: int, stdin: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(stdin, "w")
        self._source = source
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal, or None while it lives."""
        if self._code is None:
            self._code = self._source.ask({"pid": self.pid})
            if self._code is not None:
                self._source.living -= 1
                self.stdin.close()
        return self._code

    def wait(self, seconds: float) -> int:
        deadline = monotonic() + seconds
        while (code := self.poll()) is None:
            assert monotonic() < deadline, f"{self.pid} did not end in {seconds:.0f} s"
            sleep(0.02)
        return code

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)  # nobody else has its number before it was polled


class Source:
    """The process that has loaded the project in this environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.living = 0
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.forks", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()]
            )

    def ask(self, request: dict[str, Any], *files: int) -> Any:
        socket.send_fds(self._socket, [json.dumps(request).encode()], files)
        answer = self._socket.recv(LONGEST)
        assert answer, f"what forks has ended: {self._process.wait()}"
        return json.loads(answer)

    def start(self, module: str, arguments: list[str], told: dict[str, str], output: int) -> Fork:
        theirs, ours = os.pipe()
        request = {"module": module, "arguments": arguments, "told": told}
        pid = self.ask(request, theirs, output)
        os.close(theirs)
        self.living += 1
        return Fork(self, pid, ours)

    def close(self) -> None:
        self._socket.close()
        self._process.wait(10)


_sources: dict[frozenset[tuple[str, str]], Source] = {}


def fork(module: str, arguments: list[str], environment: dict[str, str], output: int) -> Fork:
    """`python -m module arguments` in exactly this environment; both its outputs go to `output`."""
    told = {name: text for name, text in environment.items() if name in TOLD_LATER}
    ours = {name: text for name, text in os.environ.items() if name in TOLD_LATER}
    apart = OF_THE_TEST | TOLD_LATER.keys()
    environment = ours | {name: text for name, text in environment.items() if name not in apart}
    key = frozenset(environment.items())
    if key not in _sources:
        for other, source in [(k, s) for k, s in _sources.items() if not s.living][: -MOST + 1]:
            del _sources[other]
            source.close()
        _sources[key] = Source(environment)
    return _sources[key].start(module, arguments, told, output)


# Which test it is, and where its traveller is; Django sets the zone of a process by its settings.
OF_THE_TEST = {"PYTEST_CURRENT_TEST", "TZ"}


@atexit.register
def end() -> None:
    while _sources:
        _sources.popitem()[1].close()


# --- In the process that forks ------------------------------------------------------------


# What is imported only when it is wanted, beside what the project imports.
LOADED = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.worker.consumer",
    "django.test",
    "kombu.transport.redis",
    "time_machine",
)


def load() -> None:
    """What a worker, beat and a web process need."""
    import django
    from django.db import connections
    from django.urls import get_resolver

    django.setup()
    from kamino.celery import app

    for name in LOADED:
        import_module(name)
    app.loader.import_default_modules()
    assert get_resolver().url_patterns
    assert threading.active_count() == 1
    assert not any(each.connection for each in connections.all(initialized_only=True))
    gc.collect()
    gc.freeze()


def serve(line: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; in a fork, what it is to do, and None when there is nothing more."""
    while True:
        message, files, *_ = socket.recv_fds(line, LONGEST, 2)
        if not message:
            return None
        request: dict[str, Any] = json.loads(message)
        if "pid" in request:
            answer = exit_code(request["pid"])
        elif answer := os.fork():
            for file in files:
                os.close(file)
        else:
            line.close()
            take_over(*files)
            return request
        line.send(json.dumps(answer).encode())


def exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def hear(told: dict[str, str]) -> None:
    """What this process alone is told of its environment."""
    from django.conf import settings

    os.environ |= told
    for name, text in told.items():
        setattr(settings, name, TOLD_LATER[name](text))


def take_over(stdin: int, output: int) -> None:
    """As this process's own."""
    for number, file in ((0, stdin), (1, output), (2, output)):
        os.dup2(file, number)
    os.close(stdin)
    os.close(output)
    sys.stdin = os.fdopen(0)


if __name__ == "__main__":
    load()
    if request := serve(socket.socket(fileno=int(sys.argv[1]))):
        hear(request["told"])
        sys.argv = [request["module"], *request["arguments"]]
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)

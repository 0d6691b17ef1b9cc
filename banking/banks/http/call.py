"""What the log and a watcher are told of each request that goes to a bank."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a bank, for those who watch: no address, no content, no secret."""

    bank: str
    operation: str
    result: str  # the HTTP status, or how it failed
    milliseconds: float
    is_failure_of_bank: bool  # it did not answer, or with a 5xx or something unreadable
    # The `Date` of its answer, empty where that has none; None where no answer came.
    date: str | None = None


Watcher = Callable[[Call], None]


class Attempt:
    """A request on its way. Sent twice, with two tokens, it is two calls.

    It travels in `request.extensions["attempt"]`: the transport begins it, and the code that
    reads the answer ends it. Waiting for a token is no part of it.
    """

    def __init__(self, bank: str, operation: str, watcher: Watcher | None) -> None:
        self._bank = bank
        self._operation = operation
        self._watcher = watcher
        self._started: float | None = None

    def begin(self) -> None:
        self._started = time.perf_counter()

    def end(
        self, result: object, *, is_failure_of_bank: bool = False, date: str | None = None
    ) -> None:
        """`result` is the HTTP status, or how it failed. Nothing, where nothing was sent."""
        if self._started is None:
            return
        milliseconds = round((time.perf_counter() - self._started) * 1000, 1)
        self._started = None
        bank, operation = self._bank, self._operation
        log.info("bank_call", bank=bank, operation=operation, result=result, ms=milliseconds)
        if self._watcher is not None:
            self._watcher(
                Call(bank, operation, str(result), milliseconds, is_failure_of_bank, date)
            )

"""What each call to a bank's API passes through: the log, the latency and the faults."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from simulator.core.bank import App, SimulatedBank
from simulator.core.faults import BEFORE_WORK, Fault, Kind
from simulator.core.journal import Record
from simulator.core.protocol import close_connection, reset_connection
from simulator.core.simulator import Simulator

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LARGEST_BODY = 1_000_000


class Door:
    """Wraps a bank's application. Paths reach it without their last slash."""

    def __init__(self, app: App, simulator: Simulator, bank: SimulatedBank) -> None:
        self._app = app
        self._sim = simulator
        self._bank = bank

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        if body is None:
            return
        path = scope["path"].rstrip("/") or "/"
        scope = {**scope, "path": path, "raw_path": path.encode()}
        record = self._sim.journal.open(self._bank.slug, scope, path, body, self._sim.clock.now())
        scope["state"]["record"] = record
        if len(body) > _LARGEST_BODY:
            await _answer(self._noting(send, record), 413, b"", "text/plain")
            return
        faults = self._sim.faults.take(self._bank.slug, record.method, path)
        record.faults = [fault.kind for fault in faults]
        if self._sim.settings.latency_ms:
            await asyncio.sleep(self._sim.settings.latency_ms / 1000)
        if not faults:
            await self._app(scope, _replaying(body, receive), self._noting(send, record))
        elif not await self._fails_before(scope, receive, send, faults):
            await self._work_then_fail(scope, body, receive, send, faults)

    async def _fails_before(
        self, scope: Any, receive: Receive, send: Send, faults: list[Fault]
    ) -> bool:
        """Whether the request ended before the work."""
        for fault in faults:
            if fault.kind is Kind.DELAY:
                await asyncio.sleep(fault.ms / 1000)
            elif fault.kind is Kind.DROP:
                await close_connection(scope, receive)
                return True
            elif fault.kind is Kind.RESET:
                await reset_connection(scope, receive)
                return True
            elif fault.kind is Kind.EXPIRE_TOKENS:
                self._bank.expire_tokens()
            elif fault.kind is Kind.STATUS:
                note = self._noting(send, scope["state"]["record"])
                body, media_type = fault.wrong_body(b"", self._bank.failure(fault.status))
                await _answer(note, fault.status, body, media_type, fault.retry_after)
                return True
        return False

    async def _work_then_fail(
        self, scope: Any, body: bytes, receive: Receive, send: Send, faults: list[Fault]
    ) -> None:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._app(scope, _replaying(body, receive), collect)
        start, answer = messages[0], b"".join(m.get("body", b"") for m in messages[1:])
        for fault in (f for f in faults if f.kind not in BEFORE_WORK):
            if fault.kind is Kind.LOSE_ANSWER:
                await close_connection(scope, receive)
                return
            if fault.kind is Kind.RESET_ANSWER:
                await reset_connection(scope, receive)
                return
            if fault.kind is Kind.SLOW_ANSWER:
                await asyncio.sleep(fault.ms / 1000)
            elif fault.kind is Kind.REPLACE_ANSWER:
                answer, media_type = fault.wrong_body(answer, self._bank.failure(fault.status))
                start = {**start, "status": fault.status}
                start["headers"] = [(b"content-type", media_type.encode())]
            else:
                answer = fault.edit(answer)
        kept = [h for h in start["headers"] if h[0].lower() != b"content-length"]
        start["headers"] = [*kept, (b"content-length", str(len(answer)).encode())]
        note = self._noting(send, scope["state"]["record"])
        await note(start)
        await note({"type": "http.response.body", "body": answer})

    def _noting(self, send: Send, record: Record) -> Send:
        """A `send` that notes the status in the log, and adds the machine's time to the answer:
        by the calendar of the bank it may be another day."""

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                now = datetime.now(UTC) + self._sim.date_ahead
                date = (b"date", format_datetime(now, usegmt=True).encode())
                message = {**message, "headers": [*message.get("headers", ()), date]}
            await send(message)

        return note


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None when the caller left before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body, already read, once more."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(
    send: Send, status: int, body: bytes, media_type: str, retry_after: int | None = None
) -> None:
    headers = [(b"content-type", media_type.encode())]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

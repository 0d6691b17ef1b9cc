"""Webhooks on their way: a persisted queue, delivered in the background at least once."""

# ruff: noqa: S608 - the SQL is put together from names written here
import asyncio
import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from simulator.core.clock import Clock, from_micros, to_micros
from simulator.core.settings import Settings
from simulator.core.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, headers TEXT NOT NULL,
    body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER,
    state TEXT NOT NULL DEFAULT 'pending', answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (next_at) WHERE next_at IS NOT NULL;
"""

_AT_ONCE = 16


def is_loopback(url: str) -> bool:
    """Whether the URL is HTTP on this machine: the simulator calls nobody else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if parts.scheme != "http" or not port_is_valid:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Outbox:
    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._turn = asyncio.Lock()
        self._due = asyncio.Event()
        self._http = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_connections=_AT_ONCE)
        )

    def post(self, url: str, headers: dict[str, str], body: str = "") -> None:
        """Queue a call to `url`. Part of the caller's transaction."""
        for _ in range(self._settings.webhook_copies):
            self._store.run(
                "INSERT INTO delivery (url, headers, body, next_at) VALUES (?, ?, ?, ?)",
                url,
                json.dumps(headers),
                body,
                to_micros(self._clock.now()),
            )
        self.wake()

    def wake(self) -> None:
        """Look again for what is due: something was queued, or the time was moved."""
        self._due.set()

    async def wait(self, seconds: float) -> None:
        """Until woken, at most `seconds`."""
        try:
            await asyncio.wait_for(self._due.wait(), seconds)
        except TimeoutError:
            return
        self._due.clear()

    async def deliver_due(self, *, now: bool = False) -> int:
        """Deliver what is due; with `now`, all that is pending, once. How many were tried."""
        async with self._turn:
            due = "1" if now else f"next_at <= {to_micros(self._clock.now())}"
            rows = self._store.rows(
                f"SELECT * FROM delivery WHERE next_at IS NOT NULL AND {due} ORDER BY next_at, seq"
            )
            for start in range(0, len(rows), _AT_ONCE):
                await asyncio.gather(*(self._deliver(r) for r in rows[start : start + _AT_ONCE]))
            return len(rows)

    async def _deliver(self, row: Row) -> None:
        answer, delivered = await self._attempt(row)
        attempts = row["attempts"] + 1
        delays = self._settings.webhook_retry_seconds
        if delivered or attempts > len(delays):
            next_at, state = None, "delivered" if delivered else "given_up"
        else:
            next_at = to_micros(self._clock.now()) + delays[attempts - 1] * 1_000_000
            state = "pending"
        self._store.run(
            "UPDATE delivery SET attempts = ?, next_at = ?, state = ?, answer = ? WHERE seq = ?",
            attempts,
            next_at,
            state,
            answer,
            row["seq"],
        )

    async def _attempt(self, row: Row) -> tuple[str, bool]:
        read = self._settings.webhook_read_ms / 1000
        connect = self._settings.webhook_connect_ms / 1000
        limits = {"connect": connect, "read": read, "write": read, "pool": None}
        request = httpx.Request(
            "POST",
            row["url"],
            headers=json.loads(row["headers"]),
            content=row["body"].encode(),
            extensions={"timeout": limits},
        )
        try:
            response = await self._http.handle_async_request(request)
            await response.aread()
            await response.aclose()
        except httpx.HTTPError as error:
            return type(error).__name__, False
        return str(response.status_code), response.is_success

    def listing(self) -> list[dict[str, Any]]:
        """Every delivery, oldest first."""
        return [self._as_json(row) for row in self._store.rows("SELECT * FROM delivery")]

    async def finished_listing(self) -> list[dict[str, Any]]:
        """The listing, when the attempts under way have ended."""
        async with self._turn:
            return self.listing()

    def _as_json(self, row: Row) -> dict[str, Any]:
        due = None if row["next_at"] is None else from_micros(row["next_at"]).isoformat()
        headers = json.loads(row["headers"])
        return {**dict(row), "headers": headers, "next_at": due}

    async def close(self) -> None:
        await self._http.aclose()

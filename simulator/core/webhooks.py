"""Webhooks on their way: a persisted queue, delivered in the background at least once."""

# ruff: noqa: S608 - the SQL is put together from names written here
import asyncio
import ipaddress
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from simulator.core.clock import Clock, from_micros, to_micros
from simulator.core.settings import Settings
from simulator.core.store import Row, Store

_RETRY_SECONDS = (60, 300, 900)  # waits after a failed attempt; then it is given up
_CONNECT_SECONDS = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, headers TEXT NOT NULL,
    body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER,
    state TEXT NOT NULL DEFAULT 'pending', answer TEXT NOT NULL DEFAULT '',
    signer TEXT NOT NULL DEFAULT '', secret TEXT NOT NULL DEFAULT '',
    read_ms INTEGER, retry_seconds TEXT);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (next_at) WHERE next_at IS NOT NULL;
"""

_AT_ONCE = 16

# Headers of one attempt, from the secret, the headers and the body of its delivery, and the time.
Signer = Callable[[str, dict[str, str], str, datetime], dict[str, str]]


def is_loopback(url: str) -> bool:
    """Whether the URL is HTTP on this machine: the simulator calls no other."""
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
        # A bank that signs puts its way here, under its slug.
        self.signers: dict[str, Signer] = {}
        self._http = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_connections=_AT_ONCE)
        )

    def post(
        self,
        url: str,
        headers: dict[str, str],
        body: str = "",
        *,
        signer: str = "",
        secret: str = "",
        read_ms: int | None = None,
        retry_seconds: Sequence[int] | None = None,
    ) -> None:
        """Queue a call to `url`. Part of the caller's transaction.

        With `signer` each attempt has the headers that `signers[signer]` makes of `secret`.
        `read_ms` and `retry_seconds` are this delivery's own, instead of the settings'.
        """
        settings = self._settings
        at = to_micros(self._clock.now()) + settings.webhook_delay_seconds * 1_000_000
        next_at, state = (None, "dropped") if settings.webhook_drop else (at, "pending")
        for _ in range(settings.webhook_copies):
            self._store.run(
                "INSERT INTO delivery (url, headers, body, next_at, state, signer, secret, read_ms,"
                " retry_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(url, json.dumps(headers), body, next_at, state, signer, secret, read_ms),
                None if retry_seconds is None else json.dumps(list(retry_seconds)),
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
            order = "seq DESC" if self._settings.webhook_newest_first else "next_at, seq"
            rows = self._store.rows(
                f"SELECT * FROM delivery WHERE next_at IS NOT NULL AND {due} ORDER BY {order}"
            )
            if self._settings.webhook_newest_first:
                for row in rows:
                    await self._deliver(row)
                return len(rows)
            for start in range(0, len(rows), _AT_ONCE):
                await asyncio.gather(*(self._deliver(r) for r in rows[start : start + _AT_ONCE]))
            return len(rows)

    async def _deliver(self, row: Row) -> None:
        answer, delivered = await self._attempt(row)
        attempts = row["attempts"] + 1
        own = row["retry_seconds"]
        delays = _RETRY_SECONDS if own is None else json.loads(own)
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
        own = row["read_ms"]
        read = (self._settings.webhook_read_ms if own is None else own) / 1000
        limits = {"connect": _CONNECT_SECONDS, "read": read, "write": read, "pool": None}
        headers = json.loads(row["headers"])
        if row["signer"]:
            sign = self.signers[row["signer"]]
            headers |= sign(row["secret"], headers, row["body"], self._clock.now())
        request = httpx.Request(
            "POST",
            row["url"],
            headers=headers,
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
        shown = {name: row[name] for name in row.keys() if name not in ("signer", "secret")}  # noqa: SIM118
        return {**shown, "headers": json.loads(row["headers"]), "next_at": due}

    async def close(self) -> None:
        await self._http.aclose()

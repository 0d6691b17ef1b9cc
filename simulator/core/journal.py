"""What was asked of the banks, in memory: the newest 20 000 requests since the last start."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from starlette.requests import Request

_SHOWN_HEADERS = ("idempotency-key", "content-type", "accept", "user-agent")
_LONGEST_BODY = 20_000


@dataclass(slots=True)
class Record:
    """One request. `effect`: it changed the bank; a replay of an earlier answer did not."""

    seq: int
    bank: str
    at: datetime
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    status: int | None = None  # None: not answered (yet)
    effect: bool = False
    replay: bool = False
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        shown = {name: getattr(self, name) for name in self.__slots__}
        return {**shown, "at": self.at.isoformat()}


def record_of(request: Request) -> Record:
    """The record of a request to a bank's API."""
    record: Record = request.scope["state"]["record"]
    return record


class Journal:
    def __init__(self) -> None:
        self._records: deque[Record] = deque(maxlen=20_000)
        self._last = 0

    def open(self, bank: str, scope: Any, path: str, body: bytes, at: datetime) -> Record:
        self._last += 1
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name.decode("latin-1") in _SHOWN_HEADERS
        }
        record = Record(
            seq=self._last,
            bank=bank,
            at=at,
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body[:_LONGEST_BODY].decode("utf-8", "replace"),
        )
        self._records.append(record)
        return record

    def find(
        self,
        *,
        method: str = "*",
        path: str = "*",
        effect: bool | None = None,
        since: int = 0,
        bank: str = "*",
    ) -> Iterator[Record]:
        """Oldest first; `path` may hold * and ?; `since` is the last seq already known."""
        for record in self._records:
            if record.seq <= since or (effect is not None and record.effect != effect):
                continue
            if bank not in ("*", record.bank):
                continue
            if method in ("*", record.method) and fnmatchcase(record.path, path):
                yield record

    def newest(self, count: int) -> list[Record]:
        """Newest first."""
        return list(self._records)[: -count - 1 : -1]

    def clear(self) -> None:
        self._records.clear()

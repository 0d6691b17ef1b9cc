"""Faults on demand: what a bank, or the way to it, does wrong."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"

# An error as the bank writes them, and its media type.
BankFailure = tuple[bytes, str]


class Kind(StrEnum):
    DELAY = "delay"  # before the work
    STATUS = "status"  # answer `status` and `body` instead of the work
    DROP = "drop"  # close the connection instead of the work
    RESET = "reset"  # the same, by a TCP reset
    EXPIRE_TOKENS = "expire_tokens"  # the access tokens in force end; then it works on
    SLOW_ANSWER = "slow_answer"  # after the work
    LOSE_ANSWER = "lose_answer"  # do the work, then close the connection
    RESET_ANSWER = "reset_answer"  # the same, by a TCP reset
    REPLACE_ANSWER = "replace_answer"  # do the work, then answer `status` and `body`
    UNKNOWN_FIELD = "unknown_field"  # each object of the answer has one field more
    UNKNOWN_ENUM = "unknown_enum"  # `field` of the answer has `value`
    MISSING_FIELD = "missing_field"  # the answer lacks `field`


_TEXTS = ("bank", "method", "path", "body", "field", "value")
_NUMBERS = {
    "ms": (0, 600_000),
    "status": (200, 599),
    "retry_after": (0, 86_400),
    "times": (1, 10**6),
}
_MAY_BE_NONE = ("retry_after", "times")
BEFORE_WORK = frozenset({Kind.DELAY, Kind.STATUS, Kind.DROP, Kind.RESET, Kind.EXPIRE_TOKENS})


class BadFault(ValueError):
    """The fault cannot be made. The message is Portuguese."""


@dataclass(slots=True)
class Fault:
    id: int
    kind: Kind
    bank: str = "*"  # slug
    method: str = "*"
    path: str = "*"  # may hold * and ?; without the last slash
    times: int | None = 1  # None: until cleared
    ms: int = 0
    status: int = 500
    retry_after: int | None = None  # seconds, in a header beside `status`
    body: str = "json"  # empty, html, json, truncated, or the text itself
    field: str = "status"
    value: str = "SOMETHING_NEW"

    def matches(self, bank: str, method: str, path: str) -> bool:
        return (
            self.bank in ("*", bank)
            and self.method in ("*", method)
            and fnmatchcase(path, self.path)
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def wrong_body(self, right: bytes, failure: BankFailure) -> tuple[bytes, str]:
        """The body to answer with and its media type. `right` is the true answer, if any."""
        match self.body:
            case "empty":
                return b"", "application/json"
            case "html":
                return HTML_PAGE, "text/html"
            case "json":
                return failure
            case "truncated":
                whole = right or failure[0]
                return whole[: max(1, len(whole) // 2)], "application/json"
            case text:
                return text.encode(), "application/json"

    def edit(self, answer: bytes) -> bytes:
        """The answer with the fault in it; one that is not JSON is left alone."""
        try:
            value = json.loads(answer)
        except ValueError:
            return answer
        return json.dumps(self._edited(value), ensure_ascii=False).encode()

    def _edited(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._edited(item) for item in value]
        if not isinstance(value, dict):
            return value
        edited = {key: self._edited(item) for key, item in value.items()}
        match self.kind:
            case Kind.UNKNOWN_FIELD:
                edited["somethingNew"] = {"nested": [1, "two", None]}
            case Kind.UNKNOWN_ENUM if isinstance(edited.get(self.field), str):
                edited[self.field] = self.value
            case Kind.MISSING_FIELD:
                edited.pop(self.field, None)
        return edited


class Faults:
    """The faults in force. They do not outlive the process."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, values: dict[str, Any]) -> Fault:
        allowed = {name: type_ for name, type_ in Fault.__annotations__.items() if name != "id"}
        if unknown := set(values) - set(allowed):
            raise BadFault(f"Campo desconhecido na falha: {sorted(unknown)[0]}.")
        for name, value in values.items():
            _check(name, value)
        try:
            kind = Kind(values.get("kind", ""))
        except ValueError:
            raise BadFault(f"Tipo de falha desconhecido. Use: {', '.join(Kind)}.") from None
        self._last += 1
        fault = Fault(**{**values, "id": self._last, "kind": kind})
        fault.path = fault.path.rstrip("/") or "/"
        self._faults.append(fault)
        return fault

    def take(self, bank: str, method: str, path: str) -> list[Fault]:
        """The faults for a request; each is used up once by it."""
        if not self._faults:
            return []
        taken = [fault for fault in self._faults if fault.matches(bank, method, path)]
        for fault in taken:
            if fault.times is not None:
                fault.times -= 1
        self._faults = [f for f in self._faults if f.times is None or f.times > 0]
        return taken

    def all(self) -> Iterable[Fault]:
        return tuple(self._faults)

    def clear(self, fault_id: int | None = None) -> None:
        """Remove one, or all."""
        self._faults = [f for f in self._faults if fault_id is not None and f.id != fault_id]


def _check(name: str, value: object) -> None:
    """What is wrong has to be told here: in the middle of a call it would look like the fault."""
    if name in _TEXTS and not isinstance(value, str):
        raise BadFault(f"O campo {name} deve ser um texto.")
    if name in _NUMBERS and not (value is None and name in _MAY_BE_NONE):
        first, last = _NUMBERS[name]
        if type(value) is not int or not first <= value <= last:
            raise BadFault(f"O campo {name} deve ser um inteiro de {first} a {last}.")

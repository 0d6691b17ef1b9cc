"""JSON answers, errors, and the rules of the Idempotency-Key.

Errors carry `code`, `message` and `errors` (section "Erros" of the developer guide). What Cora
leaves open about keys is decided so: same key and content, the stored answer again; other content,
422; no key, 400; kept for a day.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.bank import Caller, Cora, cora_of
from simulator.core.clock import to_micros
from simulator.core.faults import BankFailure
from simulator.core.journal import record_of

_KEY_LIFETIME = 86_400 * 1_000_000


class ApiError(Exception):
    """The request ends with this answer; nothing was done."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Malformed(ApiError):
    """A charge that is not written as the bank wants it: 400 with an empty body.

    That is what integrators see; with `invoice_explains` the body says what is wrong.
    """

    def __init__(self, message: str) -> None:
        super().__init__(400, "invalid_request", message)


def invalid(message: str) -> ApiError:
    return ApiError(400, "invalid_request", message)


def server_error() -> ApiError:
    return ApiError(500, "server_error", "Internal server error")


async def answer_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    if error.status == 401:
        return answer({"error": "access_denied"}, 401)
    if isinstance(error, Malformed) and not cora_of(request).settings.invoice_explains:
        return Response(status_code=error.status)
    return answer(error_wire(error), _status(cora_of(request), error))


def error_wire(error: ApiError) -> dict[str, Any]:
    item = {"code": error.code, "message": error.message}
    return {**item, "errors": [] if error.code == "access_denied" else [item]}


def failure() -> BankFailure:
    """What a fault answers with."""
    value = {"code": "server_error", "message": "Internal server error", "errors": []}
    return to_json(value), "application/json"


def _status(cora: Cora, error: ApiError) -> int:
    """Only the status of REC-0006 is documented, among the codes of business rules."""
    is_business = re.fullmatch("[A-Z]+-[0-9]+", error.code) and error.code != "REC-0006"
    return cora.settings.business_status if is_business else error.status


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(value: Any, status: int = 200) -> Response:
    return Response(to_json(value), status, media_type="application/json")


async def read_object(request: Request) -> dict[str, Any]:
    try:
        raw = await request.body()
        value = json.loads(raw)
        if b"\\u" in raw:
            to_json(value)  # refuses half a surrogate pair: JSON can write it and UTF-8 cannot
    except ValueError:
        raise invalid("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise invalid("The body is not a JSON object.")
    return value


def read_day(text: object) -> date | None:
    """A day written YYYY-MM-DD, or None."""
    if not isinstance(text, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return None if day.year == date.max.year else day


async def once(
    request: Request,
    cora: Cora,
    caller: Caller,
    act: Callable[[str], tuple[int, Any]],
    content: Any,
    *,
    key_required: bool = True,
    again: Callable[[str], tuple[int, Any] | None] = lambda key: None,
) -> Response:
    """Do `act` once for the request's Idempotency-Key, and answer with its status and JSON.

    Nothing is awaited between the look for the key and the commit, so that duplicates that
    arrive together have one effect. An error is not kept: the same key may be tried again.
    `again` may have another answer for a key that comes again than the first one.
    """
    key = _key(request, required=key_required and cora.settings.idempotency_key_required)
    owner = owner_of(caller)
    digest = hashlib.sha256(
        f"{request.method} {request.url.path}\n".encode()
        + json.dumps(content, sort_keys=True).encode()
    ).digest()
    record, store = record_of(request), cora.store
    now = to_micros(cora.clock.now())
    with store.write():
        row = store.row("SELECT * FROM cora_idempotency WHERE owner = ? AND key = ?", owner, key)
        if key and row and now - row["at"] < _KEY_LIFETIME:
            if row["request"] != digest:
                status = cora.settings.idempotency_conflict_status
                message = "Idempotency-Key already used with another body."
                raise ApiError(status, "invalid_request", message)
            record.replay = True
            if (later := again(key)) is not None:
                return answer(later[1], later[0])
            return _whole(row["answer"], row["status"])
        status, value = act(key)
        body = b"" if value is None else to_json(value)
        if key:
            store.run(
                "INSERT OR REPLACE INTO cora_idempotency VALUES (?, ?, ?, ?, ?, ?)",
                *(owner, key, digest, status, body, now),
            )
    record.effect = True
    return _whole(body, status)


def owner_of(caller: Caller) -> str:
    """Whose keys are told apart from whose."""
    return f"{caller.client_id}/{caller.account_id}"


def _whole(body: bytes, status: int) -> Response:
    return Response(body, status, media_type="application/json" if body else None)


def _key(request: Request, *, required: bool) -> str:
    text = request.headers.get("idempotency-key", "")
    if not text and not required:
        return ""
    try:
        return str(UUID(text))
    except ValueError:
        raise invalid("The header Idempotency-Key must be a UUID.") from None

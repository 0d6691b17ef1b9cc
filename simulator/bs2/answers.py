"""JSON as BS2 writes it, and its errors: an array of `{tag, descricao}` (devs.bs2.com/manual)."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.faults import BankFailure
from simulator.core.journal import record_of

_JSON = "application/json;charset=utf-8"


class Refused(Exception):
    """The request ends with this answer; nothing was done."""

    def __init__(self, status: int, body: bytes = b"", media_type: str | None = None) -> None:
        super().__init__(status)
        self.answer = Response(body, status, media_type=media_type)


def invalid(tag: str | None, description: str, status: int = 400) -> Refused:
    return all_invalid([(tag, description)], status)


def all_invalid(errors: Sequence[tuple[str | None, str]], status: int = 400) -> Refused:
    items = [{"tag": tag, "descricao": description} for tag, description in errors]
    return Refused(status, to_json(items), _JSON)


def failure() -> BankFailure:
    """What a fault answers with."""
    return to_json([{"tag": None, "descricao": "Erro interno."}]), _JSON


async def answer_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.answer


def answer(value: Any, status: int = 200) -> Response:
    return Response(to_json(value), status, media_type=_JSON)


def done(request: Request, value: Any, status: int = 200) -> Response:
    """The answer of a request that changed the bank."""
    record_of(request).effect = True
    return Response(b"", status) if value is None else answer(value, status)


def to_json(value: Any) -> bytes:
    return _write(value).encode()


def _write(value: Any) -> str:
    """JSON in which a Decimal is a number with its own digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{_write(str(k))}:{_write(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def reais(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


async def read_body(request: Request) -> Any:
    """The JSON of the body; numbers with a point are Decimals."""
    raw = await request.body()
    try:
        value = json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
        if b"\\u" in raw:
            to_json(value)  # refuses half a surrogate pair: JSON can write it and UTF-8 cannot
    except (ValueError, RecursionError):
        raise invalid(None, "O corpo da requisição não é um JSON válido.") from None
    return value


async def read_object(request: Request) -> dict[str, Any]:
    value = await read_body(request)
    if not isinstance(value, dict):
        raise invalid(None, "O corpo da requisição deve ser um objeto JSON.")
    return value


def _no_number(text: str) -> None:
    raise ValueError(text)

"""Answers and problems (RFC 9457), and what is read from a request."""

import base64
import binascii
import hashlib
import json
import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.faults import BankFailure
from simulator.core.ids import new_id
from simulator.kamino import contract

PROBLEM = "application/problem+json"
_TITLES = {
    400: "Pedido inválido",
    401: "Acesso não reconhecido",
    403: "Acesso não permitido",
    404: "Não encontrado",
    405: "Método não aceito",
    409: "Pedido em andamento",
    422: "Pedido recusado",
    429: "Limite de pedidos atingido",
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Problem(Exception):
    """The request ends with this answer; nothing was done. `detail` is Portuguese."""

    def __init__(
        self, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors


def refuse(code: str, detail: str) -> Problem:
    return Problem(422, code, detail)


def invalid(field: str, detail: str) -> Problem:
    errors = [{"field": field, "detail": detail}]
    return Problem(400, "invalid_request", f"O pedido não está como deve ({field}).", errors)


def too_many() -> Problem:
    return Problem(429, "rate_limited", "Pedidos demais em um minuto. Nada foi feito.")


def not_found() -> Problem:
    return Problem(404, "not_found", "Isto não existe nesta conta.")


def answer_problem(problem: Problem, request_id: str) -> Response:
    value: dict[str, Any] = {
        "type": f"urn:conta-kamino:problem:{problem.code}",
        "title": _TITLES.get(problem.status, "Erro no banco"),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": request_id,
    }
    if problem.errors:
        value["errors"] = problem.errors
    return Response(to_json(value), problem.status, media_type=PROBLEM)


def failure(status: int) -> BankFailure:
    """What a fault answers with: a limit that was reached, or an error of the bank's own."""
    problem = Problem(status, "internal_error", "Algo deu errado no banco.")
    if status == 429:
        problem = too_many()
    response = answer_problem(problem, new_id("req_"))
    return bytes(response.body), PROBLEM


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(value: Any, status: int = 200) -> Response:
    return Response(to_json(value), status, media_type="application/json")


async def read_body(request: Request, operation_id: str, *, required: bool = True) -> Any:
    """The JSON of a request, as the API file wants it."""
    raw = await request.body()
    if not raw and not required:
        return {}
    try:
        value = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid("body", "O corpo não é JSON.") from None
    if not _is_printable(value):
        raise invalid("body", "Há um caractere de controle em um dos textos.")
    if problems := contract.problems_of(operation_id, value):
        fields = ", ".join(problem["field"] for problem in problems)
        detail = f"O pedido não está como a documentação diz: confira {fields}."
        raise Problem(400, "invalid_request", detail, problems)
    return value


def read_day(request: Request, name: str, *, required: bool = False) -> date | None:
    """A day of the query."""
    text = request.query_params.get(name)
    if text is None and not required:
        return None
    day = day_of(text or "")
    if day is None:
        raise invalid(name, "A data deve ser AAAA-MM-DD.")
    return day


def day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 1990 <= day.year < 2200 else None


def read_limit(request: Request) -> int:
    text = request.query_params.get("limit", "100")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= 500:
        raise invalid("limit", "O limite deve ser um número de 1 a 500.")
    return int(text)


def read_cursor(request: Request) -> list[Any] | None:
    """Where the page before ended; None on the first page."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        where = json.loads(base64.urlsafe_b64decode(text.encode() + b"=="))
    except (binascii.Error, ValueError):
        where = None
    if not isinstance(where, list) or not all(isinstance(part, int | str) for part in where):
        raise invalid("cursor", "O cursor não é um que a API tenha dado.")
    if where[:1] != [_filters_of(request)]:
        raise invalid("cursor", "O cursor é de uma consulta com outros filtros.")
    return where[1:]


def cursor_of(request: Request, *where: int | str) -> str:
    """It goes on with this request's list and filters, and with no other."""
    return base64.urlsafe_b64encode(to_json([_filters_of(request), *where])).rstrip(b"=").decode()


def _filters_of(request: Request) -> str:
    given = request.query_params.multi_items()
    filters = sorted(item for item in given if item[0] not in ("cursor", "limit"))
    return hashlib.sha256(to_json([request.url.path, filters])).hexdigest()[:12]


def read_key(request: Request, name: str = "idempotency_key") -> str | None:
    text = request.query_params.get(name)
    return None if text is None else uuid_of(text, name)


def uuid_of(text: str, field: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else str(UUID("not one"))
    except ValueError:
        raise invalid(field, "A chave deve ser um UUID.") from None


def reais(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def cents_of(amount: str) -> int:
    """Of an amount that the API file's pattern let through."""
    return int(amount.replace(".", ""))


def instant(micros: int) -> str:
    """RFC 3339 with São Paulo's offset."""
    return from_micros(micros).astimezone(SAO_PAULO).isoformat()


def instant_or_none(micros: int | None) -> str | None:
    return None if micros is None else instant(micros)


def is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _is_printable(value: Any) -> bool:
    """Whether its texts have neither control characters nor halves of surrogate pairs."""
    if isinstance(value, str):
        return value.isprintable()
    if isinstance(value, dict):
        return all(_is_printable(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(_is_printable(part) for part in value)
    return True

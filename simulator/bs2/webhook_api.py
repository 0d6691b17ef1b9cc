"""Configuration of webhooks (…/contexto/correntistas/webhook)."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import Refused, done, invalid, read_object
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.notices import EVENTS
from simulator.bs2.reading import BAD_FORMAT, optional_child, optional_text, text
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback

_MOST_ATTEMPTS = 50


async def create(request: Request) -> Response:
    caller, body = caller_with(request, *EVENTS), await read_object(request)
    event = text(body, "tipoEvento", "TipoEvento")
    if event not in EVENTS:
        raise invalid("TipoEvento", f"Tipo de evento desconhecido: {event}.")
    webhook_id = str(uuid.uuid4())
    caller.bs2.store.run(
        "INSERT INTO bs2_webhook (id, account_id, event, url, attempts, pause, auth_kind,"
        " auth_value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(webhook_id, caller.account.id, event, *_read(body)),
    )
    return done(request, {"configuracaoId": webhook_id, **_shown(body)})


async def alter(request: Request) -> Response:
    caller, body = caller_with(request, *EVENTS), await read_object(request)
    row = _own(caller, request)
    caller.bs2.store.run(
        "UPDATE bs2_webhook SET url = ?, attempts = ?, pause = ?, auth_kind = ?, auth_value = ?"
        " WHERE id = ?",
        *(*_read(body), row["id"]),
    )
    return done(request, {"configuracaoId": row["id"], **_shown(body)})


async def remove(request: Request) -> Response:
    caller = caller_with(request, *EVENTS)
    row = _own(caller, request)
    caller.bs2.store.run("DELETE FROM bs2_webhook WHERE id = ?", row["id"])
    return done(request, None)


def read_url(body: dict[str, Any], tag: str) -> str:
    """An address of this machine: the simulator calls no other."""
    url = text(body, "url", tag, most=500)
    if not is_loopback(url):
        raise invalid(tag, BAD_FORMAT)
    return url


def read_authorization(given: dict[str, Any], tag: str) -> tuple[str, str]:
    kind = (optional_text(given, "tipo", f"{tag}.Tipo") or "none").lower()
    if kind not in ("none", "basic", "bearer"):
        raise invalid(f"{tag}.Tipo", "Use none, basic ou bearer.")
    value = optional_text(given, "valor", f"{tag}.Valor", most=2000) or ""
    if kind != "none" and not value:
        raise invalid(f"{tag}.Valor", "Não pode ser nulo ou vazio.")
    return kind, value


def _read(body: dict[str, Any]) -> tuple[str, int, int, str, str]:
    url = read_url(body, "Url")
    attempts = _whole(body, "quantidadeRetentativas", "QuantidadeRetentativas", 3)
    pause = _whole(body, "intervaloEntreRetentativas", "IntervaloEntreRetentativas", 1)
    given = optional_child(body, "autenticacao", "Autenticacao")
    return url, min(attempts, _MOST_ATTEMPTS), pause, *read_authorization(given, "Autenticacao")


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    names = ("url", "quantidadeRetentativas", "intervaloEntreRetentativas", "tipoEvento")
    return {name: body[name] for name in names if name in body}


def _whole(body: dict[str, Any], name: str, tag: str, default: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or not 0 <= value <= 10**6:
        raise invalid(tag, BAD_FORMAT)
    return value


def _own(caller: Caller, request: Request) -> Row:
    row = caller.bs2.store.row(
        "SELECT * FROM bs2_webhook WHERE id = ? AND account_id = ?",
        *(request.path_params["id"], caller.account.id),
    )
    if row is None:
        raise Refused(404)
    return row

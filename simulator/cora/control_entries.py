"""Control API: movements of an account, few or very many."""

# ruff: noqa: S311 - plausible data, no secret
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora.answers import read_day
from simulator.cora.bank import Cora, cora_of
from simulator.cora.control import account, account_json, text, whole
from simulator.cora.seed import CLIENTS
from simulator.core.clock import SAO_PAULO, at_sao_paulo
from simulator.core.control import ControlError, read_body
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries, set_balance

_KINDS = ("TRANSFER", "PAYMENT", "PIX", "FEE")


async def create_entries(request: Request) -> Response:
    """Write `entries`, or make up as many as `generate` says; `balance` is what is held after."""
    cora, body = cora_of(request), await read_body(request)
    held = account(cora, request.path_params["cnpj"])
    if "generate" in body:
        entries = list(_invent(body["generate"]))
    else:
        entries = [_entry(given) for given in body.get("entries", [])]
    with cora.store.write():
        ids = add_entries(cora.store, held.id, entries)
        if "balance" in body:
            set_balance(cora.store, held.id, whole(body, "balance"))
    changed = account_json(account(cora, held.cnpj))
    return JSONResponse({"count": len(ids), "ids": ids[:1000], "account": changed}, 201)


async def create_credit(request: Request) -> Response:
    """Money comes in, now."""
    cora, body = cora_of(request), await read_body(request)
    held = account(cora, request.path_params["cnpj"])
    entry_id = receive(
        cora,
        held.id,
        amount=whole(body, "amount"),
        name=str(body.get("name", CLIENTS[0][0])),
        document=str(body.get("document", CLIENTS[0][1])),
        kind=str(body.get("kind", "PIX")),
        description=str(body.get("description", "")),
    )
    return JSONResponse({"id": entry_id}, 201)


def receive(
    cora: Cora,
    account_id: int,
    *,
    amount: int,
    name: str,
    document: str,
    kind: str,
    description: str = "",
) -> str:
    """Credit money from somebody, by PIX or TRANSFER (TED). The entry's id."""
    if amount <= 0 or kind not in ("PIX", "TRANSFER"):
        raise ControlError("O valor deve ser positivo e o meio PIX ou TRANSFER.")
    label = description or ("Pix recebido" if kind == "PIX" else "TED recebida")
    entry = NewEntry(cora.clock.now(), CREDIT, kind, amount, label, name, document or None)
    return add_entries(cora.store, account_id, [entry])[0]


def _entry(given: dict[str, Any]) -> NewEntry:
    direction, kind = given.get("type"), given.get("kind", "PIX")
    amount = whole(given, "amount")
    if direction not in (CREDIT, DEBIT) or kind not in _KINDS or amount <= 0:
        raise ControlError("Lançamento com type, kind ou amount inválido.")
    name, document = given.get("name"), given.get("document")
    label = str(given.get("description", "Lançamento"))
    return NewEntry(_instant(given), direction, kind, amount, label, name, document)


def _instant(given: dict[str, Any]) -> datetime:
    """`at` (ISO 8601; without offset, São Paulo), or noon of `day`."""
    day = read_day(given.get("day"))
    if day is not None:
        return at_sao_paulo(day, time(12))
    try:
        instant = datetime.fromisoformat(text(given, "at"))
    except ValueError:
        raise ControlError("Lançamento com data inválida.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=SAO_PAULO)


def _invent(wanted: dict[str, Any]) -> Iterator[NewEntry]:
    """`count` movements spread evenly over since..until, both included; two in, one out."""
    count = whole(wanted, "count")
    since, until = read_day(wanted.get("since")), read_day(wanted.get("until"))
    if since is None or until is None or since > until or count < 0:
        raise ControlError("Informe count, since e until (AAAA-MM-DD).")
    seed = random.Random(whole(wanted, "seed", 1))
    step = _span(since, until) / max(count, 1)
    start = at_sao_paulo(since, time())
    for number in range(count):
        name, document = CLIENTS[number % len(CLIENTS)]
        direction, label = (DEBIT, "Pix enviado") if number % 3 == 2 else (CREDIT, "Pix recebido")
        amount = seed.randrange(100, 500_000)
        yield NewEntry(start + step * number, direction, "PIX", amount, label, name, document)


def _span(since: date, until: date) -> timedelta:
    return timedelta(days=(until - since).days + 1)


ROUTES = [
    Route("/accounts/{cnpj}/entries", create_entries, methods=["POST"]),
    Route("/accounts/{cnpj}/credit", create_credit, methods=["POST"]),
]

"""Control API: movements, titles, Pix keys and charges. Money is centavos."""

# ruff: noqa: S608 - the SQL is put together from names written here
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core.boleto import BadLine, read_line
from simulator.core.clock import SAO_PAULO, at_sao_paulo
from simulator.core.control import ControlError, read_body
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, set_balance
from simulator.kamino import charges, charges_life, pix_keys, titles
from simulator.kamino.answers import Problem, day_of
from simulator.kamino.bank import kamino_of
from simulator.kamino.control import account, account_json, document, text, whole
from simulator.kamino.moving import Move, move
from simulator.kamino.receiving import TEXTS, pay_charge, receive

_KINDS = ("TED", "PIX", "BOLETO", "FEE", "OTHER")


async def create_entries(request: Request) -> Response:
    """Write `entries`, or as many as `generate` says; `balance` is what is held after."""
    bank, body = kamino_of(request), await read_body(request)
    held = account(bank, request.path_params["cnpj"])
    if "generate" in body:
        moves = list(_invented(body["generate"]))
    else:
        moves = [Move(_entry(given)) for given in body.get("entries", [])]
    with bank.store.write():
        ids = move(bank, held.id, moves)
        if "balance" in body:
            set_balance(bank.store, held.id, whole(body, "balance"))
    changed = account_json(bank, account(bank, held.cnpj))
    return JSONResponse({"count": len(ids), "ids": ids[:1000], "account": changed}, 201)


async def create_credit(request: Request) -> Response:
    """Money comes in, now."""
    bank, body = kamino_of(request), await read_body(request)
    held = account(bank, request.path_params["cnpj"])
    kind, amount = str(body.get("kind", "PIX")), whole(body, "amount")
    if kind not in TEXTS or amount <= 0:
        raise ControlError("O valor deve ser positivo e o meio PIX ou TED.")
    name = str(body.get("name", "Cliente Exemplo ME"))
    payer = str(body.get("document", "60316817000103"))
    label = str(body.get("description", ""))
    return JSONResponse({"id": receive(bank, held.id, kind, amount, name, payer, label)}, 201)


async def create_title(request: Request) -> Response:
    """Register another bank's title; without `line` a new one is made of amount and due date."""
    bank, body = kamino_of(request), await read_body(request)
    due_date = day_of(str(body.get("due_date", "")))
    amount = whole(body, "amount")
    try:
        if "line" in body:
            line = read_line(text(body, "line"), bank.clock.today())
        else:
            line = titles.new_line(bank, amount, due_date)
    except BadLine as error:
        raise ControlError(str(error)) from None
    creditor = str(body.get("creditor", "Fornecedor Exemplo ME"))
    holder = str(body.get("document", "60316817000103"))
    row = titles.register(bank, line, creditor, holder, amount, due_date or line.due_date)
    return JSONResponse(dict(row), 201)


async def create_key(request: Request) -> Response:
    """Register somebody's Pix key."""
    bank, body = kamino_of(request), await read_body(request)
    key, holder = text(body, "key"), document(body, "document")
    try:
        type_ = pix_keys.type_of(key)
    except Problem as problem:
        raise ControlError(problem.detail) from None
    held = bank.account(holder)
    pix_keys.register(bank, key, type_, text(body, "name"), holder, held.id if held else None)
    return JSONResponse({"key": key, "type": type_}, 201)


async def charge_list(request: Request) -> Response:
    """Oldest first, by id, code or state; `wire` is the bank's JSON."""
    bank, query = kamino_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "code", "state"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    rows = bank.store.rows(f"SELECT * FROM kamino_charge WHERE {where} ORDER BY seq", *params)
    return JSONResponse([{"id": r["id"], "wire": charges.wire(bank, r)} for r in rows])


async def pay_a_charge(request: Request) -> Response:
    """Somebody pays it `by` boleto or pix. More: amount, name, document."""
    bank, body = kamino_of(request), await read_body(request)
    charge = charges_life.charge_by(bank, "id", request.path_params["id"])
    if charge is None:
        raise ControlError("Não há esta cobrança.")
    amount = body.get("amount")
    party = str(body.get("name", "")), str(body.get("document", ""))
    if not pay_charge(bank, charge, str(body.get("by", "pix")), amount, *party):
        raise ControlError("A cobrança não está aberta, ou não tem este meio.")
    changed = charges_life.charge_by(bank, "id", charge["id"])
    assert changed is not None
    return JSONResponse({"id": changed["id"], "wire": charges.wire(bank, changed)})


def _entry(given: dict[str, Any]) -> NewEntry:
    direction, kind = given.get("direction"), given.get("kind", "PIX")
    amount = whole(given, "amount")
    if direction not in (CREDIT, DEBIT) or kind not in _KINDS or amount <= 0:
        raise ControlError("Lançamento com direction, kind ou amount inválido.")
    try:
        if "at" in given:
            at = datetime.fromisoformat(str(given["at"]))
            at = at if at.tzinfo else at.replace(tzinfo=SAO_PAULO)
        else:
            at = at_sao_paulo(date.fromisoformat(str(given.get("day"))), time(12))
    except ValueError:
        raise ControlError("Informe day ou at, em ISO 8601.") from None
    label = str(given.get("description", "Lançamento"))
    return NewEntry(at, direction, kind, amount, label, given.get("name"), given.get("document"))


def _invented(wanted: dict[str, Any]) -> list[Move]:
    """`count` movements over the days `since` to `until`, both included, in their order."""
    since, until = day_of(str(wanted.get("since"))), day_of(str(wanted.get("until")))
    count = whole(wanted, "count")
    if since is None or until is None or since > until:
        raise ControlError("Informe since e until, AAAA-MM-DD.")
    days, moves = (until - since).days + 1, []
    for number in range(count):
        day = since + timedelta(days=number * days // count)
        at = at_sao_paulo(day, time(8)) + timedelta(milliseconds=number % 36_000_000)
        direction = CREDIT if number % 3 else DEBIT
        name = f"Cliente {number % 97}"
        entry = NewEntry(
            at, direction, "PIX", 1_000 + number % 9_973, "Pix", name, "60316817000103"
        )
        moves.append(Move(entry))
    return moves


ROUTES = [
    Route("/accounts/{cnpj}/entries", create_entries, methods=["POST"]),
    Route("/accounts/{cnpj}/credit", create_credit, methods=["POST"]),
    Route("/titles", create_title, methods=["POST"]),
    Route("/keys", create_key, methods=["POST"]),
    Route("/charges", charge_list),
    Route("/charges/{id}/pay", pay_a_charge, methods=["POST"]),
]

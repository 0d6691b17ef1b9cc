"""Cora's part of the control API, under /_sim/api/cora. Accounts are named by the holder's CNPJ."""

# ruff: noqa: S608 - the SQL is put together from names written here
import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora import boletos, orders, tokens
from simulator.cora.answers import read_day
from simulator.cora.auth import SCOPES, end_grants
from simulator.cora.bank import BRANCH, SLUG, Cora, cora_of
from simulator.cora.order_list import order_wire
from simulator.cora.seed import PARTNER
from simulator.core import people
from simulator.core.boleto import BadLine, read_line
from simulator.core.clock import from_micros
from simulator.core.control import ControlError, read_body
from simulator.core.documents import BadDocument, read_document
from simulator.core.people import Account
from simulator.core.store import Row


async def create_person(request: Request) -> Response:
    cora, body = cora_of(request), await read_body(request)
    cpf = document(body, "cpf")
    with cora.store.write():
        person = people.create_person(cora.store, cpf, text(body, "name"), text(body, "password"))
        for cnpj in body.get("companies", []):
            row = cora.store.row("SELECT id FROM company WHERE cnpj = ?", cnpj)
            if row is None:
                raise ControlError(f"Não há empresa com o CNPJ {cnpj}.")
            people.allow(cora.store, person, row["id"])
    return JSONResponse({"cpf": cpf}, 201)


async def create_company(request: Request) -> Response:
    """A company and its account, which begins with `balance` centavos."""
    cora, body = cora_of(request), await read_body(request)
    cnpj = document(body, "cnpj")
    if cora.account(cnpj) is not None:
        raise ControlError("Esta empresa já tem conta.")
    with cora.store.write():
        company = people.create_company(cora.store, cnpj, text(body, "name"))
        people.open_account(
            cora.store,
            SLUG,
            company,
            branch=BRANCH,
            number=str(body.get("number") or 2_000_000 + company),
            digit=str(body.get("digit", 0)),
            balance=whole(body, "balance", 0),
        )
    return JSONResponse(account_json(account(cora, cnpj)), 201)


async def accounts(request: Request) -> Response:
    cora = cora_of(request)
    rows = cora.store.rows("SELECT id FROM account WHERE bank = ? ORDER BY id", SLUG)
    return JSONResponse([account_json(people.account_by_id(cora.store, r["id"])) for r in rows])


async def one_account(request: Request) -> Response:
    return JSONResponse(account_json(account(cora_of(request), request.path_params["cnpj"])))


async def order_list(request: Request) -> Response:
    """Transfers and payments, oldest first, by rail, code, key, status or cnpj."""
    cora, query = cora_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "rail", "code", "key", "status"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    if "cnpj" in query:
        where, params = f"{where} AND account_id = ?", [*params, account(cora, query["cnpj"]).id]
    rows = cora.store.rows(f"SELECT * FROM cora_order WHERE {where} ORDER BY seq", *params)
    return JSONResponse([order_json(cora, row) for row in rows])


async def act_on_order(request: Request) -> Response:
    cora, act = cora_of(request), _act(request)
    order = orders.order_by_id(cora, request.path_params["id"])
    if order is None:
        raise ControlError("Não há esta ordem.")
    try:
        act(cora, order)
    except orders.NotWaiting as error:
        raise ControlError(str(error)) from None
    changed = orders.order_by_id(cora, order["id"])
    assert changed is not None
    return JSONResponse(order_json(cora, changed))


async def act_on_all(request: Request) -> Response:
    """What waits for approval, of one company or of all; how many there were."""
    cora, body = cora_of(request), await read_body(request)
    account_id = account(cora, body["cnpj"]).id if "cnpj" in body else None
    count = await act_on_waiting(cora, account_id, _act(request))
    return JSONResponse({"count": count})


async def act_on_waiting(
    cora: Cora, account_id: int | None, act: Callable[[Cora, Row], None]
) -> int:
    count = 0
    while waiting := orders.waiting(cora, account_id, 100):
        with cora.store.write():
            for order in waiting:
                act(cora, order)
        count += len(waiting)
        await asyncio.sleep(0)
    return count


async def create_boleto(request: Request) -> Response:
    """Register a title; without `digitable_line` a new line is made from amount and due date."""
    cora, body = cora_of(request), await read_body(request)
    due_date = read_day(body.get("due_date"))
    if body.get("due_date") is not None and due_date is None:
        raise ControlError("O vencimento deve ser AAAA-MM-DD.")
    try:
        if "digitable_line" in body:
            line = read_line(text(body, "digitable_line"), cora.clock.today())
        else:
            line = boletos.new_line(cora, whole(body, "amount"), due_date)
    except BadLine as error:
        raise ControlError(str(error)) from None
    title = boletos.register(
        cora,
        line,
        creditor=text(body, "creditor"),
        document=document(body, "document"),
        amount=whole(body, "amount", line.amount_cents),
        due_date=due_date or line.due_date,
        fine=whole(body, "fine", 0),
        interest=whole(body, "interest", 0),
    )
    return JSONResponse(dict(title), 201)


async def create_partner(request: Request) -> Response:
    cora, body = cora_of(request), await read_body(request)
    client_id = f"app-{secrets.token_urlsafe(8)}"
    values = {
        "client_id": str(body.get("client_id", client_id)),
        "secret": str(body.get("secret", secrets.token_hex(16))),
        "name": text(body, "name"),
        "redirect_uris": json.dumps(body.get("redirect_uris", [])),
    }
    cora.store.run("INSERT OR REPLACE INTO cora_partner VALUES (?, ?, ?, ?)", *values.values())
    return JSONResponse(values, 201)


async def create_grant(request: Request) -> Response:
    """A consent and its tokens, without the consent page."""
    cora, body = cora_of(request), await read_body(request)
    client_id = str(body.get("client_id", PARTNER.client_id))
    scopes = str(body.get("scopes", " ".join(SCOPES)))
    with cora.store.write():
        held = account(cora, text(body, "cnpj"))
        grant_id = tokens.new_grant(cora, client_id, held.id, None, scopes)
        values = tokens.new_tokens(cora, client_id, grant_id)
    return JSONResponse({"grant_id": grant_id, **values}, 201)


async def grants(request: Request) -> Response:
    rows = cora_of(request).store.rows("SELECT * FROM cora_grant ORDER BY id")
    return JSONResponse([dict(row) for row in rows])


async def end_grant(request: Request) -> Response:
    end_grants(cora_of(request), [request.path_params["id"]])
    return await grants(request)


def _act(request: Request) -> Callable[[Cora, Row], None]:
    act = _ACTS.get(request.path_params["act"])
    if act is None:
        raise ControlError(f"Use um destes atos: {', '.join(_ACTS)}.")
    return act


def account(cora: Cora, cnpj: str) -> Account:
    found = cora.account(cnpj)
    if found is None:
        raise ControlError(f"Não há conta da empresa {cnpj}.")
    return found


def account_json(held: Account) -> dict[str, Any]:
    return asdict(held)


def order_json(cora: Cora, row: Row) -> dict[str, Any]:
    """What the bank knows of an order; `wire` is how it answers it."""
    shown = ("id", "rail", "status", "code", "key", "amount", "name", "document", "reason")
    return {
        **{name: row[name] for name in (*shown, "scheduled")},
        "deadline": from_micros(row["deadline"]).isoformat(),
        "wire": order_wire(cora, row),
    }


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(f"Falta o campo {name}.")
    return value


def whole(body: dict[str, Any], name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if type(value) is not int:
        raise ControlError(f"O campo {name} deve ser um inteiro.")
    return value


def document(body: dict[str, Any], name: str) -> str:
    try:
        return read_document(text(body, name))
    except BadDocument as error:
        raise ControlError(str(error)) from None


_ACTS: dict[str, Callable[[Cora, Row], None]] = {
    "approve": orders.approve,
    "refuse": orders.refuse,
    "expire": orders.expire,
    "refund": orders.refund,
}
ROUTES = [
    Route("/people", create_person, methods=["POST"]),
    Route("/companies", create_company, methods=["POST"]),
    Route("/accounts", accounts),
    Route("/accounts/{cnpj}", one_account),
    Route("/orders", order_list),
    Route("/orders/{act}", act_on_all, methods=["POST"]),
    Route("/orders/{id}/{act}", act_on_order, methods=["POST"]),
    Route("/boletos", create_boleto, methods=["POST"]),
    Route("/partners", create_partner, methods=["POST"]),
    Route("/grants", create_grant, methods=["POST"]),
    Route("/grants", grants),
    Route("/grants/{id:int}", end_grant, methods=["DELETE"]),
]

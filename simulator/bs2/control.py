"""BS2's part of the control API, under /_sim/api/bs2. Accounts are named by the holder's CNPJ."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.bs2 import applications, grants
from simulator.bs2.auth import SCOPES
from simulator.bs2.bank import BRANCH, SLUG, Bs2, bs2_of
from simulator.bs2.orders import book as orders
from simulator.bs2.orders import titles
from simulator.bs2.pix.keys import CNPJ, register_key
from simulator.bs2.seed import PARTNER_KEY
from simulator.core import people
from simulator.core.boleto import BadLine, read_line
from simulator.core.clock import from_micros
from simulator.core.control import ControlError, read_body
from simulator.core.documents import BadDocument, read_document
from simulator.core.people import Account
from simulator.core.settings import BadSetting, check, save
from simulator.core.store import Row


async def settings(request: Request) -> Response:
    """All of them; with PATCH, changed first: all that are given, or none."""
    bs2 = bs2_of(request)
    if request.method == "PATCH":
        changes = await read_body(request)
        for key, value in changes.items():
            if not hasattr(bs2.settings, key):
                raise ControlError(f"O BS2 não tem a opção {key}.")
            try:
                check(bs2.settings, key, value)
            except BadSetting as error:
                raise ControlError(str(error)) from None
        for key, value in changes.items():
            setattr(bs2.settings, key, value)
        save(bs2.store, SLUG, bs2.settings)
    return JSONResponse(asdict(bs2.settings))


async def create_company(request: Request) -> Response:
    """A company and its account, which begins with `balance` centavos."""
    bs2, body = bs2_of(request), await read_body(request)
    cnpj = document(body, "cnpj")
    if bs2.account(cnpj) is not None:
        raise ControlError("Esta empresa já tem conta.")
    with bs2.store.write():
        company = people.create_company(bs2.store, cnpj, text(body, "name"))
        account_id = people.open_account(
            bs2.store,
            SLUG,
            company,
            branch=BRANCH,
            number=str(body.get("number") or 600_000 + company),
            digit=str(body.get("digit", 0)),
            balance=whole(body, "balance", 0),
        )
        register_key(bs2, CNPJ, cnpj, account_id=account_id, receiver=None)
    return JSONResponse(asdict(account(bs2, cnpj)), 201)


async def one_account(request: Request) -> Response:
    return JSONResponse(asdict(account(bs2_of(request), request.path_params["cnpj"])))


async def create_grant(request: Request) -> Response:
    """A consent and its tokens, without the consent page."""
    bs2, body = bs2_of(request), await read_body(request)
    api_key = str(body.get("api_key", PARTNER_KEY))
    scopes = str(body.get("scopes", " ".join(SCOPES)))
    held = account(bs2, text(body, "cnpj"))
    with bs2.store.write():
        grant_id = grants.new_grant(bs2, api_key, held.id, scopes)
        life = bs2.settings.refresh_token_seconds
        values = grants.new_tokens(bs2, grant_id, scopes, refresh_seconds=life)
    return JSONResponse({"grant_id": grant_id, **values}, 201)


async def list_grants(request: Request) -> Response:
    rows = bs2_of(request).store.rows("SELECT * FROM bs2_grant ORDER BY id")
    return JSONResponse([dict(row) for row in rows])


async def end_grant(request: Request) -> Response:
    grants.end_grants(bs2_of(request), [request.path_params["id"]])
    return await list_grants(request)


async def expire_tokens(request: Request) -> Response:
    """The access tokens given out are worth nothing from now on; with `refresh`, the others too."""
    bs2, body = bs2_of(request), await read_body(request)
    kinds = "('access', 'refresh')" if body.get("refresh") is True else "('access')"
    sql = f"UPDATE bs2_token SET expires_at = 0 WHERE kind IN {kinds}"  # noqa: S608
    return JSONResponse({"count": bs2.store.run(sql)})


async def create_application(request: Request) -> Response:
    """What the portal shows once: api_key, api_secret, scope, refresh_token; with `legacy`, the
    user and password of the first token instead of a refresh token."""
    bs2, body = bs2_of(request), await read_body(request)
    held, name = account(bs2, text(body, "cnpj")), str(body.get("name", "Kamino"))
    if body.get("legacy") is True:
        row = applications.create_legacy_application(bs2, held, name)
        shown: dict[str, Any] = {"username": row["username"], "password": row["password"]}
    else:
        scopes = str(body.get("scopes") or " ".join(SCOPES)).split()
        try:
            row = applications.create_portal_application(bs2, held, name, scopes)
        except applications.BadApplication as error:
            raise ControlError(str(error)) from None
        shown = {"refresh_token": applications.new_portal_token(bs2, row)}
    keys = {"api_key": row["api_key"], "api_secret": row["api_secret"], "scope": row["scopes"]}
    return JSONResponse({**keys, **shown}, 201)


async def order_list(request: Request) -> Response:
    """Money out, oldest first, by id, rail, state or cnpj."""
    bs2, query = bs2_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "rail", "state"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    if "cnpj" in query:
        where, params = f"{where} AND account_id = ?", [*params, account(bs2, query["cnpj"]).id]
    sql = f"SELECT * FROM bs2_order WHERE {where} ORDER BY seq"  # noqa: S608
    return JSONResponse([order_json(row) for row in bs2.store.rows(sql, *params)])


async def act_on_order(request: Request) -> Response:
    bs2, act = bs2_of(request), _act(request)
    order = orders.order_by_id(bs2, request.path_params["id"])
    if order is None:
        raise ControlError("Não há esta ordem.")
    try:
        act(bs2, order)
    except orders.NotWaiting as error:
        raise ControlError(str(error)) from None
    changed = orders.order_by_id(bs2, order["id"])
    assert changed is not None
    return JSONResponse(order_json(changed))


async def act_on_all(request: Request) -> Response:
    """What waits for approval, of one company or of all; how many there were."""
    bs2, body = bs2_of(request), await read_body(request)
    account_id = account(bs2, body["cnpj"]).id if "cnpj" in body else None
    return JSONResponse({"count": await act_on_waiting(bs2, account_id, _act(request))})


async def act_on_waiting(bs2: Bs2, account_id: int | None, act: Callable[[Bs2, Row], None]) -> int:
    count = 0
    while found := orders.waiting(bs2, account_id, 100):
        with bs2.store.write():
            for order in found:
                act(bs2, order)
        count += len(found)
        await asyncio.sleep(0)
    return count


async def create_title(request: Request) -> Response:
    """Register a title; without `line` a new one is made from amount and due date."""
    bs2, body = bs2_of(request), await read_body(request)
    due_date = day(body, "due_date")
    try:
        if "line" in body:
            line = read_line(text(body, "line"), bs2.clock.today())
        else:
            line = titles.new_line(bs2, whole(body, "amount"), due_date)
    except BadLine as error:
        raise ControlError(str(error)) from None
    row = titles.register(
        bs2,
        line,
        creditor=str(body.get("creditor", "Fornecedor Exemplo ME")),
        document=str(body.get("document", "60316817000103")),
        amount=whole(body, "amount", line.amount_cents),
        due_date=due_date or line.due_date,
    )
    return JSONResponse(dict(row), 201)


def _act(request: Request) -> Callable[[Bs2, Row], None]:
    act = _ACTS.get(request.path_params["act"])
    if act is None:
        raise ControlError(f"Use um destes atos: {', '.join(_ACTS)}.")
    return act


def account(bs2: Bs2, cnpj: str) -> Account:
    found = bs2.account(cnpj)
    if found is None:
        raise ControlError(f"Não há conta da empresa {cnpj} no BS2.")
    return found


def order_json(row: Row) -> dict[str, Any]:
    shown = ("id", "rail", "state", "amount", "name", "document", "scheduled", "reason")
    deadline = from_micros(row["deadline"]).isoformat()
    return {
        **{name: row[name] for name in shown},
        "deadline": deadline,
        "wire": orders.wire_of(row),
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


def day(body: dict[str, Any], name: str) -> date | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(text(body, name))
    except ValueError:
        raise ControlError(f"O campo {name} deve ser AAAA-MM-DD.") from None


def document(body: dict[str, Any], name: str) -> str:
    try:
        return read_document(text(body, name))
    except BadDocument as error:
        raise ControlError(str(error)) from None


_ACTS: dict[str, Callable[[Bs2, Row], None]] = {
    "approve": orders.approve,
    "refuse": orders.refuse,
    "expire": orders.expire,
    "cancel": orders.cancel,
    "refund": orders.refund,
}
ROUTES = [
    Route("/settings", settings, methods=["GET", "PATCH"]),
    Route("/companies", create_company, methods=["POST"]),
    Route("/accounts/{cnpj}", one_account),
    Route("/grants", create_grant, methods=["POST"]),
    Route("/grants", list_grants),
    Route("/grants/{id:int}", end_grant, methods=["DELETE"]),
    Route("/tokens/expire", expire_tokens, methods=["POST"]),
    Route("/applications", create_application, methods=["POST"]),
    Route("/orders", order_list),
    Route("/orders/{act}", act_on_all, methods=["POST"]),
    Route("/orders/{id}/{act}", act_on_order, methods=["POST"]),
    Route("/titles", create_title, methods=["POST"]),
]

"""The Conta Kamino's part of the control API, under /_sim/api/kamino. Money is centavos; accounts
are named by the holder's CNPJ."""

# ruff: noqa: S608 - the SQL is put together from names written here
import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core import people, settings
from simulator.core.control import ControlError, read_body
from simulator.core.documents import BadDocument, read_document
from simulator.core.ledger import set_balance
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import accounts, payments, payments_life, tokens
from simulator.kamino.bank import SLUG, Kamino, kamino_of
from simulator.kamino.payments_life import NotWaiting
from simulator.kamino.seed import PARTNER_ID


async def change_settings(request: Request) -> Response:
    bank = kamino_of(request)
    if request.method == "PATCH":
        changes = await read_body(request)
        for key, value in changes.items():
            if key not in asdict(bank.settings):
                raise ControlError(f"Não há a opção {key}.")
            try:
                settings.check(bank.settings, key, value)
            except settings.BadSetting as error:
                raise ControlError(str(error)) from None
        for key, value in changes.items():
            setattr(bank.settings, key, value)
        settings.save(bank.store, SLUG, bank.settings)
    return JSONResponse(asdict(bank.settings))


async def create_person(request: Request) -> Response:
    """Somebody who may sign in, and the companies that they direct."""
    bank, body = kamino_of(request), await read_body(request)
    cpf = document(body, "cpf")
    with bank.store.write():
        name, password = text(body, "name"), text(body, "password")
        person = people.create_person(bank.store, cpf, name, password)
        for cnpj in body.get("companies", []):
            row = bank.store.row("SELECT id FROM company WHERE cnpj = ?", cnpj)
            if row is None:
                raise ControlError(f"Não há empresa com o CNPJ {cnpj}.")
            people.allow(bank.store, person, row["id"])
    return JSONResponse({"cpf": cpf}, 201)


async def create_account(request: Request) -> Response:
    """An account of the partner, without the API; it holds `balance`."""
    bank, body = kamino_of(request), await read_body(request)
    cnpj = document(body, "cnpj")
    if bank.account(cnpj) is not None:
        raise ControlError("Esta empresa já tem conta.")
    partner = str(body.get("partner", PARTNER_ID))
    with bank.store.write():
        name = str(body.get("name") or "Empresa de Teste LTDA")
        account_id = accounts.new_account(bank, cnpj, name, partner, None)
        set_balance(bank.store, account_id, whole(body, "balance", 0))
    return JSONResponse(account_json(bank, account(bank, cnpj)), 201)


async def list_accounts(request: Request) -> Response:
    bank = kamino_of(request)
    rows = bank.store.rows("SELECT id FROM account WHERE bank = ? ORDER BY id", SLUG)
    held = [people.account_by_id(bank.store, row["id"]) for row in rows]
    return JSONResponse([account_json(bank, one) for one in held])


async def one_account(request: Request) -> Response:
    """PATCH: `status` (active, blocked, closed), `balance`."""
    bank = kamino_of(request)
    held = account(bank, request.path_params["cnpj"])
    if request.method == "PATCH":
        body = await read_body(request)
        with bank.store.write():
            if "status" in body:
                bank.store.run(
                    "UPDATE kamino_account SET status = ? WHERE account_id = ?",
                    *(text(body, "status"), held.id),
                )
            if "balance" in body:
                set_balance(bank.store, held.id, whole(body, "balance"))
    return JSONResponse(account_json(bank, account(bank, held.cnpj)))


async def create_credentials(request: Request) -> Response:
    """A new client of the account."""
    bank = kamino_of(request)
    held = account(bank, request.path_params["cnpj"])
    partner = bank.opened(held.id)["partner"]
    client_id, secret = tokens.new_client(bank, partner, held.id, "Kamino")
    found = {
        "client_id": client_id,
        "client_secret": secret,
        "account_id": bank.opened(held.id)["id"],
    }
    return JSONResponse(found, 201)


async def clients(request: Request) -> Response:
    rows = kamino_of(request).store.rows("SELECT * FROM kamino_client ORDER BY created_at")
    hidden = ("secret",)
    return JSONResponse([{k: v for k, v in dict(row).items() if k not in hidden} for row in rows])


async def end_client(request: Request) -> Response:
    """The company takes the access back in the app."""
    tokens.end_client(kamino_of(request), request.path_params["id"])
    return await clients(request)


async def payment_list(request: Request) -> Response:
    """Oldest first, by id, type, state, code, key or cnpj."""
    bank, query = kamino_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "type", "state", "code", "key"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    if "cnpj" in query:
        where, params = f"{where} AND account_id = ?", [*params, account(bank, query["cnpj"]).id]
    rows = bank.store.rows(f"SELECT * FROM kamino_payment WHERE {where} ORDER BY seq", *params)
    return JSONResponse([_payment_json(row) for row in rows])


async def act_on_payment(request: Request) -> Response:
    bank, act = kamino_of(request), _act(request)
    payment = payments_life.payment_by_id(bank, request.path_params["id"])
    if payment is None:
        raise ControlError("Não há este pagamento.")
    try:
        act(bank, payment)
    except NotWaiting as error:
        raise ControlError(str(error)) from None
    changed = payments_life.payment_by_id(bank, payment["id"])
    assert changed is not None
    return JSONResponse(_payment_json(changed))


async def act_on_all(request: Request) -> Response:
    """What waits for approval, of one company or of all; how many there were."""
    bank, body, act = kamino_of(request), await read_body(request), _act(request)
    account_id = account(bank, body["cnpj"]).id if "cnpj" in body else None
    count = 0
    while waiting := payments_life.waiting(bank, account_id, 100):
        with bank.store.write():
            for payment in waiting:
                act(bank, payment)
        count += len(waiting)
        await asyncio.sleep(0)
    return JSONResponse({"count": count})


def _act(request: Request) -> Callable[[Kamino, Row], None]:
    act = _ACTS.get(request.path_params["act"])
    if act is None:
        raise ControlError(f"Use um destes atos: {', '.join(_ACTS)}.")
    return act


def account(bank: Kamino, cnpj: str) -> Account:
    found = bank.account(cnpj)
    if found is None:
        raise ControlError(f"Não há conta da empresa {cnpj}.")
    return found


def account_json(bank: Kamino, held: Account) -> dict[str, Any]:
    opened = bank.opened(held.id)
    return {**asdict(held), "account_id": opened["id"], "status": opened["status"]}


def _payment_json(row: Row) -> dict[str, Any]:
    shown = ("id", "type", "state", "code", "key", "amount", "name", "document", "reason")
    return {**{name: row[name] for name in shown}, "wire": payments.wire(row)}


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


_ACTS: dict[str, Callable[[Kamino, Row], None]] = {
    "approve": payments_life.approve,
    "refuse": payments_life.refuse,
    "expire": payments_life.expire,
    "refund": payments_life.refund,
}
ROUTES = [
    Route("/settings", change_settings, methods=["GET", "PATCH"]),
    Route("/people", create_person, methods=["POST"]),
    Route("/accounts", create_account, methods=["POST"]),
    Route("/accounts", list_accounts),
    Route("/accounts/{cnpj}", one_account, methods=["GET", "PATCH"]),
    Route("/accounts/{cnpj}/credentials", create_credentials, methods=["POST"]),
    Route("/clients", clients),
    Route("/clients/{id}", end_client, methods=["DELETE"]),
    Route("/payments", payment_list),
    Route("/payments/{act}", act_on_all, methods=["POST"]),
    Route("/payments/{id}/{act}", act_on_payment, methods=["POST"]),
]

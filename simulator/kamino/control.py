"""The Conta Kamino's part of the control API, under /_sim/api/kamino. Money is centavos; accounts
are named by the holder's CNPJ."""

# ruff: noqa: S608 - the SQL is put together from names written here
import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core import people, settings
from simulator.core.boleto import BadLine, read_line
from simulator.core.clock import SAO_PAULO, at_sao_paulo
from simulator.core.control import ControlError, read_body
from simulator.core.documents import BadDocument, read_document
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, set_balance
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import (
    accounts,
    charges,
    charges_life,
    payments,
    payments_life,
    pix_keys,
    titles,
    tokens,
)
from simulator.kamino.answers import day_of
from simulator.kamino.bank import SLUG, Kamino, kamino_of
from simulator.kamino.moving import Move, move
from simulator.kamino.payments_life import NotWaiting
from simulator.kamino.receiving import TEXTS, pay_charge, receive
from simulator.kamino.seed import PARTNER_ID

_KINDS = ("TED", "PIX", "BOLETO", "FEE", "OTHER")


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
    cpf = _document(body, "cpf")
    with bank.store.write():
        name, password = _text(body, "name"), _text(body, "password")
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
    cnpj = _document(body, "cnpj")
    if bank.account(cnpj) is not None:
        raise ControlError("Esta empresa já tem conta.")
    partner = str(body.get("partner", PARTNER_ID))
    with bank.store.write():
        name = str(body.get("name") or "Empresa de Teste LTDA")
        account_id = accounts.new_account(bank, cnpj, name, partner, None)
        set_balance(bank.store, account_id, _whole(body, "balance", 0))
    return JSONResponse(_account_json(bank, _account(bank, cnpj)), 201)


async def list_accounts(request: Request) -> Response:
    bank = kamino_of(request)
    rows = bank.store.rows("SELECT id FROM account WHERE bank = ? ORDER BY id", SLUG)
    held = [people.account_by_id(bank.store, row["id"]) for row in rows]
    return JSONResponse([_account_json(bank, one) for one in held])


async def one_account(request: Request) -> Response:
    """PATCH: `status` (active, blocked, closed), `balance`."""
    bank = kamino_of(request)
    held = _account(bank, request.path_params["cnpj"])
    if request.method == "PATCH":
        body = await read_body(request)
        with bank.store.write():
            if "status" in body:
                bank.store.run(
                    "UPDATE kamino_account SET status = ? WHERE account_id = ?",
                    *(_text(body, "status"), held.id),
                )
            if "balance" in body:
                set_balance(bank.store, held.id, _whole(body, "balance"))
    return JSONResponse(_account_json(bank, _account(bank, held.cnpj)))


async def create_credentials(request: Request) -> Response:
    """A new client of the account."""
    bank = kamino_of(request)
    held = _account(bank, request.path_params["cnpj"])
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


async def create_entries(request: Request) -> Response:
    """Write `entries`, or as many as `generate` says; `balance` is what is held after."""
    bank, body = kamino_of(request), await read_body(request)
    held = _account(bank, request.path_params["cnpj"])
    if "generate" in body:
        moves = list(_invented(body["generate"]))
    else:
        moves = [Move(_entry(given)) for given in body.get("entries", [])]
    with bank.store.write():
        ids = move(bank, held.id, moves)
        if "balance" in body:
            set_balance(bank.store, held.id, _whole(body, "balance"))
    changed = _account_json(bank, _account(bank, held.cnpj))
    return JSONResponse({"count": len(ids), "ids": ids[:1000], "account": changed}, 201)


async def create_credit(request: Request) -> Response:
    """Money comes in, now."""
    bank, body = kamino_of(request), await read_body(request)
    held = _account(bank, request.path_params["cnpj"])
    kind, amount = str(body.get("kind", "PIX")), _whole(body, "amount")
    if kind not in TEXTS or amount <= 0:
        raise ControlError("O valor deve ser positivo e o meio PIX ou TED.")
    name = str(body.get("name", "Cliente Exemplo ME"))
    document = str(body.get("document", "60316817000103"))
    text = str(body.get("description", ""))
    return JSONResponse({"id": receive(bank, held.id, kind, amount, name, document, text)}, 201)


async def payment_list(request: Request) -> Response:
    """Oldest first, by id, type, state, code, key or cnpj."""
    bank, query = kamino_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "type", "state", "code", "key"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    if "cnpj" in query:
        where, params = f"{where} AND account_id = ?", [*params, _account(bank, query["cnpj"]).id]
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
    account_id = _account(bank, body["cnpj"]).id if "cnpj" in body else None
    count = 0
    while waiting := payments_life.waiting(bank, account_id, 100):
        with bank.store.write():
            for payment in waiting:
                act(bank, payment)
        count += len(waiting)
        await asyncio.sleep(0)
    return JSONResponse({"count": count})


async def create_title(request: Request) -> Response:
    """Register another bank's title; without `line` a new one is made of amount and due date."""
    bank, body = kamino_of(request), await read_body(request)
    due_date = day_of(str(body.get("due_date", "")))
    amount = _whole(body, "amount")
    try:
        if "line" in body:
            line = read_line(_text(body, "line"), bank.clock.today())
        else:
            line = titles.new_line(bank, amount, due_date)
    except BadLine as error:
        raise ControlError(str(error)) from None
    creditor = str(body.get("creditor", "Fornecedor Exemplo ME"))
    document = str(body.get("document", "60316817000103"))
    row = titles.register(bank, line, creditor, document, amount, due_date or line.due_date)
    return JSONResponse(dict(row), 201)


async def create_key(request: Request) -> Response:
    """Register somebody's Pix key."""
    bank, body = kamino_of(request), await read_body(request)
    key, document = _text(body, "key"), _document(body, "document")
    type_ = pix_keys.type_of(key)
    held = bank.account(document)
    pix_keys.register(bank, key, type_, _text(body, "name"), document, held.id if held else None)
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


def _act(request: Request) -> Callable[[Kamino, Row], None]:
    act = _ACTS.get(request.path_params["act"])
    if act is None:
        raise ControlError(f"Use um destes atos: {', '.join(_ACTS)}.")
    return act


def _account(bank: Kamino, cnpj: str) -> Account:
    found = bank.account(cnpj)
    if found is None:
        raise ControlError(f"Não há conta da empresa {cnpj}.")
    return found


def _account_json(bank: Kamino, held: Account) -> dict[str, Any]:
    opened = bank.opened(held.id)
    return {**asdict(held), "account_id": opened["id"], "status": opened["status"]}


def _payment_json(row: Row) -> dict[str, Any]:
    shown = ("id", "type", "state", "code", "key", "amount", "name", "document", "reason")
    return {**{name: row[name] for name in shown}, "wire": payments.wire(row)}


def _entry(given: dict[str, Any]) -> NewEntry:
    direction, kind = given.get("direction"), given.get("kind", "PIX")
    amount = _whole(given, "amount")
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
    count = _whole(wanted, "count")
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


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(f"Falta o campo {name}.")
    return value


def _whole(body: dict[str, Any], name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if type(value) is not int:
        raise ControlError(f"O campo {name} deve ser um inteiro.")
    return value


def _document(body: dict[str, Any], name: str) -> str:
    try:
        return read_document(_text(body, name))
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
    Route("/accounts/{cnpj}/entries", create_entries, methods=["POST"]),
    Route("/accounts/{cnpj}/credit", create_credit, methods=["POST"]),
    Route("/clients", clients),
    Route("/clients/{id}", end_client, methods=["DELETE"]),
    Route("/payments", payment_list),
    Route("/payments/{act}", act_on_all, methods=["POST"]),
    Route("/payments/{id}/{act}", act_on_payment, methods=["POST"]),
    Route("/titles", create_title, methods=["POST"]),
    Route("/keys", create_key, methods=["POST"]),
    Route("/charges", charge_list),
    Route("/charges/{id}/pay", pay_a_charge, methods=["POST"]),
]

"""BS2's part of the control API, under /_sim/api/bs2."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.bs2 import applications, grants, movements
from simulator.bs2.auth import SCOPES
from simulator.bs2.bank import BRANCH, SLUG, Bs2, bs2_of
from simulator.bs2.banks import Place
from simulator.bs2.movements import Details
from simulator.bs2.moving import Move, write
from simulator.bs2.orders import titles
from simulator.bs2.people.app import ORDERS, RECEIVING
from simulator.bs2.pix.keys import CNPJ, register_key
from simulator.bs2.seed import CLIENTS, PARTNER_KEY
from simulator.core.bank_control.bank import BankControl, Body, NewTitle, new_account
from simulator.core.bank_control.routes import routes
from simulator.core.control import ControlError, read_body
from simulator.core.given import text
from simulator.core.ledger import NewEntry
from simulator.core.store import Row


def _open_account(bs2: Bs2, cnpj: str, body: Body) -> None:
    account_id = new_account(bs2.store, SLUG, BRANCH, 600_000, cnpj, body)
    register_key(bs2, CNPJ, cnpj, account_id=account_id, receiver=None)


def _write_entries(
    bs2: Bs2, account_id: int, entries: Sequence[tuple[NewEntry, Body]]
) -> list[str]:
    """With `end_to_end`, and `bank`, `branch` and `account` of the other side, when given."""
    return write(bs2, account_id, [Move(entry, _details(given)) for entry, given in entries])


def _details(given: Body) -> Details:
    place = None
    if "bank" in given:
        place = Place(text(given, "bank"), text(given, "branch"), text(given, "account"))
    return Details(given.get("end_to_end"), place)


def _register_title(bs2: Bs2, title: NewTitle) -> Row:
    return titles.register(
        bs2,
        title.line,
        creditor=title.creditor,
        document=title.document,
        amount=title.amount,
        due_date=title.due_date,
    )


CONTROL: BankControl[Bs2] = BankControl(
    slug=SLUG,
    state_of=bs2_of,
    orders=ORDERS,
    receiving=RECEIVING,
    open_account=_open_account,
    write_entries=_write_entries,
    entry_kinds=movements.KINDS,
    clients=CLIENTS,
    new_line=titles.new_line,
    register_title=_register_title,
)


async def create_grant(request: Request) -> Response:
    """A consent and its tokens, without the consent page."""
    bs2, body = bs2_of(request), await read_body(request)
    api_key = str(body.get("api_key", PARTNER_KEY))
    scopes = str(body.get("scopes", " ".join(SCOPES)))
    held = CONTROL.account(bs2, text(body, "cnpj"))
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
    """The access tokens given out are not valid from now on; with `refresh`, the others too."""
    bs2, body = bs2_of(request), await read_body(request)
    kinds = "('access', 'refresh')" if body.get("refresh") is True else "('access')"
    sql = f"UPDATE bs2_token SET expires_at = 0 WHERE kind IN {kinds}"  # noqa: S608
    return JSONResponse({"count": bs2.store.run(sql)})


async def create_application(request: Request) -> Response:
    """What the portal shows once: api_key, api_secret, scope, refresh_token; with `legacy`, the
    user and password of the first token instead of a refresh token."""
    bs2, body = bs2_of(request), await read_body(request)
    held, name = CONTROL.account(bs2, text(body, "cnpj")), str(body.get("name", "Kamino"))
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


ROUTES = [
    *routes(CONTROL),
    Route("/grants", create_grant, methods=["POST"]),
    Route("/grants", list_grants),
    Route("/grants/{id:int}", end_grant, methods=["DELETE"]),
    Route("/tokens/expire", expire_tokens, methods=["POST"]),
    Route("/applications", create_application, methods=["POST"]),
]

"""Cora's part of the control API, under /_sim/api/cora."""

import json
import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora import boletos, tokens
from simulator.cora.app import ORDERS, RECEIVING
from simulator.cora.auth import SCOPES, end_grants
from simulator.cora.bank import BRANCH, SLUG, Cora, cora_of
from simulator.cora.seed import CLIENTS, PARTNER
from simulator.core.bank_control.bank import BankControl, Body, NewTitle, new_account
from simulator.core.bank_control.routes import routes
from simulator.core.control import read_body
from simulator.core.given import text
from simulator.core.ledger import NewEntry, add_entries
from simulator.core.store import Row


def _open_account(cora: Cora, cnpj: str, body: Body) -> int:
    return new_account(cora.store, SLUG, BRANCH, 2_000_000, cnpj, body)


def _write_entries(
    cora: Cora, account_id: int, entries: Sequence[tuple[NewEntry, Body]]
) -> list[str]:
    return add_entries(cora.store, account_id, [entry for entry, _ in entries])


def _register_title(cora: Cora, title: NewTitle) -> Row:
    return boletos.register(
        cora,
        title.line,
        creditor=title.creditor,
        document=title.document,
        amount=title.amount,
        due_date=title.due_date,
        fine=title.fine,
        interest=title.interest,
    )


CONTROL: BankControl[Cora] = BankControl(
    slug=SLUG,
    state_of=cora_of,
    orders=ORDERS,
    receiving=RECEIVING,
    open_account=_open_account,
    write_entries=_write_entries,
    entry_kinds=("TRANSFER", "PAYMENT", "PIX", "FEE"),
    clients=CLIENTS,
    new_line=boletos.new_line,
    register_title=_register_title,
)


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
        held = CONTROL.account(cora, text(body, "cnpj"))
        grant_id = tokens.new_grant(cora, client_id, held.id, None, scopes)
        values = tokens.new_tokens(cora, client_id, grant_id)
    return JSONResponse({"grant_id": grant_id, **values}, 201)


async def grants(request: Request) -> Response:
    rows = cora_of(request).store.rows("SELECT * FROM cora_grant ORDER BY id")
    return JSONResponse([dict(row) for row in rows])


async def end_grant(request: Request) -> Response:
    end_grants(cora_of(request), [request.path_params["id"]])
    return await grants(request)


ROUTES = [
    *routes(CONTROL),
    Route("/partners", create_partner, methods=["POST"]),
    Route("/grants", create_grant, methods=["POST"]),
    Route("/grants", grants),
    Route("/grants/{id:int}", end_grant, methods=["DELETE"]),
]

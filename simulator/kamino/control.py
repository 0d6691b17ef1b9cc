"""The Conta Kamino's part of the control API, under /_sim/api/kamino."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core.bank_control.bank import BankControl, Body, NewTitle
from simulator.core.bank_control.routes import routes
from simulator.core.control import read_body
from simulator.core.given import text, whole
from simulator.core.ledger import NewEntry, set_balance
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import accounts, moving, titles, tokens
from simulator.kamino.app import ORDERS, RECEIVING
from simulator.kamino.bank import SLUG, Kamino, kamino_of
from simulator.kamino.moving import Move
from simulator.kamino.seed import PARTNER_ID


def _open_account(bank: Kamino, cnpj: str, body: Body) -> None:
    """Of the `partner`, without the API."""
    name, partner = str(body.get("name") or "Empresa de Teste LTDA"), body.get("partner")
    account_id = accounts.new_account(bank, cnpj, name, str(partner or PARTNER_ID), None)
    set_balance(bank.store, account_id, whole(body, "balance", 0))


def _write_entries(
    bank: Kamino, account_id: int, entries: Sequence[tuple[NewEntry, Body]]
) -> list[str]:
    return moving.move(bank, account_id, [Move(entry) for entry, _ in entries])


def _register_title(bank: Kamino, title: NewTitle) -> Row:
    party = title.creditor, title.document
    return titles.register(bank, title.line, *party, title.amount, title.due_date)


def _more_of_account(bank: Kamino, held: Account) -> Body:
    opened = bank.opened(held.id)
    return {"account_id": opened["id"], "status": opened["status"]}


CONTROL: BankControl[Kamino] = BankControl(
    slug=SLUG,
    state_of=kamino_of,
    orders=ORDERS,
    receiving=RECEIVING,
    open_account=_open_account,
    write_entries=_write_entries,
    entry_kinds=(moving.TED, moving.PIX, moving.BOLETO, moving.FEE, moving.OTHER),
    clients=(RECEIVING.payer,),
    new_line=titles.new_line,
    register_title=_register_title,
    more_of_account=_more_of_account,
    orders_path="/payments",
)


async def change_account(request: Request) -> Response:
    """`status` (active, blocked, closed), `balance`."""
    bank, body = kamino_of(request), await read_body(request)
    held = CONTROL.account(bank, request.path_params["cnpj"])
    with bank.store.write():
        if "status" in body:
            bank.store.run(
                "UPDATE kamino_account SET status = ? WHERE account_id = ?",
                *(text(body, "status"), held.id),
            )
        if "balance" in body:
            set_balance(bank.store, held.id, whole(body, "balance"))
    return JSONResponse(CONTROL.account_json(bank, held.cnpj))


async def create_credentials(request: Request) -> Response:
    """A new client of the account."""
    bank = kamino_of(request)
    held = CONTROL.account(bank, request.path_params["cnpj"])
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


ROUTES = [
    *routes(CONTROL),
    Route("/accounts/{cnpj}", change_account, methods=["PATCH"]),
    Route("/accounts/{cnpj}/credentials", create_credentials, methods=["POST"]),
    Route("/clients", clients),
    Route("/clients/{id}", end_client, methods=["DELETE"]),
]

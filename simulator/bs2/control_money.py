"""BS2's control API: boletos and Pix charges that somebody pays, Pix keys."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.bs2.answers import to_json
from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.banks import BANKS, Place, place_of
from simulator.bs2.boletos import life as boletos
from simulator.bs2.boletos.wire import detail_wire
from simulator.bs2.control import CONTROL
from simulator.bs2.movements import PIX
from simulator.bs2.people.app import receive
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix.keys import TYPES, is_key, party_wire, register_key
from simulator.bs2.seed import CLIENTS
from simulator.core.control import ControlError, read_body
from simulator.core.given import document, text, whole
from simulator.core.receiving import Credit
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback


async def pay_pix_charge(request: Request) -> Response:
    """A client pays the charge `txid` of the account by Pix: `amount`."""
    bs2, body = bs2_of(request), await read_body(request)
    held = CONTROL.account(bs2, request.path_params["cnpj"])
    charge = pix_charges.charge_by(bs2, "txid", request.path_params["txid"])
    if charge is None or charge["account_id"] != held.id:
        raise ControlError("Não há esta cobrança Pix.")
    credit = Credit(PIX, whole(body, "amount"), *CLIENTS[0])
    return JSONResponse({"id": receive(bs2, held, credit, charge)}, 201)


async def boleto_list(request: Request) -> Response:
    """Oldest first, by id, seu_numero or cnpj; as the API details them."""
    bs2, query = bs2_of(request), request.query_params
    rows = bs2.store.rows("SELECT * FROM bs2_boleto ORDER BY nosso_numero")
    if "cnpj" in query:
        rows = [row for row in rows if row["account_id"] == CONTROL.account(bs2, query["cnpj"]).id]
    for name in ("id", "seu_numero"):
        if name in query:
            rows = [row for row in rows if row[name] == query[name]]
    return _json([detail_wire(bs2, row) for row in rows])


async def pay_boleto(request: Request) -> Response:
    """Somebody pays it at `bank`; `amount` is what it costs today unless given. By id, nosso
    número or line. With `again` one that has ended: its money comes now."""
    bs2, body = bs2_of(request), await read_body(request)
    boleto = _boleto(bs2, request)
    amount = whole(body, "amount", boletos.amount_due(boleto, bs2.clock.today()))
    try:
        pay = boletos.pay_again if body.get("again") is True else boletos.see_payment
        pay(bs2, boleto, amount, str(body.get("bank", "341")))
    except boletos.NotPayable as error:
        raise ControlError(str(error)) from None
    return _json(detail_wire(bs2, _boleto(bs2, request)))


async def settle_boleto(request: Request) -> Response:
    """The money of a boleto that was paid comes in now, without waiting for the morning."""
    bs2, boleto = bs2_of(request), _boleto(bs2_of(request), request)
    if boleto["settles_at"] is None:
        raise ControlError("Este boleto não está esperando a liquidação.")
    boletos.settle(bs2, boleto, bs2.clock.now())
    return _json(detail_wire(bs2, _boleto(bs2, request)))


async def boleto_webhook(request: Request) -> Response:
    """The bank activates the address for boleto notifications; without `url` it takes it out."""
    bs2, body = bs2_of(request), await read_body(request)
    held = CONTROL.account(bs2, text(body, "cnpj"))
    bs2.store.run("DELETE FROM bs2_boleto_webhook WHERE account_id = ?", held.id)
    if body.get("url"):
        if not is_loopback(text(body, "url")):
            raise ControlError("O endereço deve ser http e deste computador.")
        bs2.store.run("INSERT INTO bs2_boleto_webhook VALUES (?, ?)", held.id, body["url"])
    return JSONResponse({"url": body.get("url")})


async def create_key(request: Request) -> Response:
    """A Pix key of somebody, or with `exists` false one that does not exist."""
    bs2, body = bs2_of(request), await read_body(request)
    kind, value = text(body, "type"), text(body, "value")
    if kind not in TYPES or not is_key(kind, value):
        raise ControlError("A chave Pix não é válida.")
    receiver = None
    if body.get("exists", True) is True:
        owner = document(body, "document")
        bank = str(body.get("bank", place_of(owner).bank))
        if bank not in BANKS:
            raise ControlError("O banco não é conhecido.")
        place = place_of(owner)._replace(bank=bank)
        if "branch" in body and "account" in body:
            place = Place(bank, text(body, "branch"), text(body, "account"))
        receiver = party_wire(place, text(body, "name"), owner)
    register_key(bs2, kind, value, account_id=None, receiver=receiver)
    return JSONResponse({"type": kind, "value": value, "receiver": receiver}, 201)


def _boleto(bs2: Bs2, request: Request) -> Row:
    given = request.path_params["id"]
    for column in ("id", "nosso_numero", "line"):
        if (row := boletos.boleto_by(bs2, column, given)) is not None:
            return row
    raise ControlError("Não há este boleto.")


def _json(value: Any) -> Response:
    """Amounts as the API writes them."""
    return Response(to_json(value), media_type="application/json")


ROUTES = [
    Route("/accounts/{cnpj}/pix-charges/{txid}/pay", pay_pix_charge, methods=["POST"]),
    Route("/boletos", boleto_list),
    Route("/boletos/{id}/pay", pay_boleto, methods=["POST"]),
    Route("/boletos/{id}/settle", settle_boleto, methods=["POST"]),
    Route("/boleto-webhook", boleto_webhook, methods=["POST"]),
    Route("/keys", create_key, methods=["POST"]),
]

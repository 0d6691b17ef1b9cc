"""BS2's control API: money in, movements in bulk, boletos that somebody pays, Pix keys."""

# ruff: noqa: S311 - plausible data, no secret
import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.bs2 import movements
from simulator.bs2.answers import to_json
from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.banks import BANKS, Place, place_of
from simulator.bs2.boletos import life as boletos
from simulator.bs2.boletos.wire import detail_wire
from simulator.bs2.control import account, day, document, text, whole
from simulator.bs2.movements import Details, keep_details
from simulator.bs2.moving import Move, move
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix import receipts as pix_receipts
from simulator.bs2.pix.keys import TYPES, is_key, party_wire, register_key
from simulator.bs2.seed import CLIENTS, Party
from simulator.core.clock import SAO_PAULO, at_sao_paulo
from simulator.core.control import ControlError, read_body
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries, set_balance
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback

_WAYS_IN = (movements.PIX, movements.PIX_INTERNAL, movements.TED, movements.TEF)


async def create_credit(request: Request) -> Response:
    """Money comes in now, by `kind`; a Pix may be of a charge, by its `txid`."""
    bs2, body = bs2_of(request), await read_body(request)
    held, kind = account(bs2, request.path_params["cnpj"]), str(body.get("kind", movements.PIX))
    amount, charge = whole(body, "amount"), None
    if amount <= 0 or kind not in _WAYS_IN:
        raise ControlError(f"O valor deve ser positivo e o meio um de {', '.join(_WAYS_IN)}.")
    if "txid" in body:
        charge = pix_charges.charge_by(bs2, "txid", body["txid"])
        if charge is None or charge["account_id"] != held.id:
            raise ControlError("Não há esta cobrança Pix.")
    who = Party(
        str(body.get("name", CLIENTS[0].name)), str(body.get("document", CLIENTS[0].document))
    )
    words = str(body.get("description", ""))
    return JSONResponse({"id": receive(bs2, held, amount, who, kind, words, charge)}, 201)


def receive(
    bs2: Bs2,
    held: Account,
    amount: int,
    who: Party,
    kind: str,
    words: str = "",
    charge: Row | None = None,
) -> str:
    """Credit money from somebody, now. The entry's id."""
    if kind in (movements.TED, movements.TEF):
        label = words or ("TED recebida" if kind == movements.TED else "Transferência recebida")
        entry = NewEntry(bs2.clock.now(), CREDIT, kind, amount, label, who.name, who.document)
        return move(bs2, held.id, [Move(entry, Details(place=place_of(who.document)))])[0]
    return pix_receipts.receive(
        bs2,
        held,
        amount,
        name=who.name,
        document=who.document,
        internal=kind == movements.PIX_INTERNAL,
        charge=charge,
        free_text=words or None,
    )


async def create_entries(request: Request) -> Response:
    """Write `entries`, or make up as many as `generate` says; `balance` is what is held after."""
    bs2, body = bs2_of(request), await read_body(request)
    held = account(bs2, request.path_params["cnpj"])
    if "generate" in body:
        moves = [Move(entry) for entry in _invent(body["generate"])]
    else:
        moves = [_entry(given) for given in body.get("entries", [])]
    with bs2.store.write():
        ids = add_entries(bs2.store, held.id, [each.entry for each in moves])
        for entry_id, each in zip(ids, moves, strict=True):
            if each.details != Details():
                keep_details(bs2, entry_id, each.details)
        if "balance" in body:
            set_balance(bs2.store, held.id, whole(body, "balance"))
    balance = account(bs2, held.cnpj).balance
    return JSONResponse({"count": len(ids), "ids": ids[:1000], "balance": balance}, 201)


async def boleto_list(request: Request) -> Response:
    """Oldest first, by id, seu_numero or cnpj; as the API details them."""
    bs2, query = bs2_of(request), request.query_params
    rows = bs2.store.rows("SELECT * FROM bs2_boleto ORDER BY nosso_numero")
    if "cnpj" in query:
        rows = [row for row in rows if row["account_id"] == account(bs2, query["cnpj"]).id]
    for name in ("id", "seu_numero"):
        if name in query:
            rows = [row for row in rows if row[name] == query[name]]
    return _json([detail_wire(bs2, row) for row in rows])


async def pay_boleto(request: Request) -> Response:
    """Somebody pays it at `bank`; `amount` is what it costs today unless given. By id, nosso
    número or line."""
    bs2, body = bs2_of(request), await read_body(request)
    boleto = _boleto(bs2, request)
    amount = whole(body, "amount", boletos.amount_due(boleto, bs2.clock.today()))
    try:
        boletos.see_payment(bs2, boleto, amount, str(body.get("bank", "341")))
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
    held = account(bs2, text(body, "cnpj"))
    bs2.store.run("DELETE FROM bs2_boleto_webhook WHERE account_id = ?", held.id)
    if body.get("url"):
        if not is_loopback(text(body, "url")):
            raise ControlError("O endereço deve ser http e deste computador.")
        bs2.store.run("INSERT INTO bs2_boleto_webhook VALUES (?, ?)", held.id, body["url"])
    return JSONResponse({"url": body.get("url")})


async def create_key(request: Request) -> Response:
    """A Pix key of somebody, or with `exists` false one that nobody has."""
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


def _entry(given: dict[str, Any]) -> Move:
    """`type` CREDIT or DEBIT, `kind`, `amount`, `day` or `at`; `name`, `document`, `description`,
    `end_to_end`, and `bank`, `branch` and `account` of the other side."""
    direction, amount = given.get("type"), whole(given, "amount")
    if direction not in (CREDIT, DEBIT) or amount <= 0:
        raise ControlError("Lançamento com type ou amount inválido.")
    name, party_document = given.get("name"), given.get("document")
    kind, label = str(given.get("kind", "PIX")), str(given.get("description", "Lançamento"))
    entry = NewEntry(_instant(given), direction, kind, amount, label, name, party_document)
    place = None
    if "bank" in given:
        place = Place(text(given, "bank"), text(given, "branch"), text(given, "account"))
    return Move(entry, Details(given.get("end_to_end"), place))


def _instant(given: dict[str, Any]) -> datetime:
    """`at` (ISO 8601; without offset, São Paulo), or noon of `day`."""
    if (of_day := day(given, "day")) is not None:
        return at_sao_paulo(of_day, time(12))
    try:
        instant = datetime.fromisoformat(text(given, "at"))
    except ValueError:
        raise ControlError("Lançamento com data inválida.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=SAO_PAULO)


def _invent(wanted: dict[str, Any]) -> Iterator[NewEntry]:
    """`count` movements spread evenly over since..until, both included; two in, one out."""
    count, since, until = whole(wanted, "count"), day(wanted, "since"), day(wanted, "until")
    if since is None or until is None or since > until or count < 0:
        raise ControlError("Informe count, since e until (AAAA-MM-DD).")
    seed, start = random.Random(whole(wanted, "seed", 1)), at_sao_paulo(since, time())
    step = timedelta(days=(until - since).days + 1) / max(count, 1)
    for number in range(count):
        direction, label = (DEBIT, "Pix enviado") if number % 3 == 2 else (CREDIT, "Pix recebido")
        who = CLIENTS[number % len(CLIENTS)]
        amount = seed.randrange(100, 500_000)
        yield NewEntry(start + step * number, direction, movements.PIX, amount, label, *who)


def _json(value: Any) -> Response:
    """Amounts as the API writes them."""
    return Response(to_json(value), media_type="application/json")


ROUTES = [
    Route("/accounts/{cnpj}/credit", create_credit, methods=["POST"]),
    Route("/accounts/{cnpj}/entries", create_entries, methods=["POST"]),
    Route("/boletos", boleto_list),
    Route("/boletos/{id}/pay", pay_boleto, methods=["POST"]),
    Route("/boletos/{id}/settle", settle_boleto, methods=["POST"]),
    Route("/boleto-webhook", boleto_webhook, methods=["POST"]),
    Route("/keys", create_key, methods=["POST"]),
]

"""Movements of an account, few or very many, and money that comes in."""

# ruff: noqa: S311 - plausible data, no secret
import random
from collections.abc import Iterator, Sequence
from datetime import time, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.core.bank_control.bank import BankControl, Body
from simulator.core.clock import at_sao_paulo
from simulator.core.control import ControlError, read_body
from simulator.core.given import day, instant, whole
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, set_balance
from simulator.core.orders import B
from simulator.core.receiving import Credit
from simulator.core.told import Told, tell


async def create_entries(control: BankControl[B], request: Request) -> Response:
    """Write `entries`, or make up as many as `generate` says; `balance` is what is held after.

    What an entry has of `odd`, `lacks` and `hidden` says how the bank tells it."""
    bank, body = control.state_of(request), await read_body(request)
    held = control.account(bank, request.path_params["cnpj"])
    entries: list[tuple[NewEntry, Body]]
    if "generate" in body:
        entries = [(entry, {}) for entry in _invent(body["generate"], control.clients)]
    else:
        entries = [(_entry(given, control.entry_kinds), given) for given in body.get("entries", [])]
    with bank.store.write():
        ids = control.write_entries(bank, held.id, entries)
        for entry_id, (_, given) in zip(ids, entries, strict=True):
            if (told := _told(given)) != Told():
                tell(bank.store, entry_id, told)
        if "balance" in body:
            set_balance(bank.store, held.id, whole(body, "balance"))
    changed = control.account_json(bank, held.cnpj)
    return JSONResponse({"count": len(ids), "ids": ids[:1000], "account": changed}, 201)


async def tell_entry(control: BankControl[B], request: Request) -> Response:
    """How the bank tells an entry from now on: `odd`, `lacks`, `hidden`; nothing: as it is."""
    bank, body = control.state_of(request), await read_body(request)
    tell(bank.store, request.path_params["id"], _told(body))
    return JSONResponse({"id": request.path_params["id"]})


async def create_credit(control: BankControl[B], request: Request) -> Response:
    """Money comes in, now."""
    bank, body = control.state_of(request), await read_body(request)
    held, receiving = control.account(bank, request.path_params["cnpj"]), control.receiving
    kinds, (name, document) = receiving.all_kinds, receiving.payer
    credit = Credit(
        kind=str(body.get("kind", kinds[0])),
        amount=whole(body, "amount"),
        name=str(body.get("name", name)),
        document=str(body.get("document", document)),
        description=str(body.get("description", "")),
    )
    if credit.amount <= 0 or credit.kind not in kinds:
        raise ControlError(f"O valor deve ser positivo e o meio um de {', '.join(kinds)}.")
    return JSONResponse({"id": receiving.receive(bank, held, credit)}, 201)


def _entry(given: Body, kinds: tuple[str, ...]) -> NewEntry:
    direction, kind, amount = given.get("type"), given.get("kind", "PIX"), whole(given, "amount")
    if direction not in (CREDIT, DEBIT) or kind not in kinds or amount < 0:
        raise ControlError("Lançamento com type, kind ou amount inválido.")
    label = str(given.get("description", "Lançamento"))
    party = given.get("name"), given.get("document")
    return NewEntry(instant(given), direction, kind, amount, label, *party)


def _told(given: Body) -> Told:
    told = Told(given.get("odd", {}), given.get("lacks", []), given.get("hidden", False))
    is_right = isinstance(told.odd, dict) and isinstance(told.lacks, list)
    if not is_right or not isinstance(told.hidden, bool):
        raise ControlError("odd é um objeto, lacks uma lista e hidden um booleano.")
    return told


def _invent(wanted: Body, clients: Sequence[tuple[str, str]]) -> Iterator[NewEntry]:
    """`count` movements spread evenly over since..until, both included; two in, one out."""
    count, since, until = whole(wanted, "count"), day(wanted, "since"), day(wanted, "until")
    if since is None or until is None or since > until or count < 0:
        raise ControlError("Informe count, since e until (AAAA-MM-DD).")
    seed, start = random.Random(whole(wanted, "seed", 1)), at_sao_paulo(since, time())
    step = timedelta(days=(until - since).days + 1) / max(count, 1)
    for number in range(count):
        direction, label = (DEBIT, "Pix enviado") if number % 3 == 2 else (CREDIT, "Pix recebido")
        amount, client = seed.randrange(100, 500_000), clients[number % len(clients)]
        yield NewEntry(start + step * number, direction, "PIX", amount, label, *client)

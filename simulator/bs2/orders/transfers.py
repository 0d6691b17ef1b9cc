"""Transfers: TED to other banks, TEF inside (devs.bs2.com/docs/transfer-ca).

What the bank refuses is a 2xx with `aprovado: false`; only a body that cannot be read is a 400.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.bank import BANK_CODE
from simulator.bs2.banks import BANKS, Place
from simulator.bs2.movements import local_time
from simulator.bs2.orders import book as orders
from simulator.bs2.orders.answers import accepted, order_of, read_moment, refused, status_wire
from simulator.bs2.pix.keys import account_at
from simulator.bs2.reading import BAD_FORMAT, EMPTY, cents, child, digits, document, text
from simulator.core.clock import SAO_PAULO, from_micros, next_banking_day
from simulator.core.people import Account

_CLOSES_AT = time(17)
_TAG = "Favorecido"
_ACCOUNT_TAG = "Favorecido.ContaDestino"
_SAME_HOLDER, _OTHER_HOLDER = 110, 10


class _Refusal(Exception):
    """The bank does not take it. The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class _Transfer:
    name: str
    document: str
    place: Place
    bank_name: str
    account_type: str | int
    amount: int
    at: datetime | None
    same_holder: bool | None


async def send(request: Request) -> Response:
    caller, body = caller_with(request, "transferencia"), await read_object(request)
    transfer = _read(body)
    try:
        scheduled = _check(caller, transfer)
    except _Refusal as refusal:
        return refused(caller, orders.TRANSFER, str(refusal))
    order = orders.NewOrder(
        id=str(uuid.uuid4()),
        rail=orders.TRANSFER,
        api_key=caller.api_key,
        amount=transfer.amount,
        name=transfer.name,
        document=transfer.document,
        scheduled=scheduled,
        wire={"place": list(transfer.place), "account_type": transfer.account_type},
    )
    orders.start(caller.bs2, caller.account, order)
    return done(request, accepted(order.id), caller.bs2.settings.send_status)


async def data(request: Request) -> Response:
    caller = caller_with(request, "transferencia")
    order = order_of(caller, request, orders.TRANSFER)
    place = Place(*orders.wire_of(order)["place"])
    same = order["document"] == caller.account.cnpj
    return answer(
        {
            "id": order["id"],
            "contaOrigem": f"{caller.account.number}{caller.account.digit}",
            "valor": reais(order["amount"]),
            "codigoFinalidade": _SAME_HOLDER if same else _OTHER_HOLDER,
            "dataTransacao": local_time(from_micros(order["created_at"])),
            "favorecido": {
                "nome": order["name"],
                "documento": order["document"],
                "contaDestino": {
                    "agencia": place.branch,
                    "numero": place.account,
                    "banco": {"codigo": int(place.bank), "nome": place.bank_name},
                    "tipoConta": orders.wire_of(order)["account_type"],
                },
            },
        }
    )


async def status(request: Request) -> Response:
    caller = caller_with(request, "transferencia")
    return answer(status_wire(caller, request, orders.TRANSFER))


def _read(body: dict[str, Any]) -> _Transfer:
    payee = child(body, "favorecido", _TAG)
    account = child(payee, "contaDestino", _ACCOUNT_TAG)
    bank = child(account, "banco", f"{_ACCOUNT_TAG}.Banco")
    kind = account.get("tipoConta")
    if kind is None or kind == "":
        raise invalid(f"{_ACCOUNT_TAG}.TipoConta", EMPTY)
    if not isinstance(kind, str | int) or isinstance(kind, bool):
        raise invalid(f"{_ACCOUNT_TAG}.TipoConta", BAD_FORMAT)
    same_holder = body.get("mesmaTitularidade")
    if same_holder not in (None, True, False):
        raise invalid("MesmaTitularidade", BAD_FORMAT)
    return _Transfer(
        name=text(payee, "nome", f"{_TAG}.Nome", most=60),
        document=document(payee, "documento", f"{_TAG}.Documento"),
        place=Place(
            digits(bank, "codigo", f"{_ACCOUNT_TAG}.Banco.Codigo", most=3).zfill(3),
            digits(account, "agencia", f"{_ACCOUNT_TAG}.Agencia", most=5),
            digits(account, "numero", f"{_ACCOUNT_TAG}.Numero", most=20),
        ),
        bank_name=text(bank, "nome", f"{_ACCOUNT_TAG}.Banco.Nome"),
        account_type=kind,
        amount=cents(body, "valor", "Valor"),
        at=read_moment(body, "efetuarEm", "EfetuarEm"),
        same_holder=same_holder,
    )


def _check(caller: Caller, transfer: _Transfer) -> date | None:
    """The day it is to go on; None: at once."""
    bs2, account = caller.bs2, caller.account
    is_internal = transfer.place.bank == BANK_CODE
    if transfer.place.bank not in BANKS:
        raise _Refusal("O banco do favorecido não foi encontrado.")
    if is_internal:
        _check_internal(caller, transfer)
    is_own = transfer.document == account.cnpj
    if transfer.same_holder not in (None, is_own):
        raise _Refusal("A titularidade informada não confere com o documento do favorecido.")
    fee = 0 if is_internal else bs2.settings.ted_fee_cents
    _check_balance(caller, transfer.amount + fee)
    return _day(caller, transfer.at, is_internal=is_internal)


def _check_internal(caller: Caller, transfer: _Transfer) -> None:
    found = account_at(caller.bs2, transfer.place.branch, transfer.place.account)
    if found is None or found.cnpj != transfer.document:
        raise _Refusal("A conta do favorecido não foi encontrada.")
    if found.id == caller.account.id:
        raise _Refusal("A conta de destino é a própria conta de origem.")


def _check_balance(caller: Caller, amount: int) -> None:
    settings = caller.bs2.settings
    if settings.refuses_without_balance and amount > available(
        caller.account, settings.blocked_cents
    ):
        raise _Refusal("Saldo insuficiente.")


def available(account: Account, blocked: int) -> int:
    return account.balance - blocked


def _day(caller: Caller, at: datetime | None, *, is_internal: bool) -> date | None:
    """TED goes on banking days inside its hours; what comes later goes on the next such day."""
    settings, now = caller.bs2.settings, caller.bs2.clock.now().astimezone(SAO_PAULO)
    today = now.date()
    wanted = at.astimezone(SAO_PAULO).date() if at else today
    if wanted < today:
        raise _Refusal("A data para efetuar a transferência já passou.")
    if is_internal:
        return wanted if wanted > today else None
    day = next_banking_day(wanted)
    if day > today:
        is_late = wanted == today
    else:
        is_late = now.time() >= _CLOSES_AT
        day = next_banking_day(today + timedelta(days=1)) if is_late else today
    if is_late and settings.after_hours == "refuse":
        raise _Refusal("Fora do horário de funcionamento da TED.")
    return day if day > today else None

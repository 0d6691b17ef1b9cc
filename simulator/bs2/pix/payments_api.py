"""Pix clientes, money out (devs.bs2.com/manual/pix-clientes, /docs/payment-pix)."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.banks import BY_ISPB, Place
from simulator.bs2.orders import book as orders
from simulator.bs2.pix import payments as pix_payments
from simulator.bs2.pix.codes import BadCode, read_code
from simulator.bs2.pix.keys import (
    EVP,
    holder_wire,
    is_key,
    masked,
    party_wire,
    receiver_of,
    shown_party,
)
from simulator.bs2.pix.payments import BY_ACCOUNT, BY_CODE, BY_KEY, NewPix
from simulator.bs2.reading import (
    BAD_FORMAT,
    EMPTY,
    cents,
    child,
    digits,
    document,
    optional_text,
    query_day,
    text,
)
from simulator.bs2.settings import PIX_WORDS
from simulator.core.clock import SAO_PAULO, from_micros, sao_paulo_day
from simulator.core.store import Row

_KEY_TAG = "SolicitacaoPagamento.Chave"
_NO_ID = "00000000-0000-0000-0000-000000000000"
_CONFIRM_TAG = "bs2-pix-confirmacao"
_ACCOUNT_TYPES = ("ContaCorrente", "ContaSalario", "Poupanca", "ContaPagamento")


async def start_by_key(request: Request) -> Response:
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    key = read_key(caller, child(body, "chave", _KEY_TAG), _KEY_TAG)
    receiver = receiver_of(caller.bs2, key["tipo"], key["valor"])
    if receiver is None:
        raise invalid(f"{_KEY_TAG}.Valor", "Chave não encontrada.")
    return _started(request, caller, NewPix(BY_KEY, receiver, key))


async def start_by_account(request: Request) -> Response:
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    receiver = _read_receiver(child(body, "recebedor", "Recebedor"))
    return _started(request, caller, NewPix(BY_ACCOUNT, receiver))


async def start_by_code(request: Request) -> Response:
    """The body is not documented: the text of the code comes in `qrCode`."""
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    code = text(body, "qrCode", "QrCode", most=1000)
    try:
        found = read_code(caller.bs2, code)
    except BadCode as error:
        raise invalid("QrCode", str(error)) from None
    if found.payer not in ("", caller.account.cnpj):
        raise invalid("QrCode", "A cobrança só pode ser paga pelo devedor.")
    new = NewPix(BY_CODE, found.receiver, None, code, found.amount, found.charge_id)
    return _started(request, caller, new)


async def confirm(request: Request) -> Response:
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    pix = _own(caller, request)
    receiver = child(body, "recebedor", "Recebedor")
    given = child(receiver, "pessoa", "Recebedor.Pessoa").get("documento")
    kept = json.loads(pix["receiver"])["pessoa"]["documento"]
    if given not in (kept, masked(kept)):
        raise invalid(_CONFIRM_TAG, "O recebedor não é o do pagamento iniciado.")
    if body.get("valor") is None and pix["amount"] is not None:
        amount = pix["amount"]
    else:
        amount = cents(body, "valor", "Valor")
    if pix["amount"] not in (None, amount) and not pix["confirmed"]:
        raise invalid("Valor", "O valor não é o da cobrança.")
    free_text = optional_text(body, "campoLivre", "CampoLivre", most=140)
    try:
        pix_payments.confirm(caller.bs2, pix, amount, caller.api_key, free_text)
    except pix_payments.NotConfirmable as error:
        words = f"Pagamento não está disponível para confirmação. Status atual: {error}"
        raise invalid(_CONFIRM_TAG, words) from None
    return done(request, None, 202)


async def listing(request: Request) -> Response:
    caller = caller_with(request, "pix.read")
    bs2, query = caller.bs2, request.query_params
    since, until = query_day(request, "Inicio"), query_day(request, "Fim")
    for name, day in (("Inicio", since), ("Fim", until)):
        if day is None:
            raise invalid(name, EMPTY)
    assert since is not None and until is not None
    rows = bs2.store.rows(
        "SELECT * FROM bs2_pix WHERE account_id = ? ORDER BY created_at DESC", caller.account.id
    )
    items = [
        _item(caller, row)
        for row in rows
        if since <= sao_paulo_day(from_micros(row["created_at"])) <= until
        and query.get("Tipo", row["kind"]) == row["kind"]
    ]
    wanted = query.get("Status")
    return answer({"itens": [i for i in items if wanted in (None, i["status"])]})


async def detail(request: Request) -> Response:
    caller = caller_with(request, "pix.read")
    return answer(_detail(caller, _own(caller, request)))


def read_key(caller: Caller, given: dict[str, Any], tag: str) -> dict[str, Any]:
    kind, value = text(given, "tipo", f"{tag}.Tipo"), text(given, "valor", f"{tag}.Valor")
    if kind == "CHAVE_ALEATORIA" and caller.bs2.settings.pix_takes_chave_aleatoria:
        kind = EVP
    if kind not in ("CPF", "CNPJ", "EMAIL", "PHONE", "EVP"):
        raise invalid(f"{tag}.Tipo", BAD_FORMAT)
    if not is_key(kind, value):
        raise invalid(f"{tag}.Valor", BAD_FORMAT)
    return {"valor": value, "tipo": kind}


def _read_receiver(given: dict[str, Any]) -> dict[str, Any]:
    ispb = digits(given, "ispb", "Recebedor.Ispb", most=8)
    if ispb not in BY_ISPB:
        raise invalid("Recebedor.Ispb", "Participante não encontrado.")
    account = child(given, "conta", "Recebedor.Conta")
    person = child(given, "pessoa", "Recebedor.Pessoa")
    kind = text(account, "tipo", "Recebedor.Conta.Tipo")
    if kind not in _ACCOUNT_TYPES:
        raise invalid("Recebedor.Conta.Tipo", BAD_FORMAT)
    place = Place(
        BY_ISPB[ispb],
        digits(account, "agencia", "Recebedor.Conta.Agencia", most=4),
        digits(account, "numero", "Recebedor.Conta.Numero", most=20),
    )
    return party_wire(
        place,
        text(person, "nome", "Recebedor.Pessoa.Nome", most=120),
        document(person, "documento", "Recebedor.Pessoa.Documento"),
        kind,
        optional_text(person, "nomeFantasia", "Recebedor.Pessoa.NomeFantasia"),
    )


def _started(request: Request, caller: Caller, new: NewPix) -> Response:
    pix = pix_payments.start(caller.bs2, caller.account, new)
    value = {
        "pagamentoId": pix["id"],
        "endToEndId": pix["end_to_end"],
        "recebedor": shown_party(caller.bs2, new.receiver),
        "pagador": shown_party(caller.bs2, holder_wire(caller.account)),
    }
    return done(request, value if new.amount is None else {**value, "valor": reais(new.amount)})


def _own(caller: Caller, request: Request) -> Row:
    pix = pix_payments.pix_by_id(caller.bs2, request.path_params["id"].lower())
    if pix is None or pix["account_id"] != caller.account.id:
        raise invalid("PagamentoId", "Pagamento não encontrado.", 404)
    return pix


def _item(caller: Caller, pix: Row) -> dict[str, Any]:
    created = from_micros(pix["created_at"]).astimezone(SAO_PAULO)
    return {
        "pagamentoId": pix["id"],
        "endToEndId": pix["end_to_end"],
        "dataHoraCriacao": created.isoformat(timespec="milliseconds"),
        "pagador": shown_party(caller.bs2, holder_wire(caller.account)),
        "recebedor": shown_party(caller.bs2, json.loads(pix["receiver"])),
        "informacoesEntreUsuarios": pix["free_text"],
        "status": _status(caller, pix),
        "valor": _amount(pix),
    }


def _detail(caller: Caller, pix: Row) -> dict[str, Any]:
    """Before it is confirmed a payment has no amount, no calendar and no payer."""
    key = json.loads(pix["key"]) if pix["key"] else None
    created = from_micros(pix["created_at"]).astimezone(SAO_PAULO)
    confirmed = bool(pix["confirmed"])
    amount = _amount(pix) if confirmed else reais(0)
    reason = orders.reason_of(caller.bs2, pix["id"])
    payer = shown_party(caller.bs2, holder_wire(caller.account))
    return {
        "endToEndId": pix["end_to_end"],
        "status": _status(caller, pix),
        "qrCode": pix["code"],
        "cobranca": {
            "id": pix["id"],
            "documento": {"revisao": 0, "versao": 0},
            "calendario": {"criacao": created.isoformat(timespec="milliseconds")}
            if confirmed
            else None,
            "pagador": payer if confirmed else None,
            "valor": {
                **dict.fromkeys(("original", "final"), amount),
                **dict.fromkeys(("juros", "multa", "desconto", "abatimento"), reais(0)),
                "modalidadeAlteracao": None,
                "permiteAlteracao": False,
            },
            "chave": {"id": _NO_ID, "apelido": None, **key} if key else None,
            "solicitacao": pix["free_text"],
            "infoAdicionais": [] if confirmed else None,
        },
        "pagador": _with_account(payer),
        "recebedor": _with_account(shown_party(caller.bs2, json.loads(pix["receiver"]))),
        "erro": {"erroCodigo": "DS27" if reason else None, "erroDescricao": reason or None},
        "valor": _amount(pix),
        "numeroContaPagador": f"{caller.account.number}{caller.account.digit}",
    }


def _with_account(party: dict[str, Any]) -> dict[str, Any]:
    """The detail has a place for the account inside the person too, and nothing there."""
    return {**party, "pessoa": {**party["pessoa"], "conta": None}}


def _status(caller: Caller, pix: Row) -> str:
    return PIX_WORDS[pix_payments.state_of(caller.bs2, pix)]


def _amount(pix: Row) -> Any:
    return None if pix["amount"] is None else reais(pix["amount"])

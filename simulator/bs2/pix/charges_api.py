"""Pix charges, QR codes and keys (devs.bs2.com/docs/qr-code-client). The bodies are our choice."""

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix.charges import DYNAMIC, STATIC, NewCharge
from simulator.bs2.pix.keys import keys_of
from simulator.bs2.reading import (
    BAD_FORMAT,
    cents,
    document,
    optional_child,
    optional_text,
    text,
)
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.store import Row

_DYNAMIC_TXID = re.compile("[a-zA-Z0-9]{26,35}")
_STATIC_TXID = re.compile("[a-zA-Z0-9]{1,25}")
_SHORTEST, _LONGEST = 3600, 604_800  # seconds


async def create_static(request: Request) -> Response:
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    amount = None if body.get("valor") is None else cents(body, "valor", "Valor")
    txid = _txid(caller, body, _STATIC_TXID)
    new = NewCharge(STATIC, _key(caller, body), txid, amount)
    return done(request, _shown(caller, pix_charges.create(caller.bs2, caller.account, new)), 201)


async def create_dynamic(request: Request) -> Response:
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    seconds = body.get("expiracao", 86_400)
    if type(seconds) is not int or not _SHORTEST <= seconds <= _LONGEST:
        raise invalid("Expiracao", f"Deve estar entre {_SHORTEST} e {_LONGEST} segundos.")
    new = NewCharge(
        DYNAMIC,
        _key(caller, body),
        _txid(caller, body, _DYNAMIC_TXID),
        cents(body, "valor", "Valor"),
        seconds,
        _debtor(optional_child(body, "pagador", "Pagador")),
        optional_text(body, "solicitacao", "Solicitacao", most=140),
    )
    return done(request, _shown(caller, pix_charges.create(caller.bs2, caller.account, new)), 201)


async def codes(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    rows = pix_charges.charges_of(caller.bs2, caller.account)
    return answer({"itens": [_shown(caller, row) for row in rows]})


async def remove_code(request: Request) -> Response:
    caller = caller_with(request, "cob.write")
    charge = _own(caller, "id", request.path_params["id"].lower())
    pix_charges.remove(caller.bs2, charge)
    return done(request, None, 204)


async def charges(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    rows = pix_charges.charges_of(caller.bs2, caller.account)
    return answer({"cobs": [_shown(caller, row) for row in rows if row["kind"] == DYNAMIC]})


async def charge(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    return answer(_shown(caller, _own(caller, "txid", request.path_params["txid"])))


async def keys(request: Request) -> Response:
    caller = caller_with(request, "dict.read", "pix.read")
    return answer(list(keys_of(caller.bs2, caller.account)))


def _debtor(given: dict[str, Any]) -> dict[str, Any] | None:
    if not given:
        return None
    return {
        "nome": text(given, "nome", "Pagador.Nome"),
        "documento": document(given, "documento", "Pagador.Documento"),
    }


def _key(caller: Caller, body: dict[str, Any]) -> str:
    value = text(body, "chave", "Chave")
    if value not in [key["valor"] for key in keys_of(caller.bs2, caller.account)]:
        raise invalid("Chave", "A chave não é desta conta.")
    return value


def _txid(caller: Caller, body: dict[str, Any], form: re.Pattern[str]) -> str:
    txid = optional_text(body, "txId", "TxId") or ""
    if txid and not form.fullmatch(txid):
        raise invalid("TxId", BAD_FORMAT)
    row = pix_charges.charge_by(caller.bs2, "txid", txid)
    if row is not None and row["account_id"] == caller.account.id:
        raise invalid("TxId", "Já existe uma cobrança com este txId.")
    return txid


def _own(caller: Caller, column: str, value: str) -> Row:
    row = pix_charges.charge_by(caller.bs2, column, value)
    if row is None or row["account_id"] != caller.account.id:
        status = caller.bs2.settings.unknown_id_status
        raise invalid("TxId", "Cobrança não encontrada.", status)
    return row


def _shown(caller: Caller, row: Row) -> dict[str, Any]:
    created = from_micros(row["created_at"]).astimezone(SAO_PAULO)
    return {
        "id": row["id"],
        "txId": row["txid"],
        "status": pix_charges.status_of(caller.bs2, row),
        "calendario": {
            "criacao": created.isoformat(timespec="milliseconds"),
            "expiracao": row["seconds"],
        },
        "valor": {"original": None if row["amount"] is None else reais(row["amount"])},
        "chave": row["key"],
        "pagador": json.loads(row["debtor"]) if row["debtor"] else None,
        "solicitacao": row["request"],
        "location": row["location"],
        "qrCode": row["code"],
        "endToEndId": row["end_to_end"],
    }

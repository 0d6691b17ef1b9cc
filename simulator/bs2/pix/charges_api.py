"""Pix charges, QR codes and keys (devs.bs2.com/docs/qr-code-client, /docs/collection-pix)."""

import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix.charge_request import (
    DYNAMIC_TXID,
    STATIC_TXID,
    read_due,
    read_dynamic,
    read_static,
)
from simulator.bs2.pix.charges import ACTIVE, DUE, DYNAMIC, REMOVED, NewCharge
from simulator.bs2.pix.keys import keys_of
from simulator.bs2.reading import BAD_FORMAT
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.store import Row


async def create_static(request: Request) -> Response:
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    charge = _create(caller, read_static(body), STATIC_TXID)
    return done(request, _code(caller, charge), 201)


async def create_dynamic(request: Request) -> Response:
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    charge = _create(caller, read_dynamic(body), DYNAMIC_TXID)
    return done(request, _made(caller, charge), 201)


async def create_due(request: Request) -> Response:
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    new = read_due(request.path_params["txid"], body, caller.bs2.clock.today())
    charge = _create(caller, new, DYNAMIC_TXID)
    return done(request, _charge(caller, charge), 201)


async def revise(request: Request) -> Response:
    return await _revise(
        request,
        DYNAMIC,
        lambda caller, txid, body: read_dynamic({**body, "txId": txid, "cobranca": body}),
    )


async def revise_due(request: Request) -> Response:
    return await _revise(
        request, DUE, lambda caller, txid, body: read_due(txid, body, caller.bs2.clock.today())
    )


async def _revise(
    request: Request, kind: str, read: Callable[[Caller, str, dict[str, Any]], NewCharge]
) -> Response:
    """Remove it, or change what is given and leave the rest. Only an active one."""
    caller, body = caller_with(request, "cob.write"), await read_object(request)
    bs2, charge = caller.bs2, _own(caller, "txid", request.path_params["txid"], kind)
    if pix_charges.status_of(bs2, charge) != ACTIVE:
        raise invalid("Status", "A cobrança não está mais ativa.")
    if body.get("status") == REMOVED:
        pix_charges.remove(bs2, charge)
    elif "status" in body:
        raise invalid("Status", f"Use {REMOVED}.")
    else:
        new = read(caller, charge["txid"], _merged(_asked(caller, charge), body))
        _check_key(caller, new.key)
        pix_charges.revise(bs2, charge, new)
    return done(request, _charge(caller, _own(caller, "id", charge["id"])))


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What is said anew, inside objects too, over what was there."""
    whole = dict(old)
    for name, value in new.items():
        held = whole.get(name)
        if isinstance(value, dict) and isinstance(held, dict) and name != "devedor":
            value = _merged(held, value)
        whole[name] = value
    return whole


async def codes(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    rows = pix_charges.charges_of(caller.bs2, caller.account)
    return answer({"itens": [_code(caller, row) for row in rows]})


async def remove_code(request: Request) -> Response:
    caller = caller_with(request, "cob.write")
    charge = _own(caller, "id", request.path_params["id"].lower())
    pix_charges.remove(caller.bs2, charge)
    return done(request, None, 204)


async def charges(request: Request) -> Response:
    return _listed(request, DYNAMIC)


async def due_charges(request: Request) -> Response:
    return _listed(request, DUE)


def _listed(request: Request, kind: str) -> Response:
    caller = caller_with(request, "cob.read")
    rows = pix_charges.charges_of(caller.bs2, caller.account)
    return answer({"cobs": [_charge(caller, row) for row in rows if row["kind"] == kind]})


async def charge(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    return answer(_charge(caller, _own(caller, "txid", request.path_params["txid"])))


async def due_charge(request: Request) -> Response:
    caller = caller_with(request, "cob.read")
    return answer(_charge(caller, _own(caller, "txid", request.path_params["txid"], DUE)))


async def keys(request: Request) -> Response:
    caller = caller_with(request, "dict.read", "pix.read")
    return answer(list(keys_of(caller.bs2, caller.account)))


def _create(caller: Caller, new: NewCharge, form: re.Pattern[str]) -> Row:
    _check_key(caller, new.key)
    if new.txid and not form.fullmatch(new.txid):
        raise invalid("TxId", BAD_FORMAT)
    row = pix_charges.charge_by(caller.bs2, "txid", new.txid)
    if row is not None and row["account_id"] == caller.account.id:
        raise invalid("TxId", "Já existe uma cobrança com este txId.")
    with caller.bs2.store.write():
        return pix_charges.create(caller.bs2, caller.account, new)


def _check_key(caller: Caller, value: str) -> None:
    if value not in [key["valor"] for key in keys_of(caller.bs2, caller.account)]:
        raise invalid("Chave", "A chave não é desta conta.")


def _own(caller: Caller, column: str, value: str, kind: str = "") -> Row:
    row = pix_charges.charge_by(caller.bs2, column, value)
    is_own = row is not None and row["account_id"] == caller.account.id
    if row is None or not is_own or kind not in ("", row["kind"]):
        raise invalid("TxId", "Cobrança não encontrada.", 404)
    return row


def _asked(caller: Caller, row: Row) -> dict[str, Any]:
    """What the charge was asked for with."""
    terms = pix_charges.terms_of(caller.bs2, row)[1]
    calendar: dict[str, Any] = {"expiracao": row["seconds"]}
    value: dict[str, Any] = {"original": reais(row["amount"])}
    if row["kind"] == DUE:
        calendar = {
            "dataDeVencimento": terms["due"],
            "validadeAposVencimento": terms["valid_days"],
        }
        value |= {name: terms[name] for name in ("multa", "juros", "desconto") if terms[name]}
    return {
        "calendario": calendar,
        "devedor": json.loads(row["debtor"]) if row["debtor"] else None,
        "valor": value,
        "chave": row["key"],
        "solicitacaoPagador": row["request"],
        "infoAdicionais": terms.get("notes", []),
        "validaPagador": terms.get("only_debtor", False),
        "aceitaMaisDeUmPagamento": terms.get("many", False),
    }


def _made(caller: Caller, row: Row) -> dict[str, Any]:
    """As a dynamic code is answered when it is made."""
    created = from_micros(row["created_at"]).astimezone(SAO_PAULO)
    calendar = _asked(caller, row)["calendario"]
    return {
        "calendario": {"criacao": created.isoformat(timespec="milliseconds"), **calendar},
        "status": pix_charges.status_of(caller.bs2, row),
        "txId": row["txid"],
        "revisao": pix_charges.terms_of(caller.bs2, row)[0],
        "location": row["location"],
        "qrCode": row["code"],
    }


def _charge(caller: Caller, row: Row) -> dict[str, Any]:
    """A charge when it is looked for: what was answered, and what was asked for."""
    asked = _asked(caller, row) if row["amount"] is not None else {}
    return {**asked, **_made(caller, row), "endToEndId": row["end_to_end"]}


def _code(caller: Caller, row: Row) -> dict[str, Any]:
    """A code in their list, and a static one when it is made. The names are our choice."""
    return {
        "id": row["id"],
        "tipo": row["kind"],
        "txId": row["txid"],
        "status": pix_charges.status_of(caller.bs2, row),
        "chave": row["key"],
        "valor": None if row["amount"] is None else reais(row["amount"]),
        "campoLivre": row["request"],
        "location": row["location"],
        "qrCode": row["code"],
        "endToEndId": row["end_to_end"],
    }

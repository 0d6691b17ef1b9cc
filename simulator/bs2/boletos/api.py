"""Cobrança: issue, detail, PDF and write-off (devs.bs2.com/manual/cobranca)."""

import json
import uuid
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import Refused, answer, done, invalid, read_object
from simulator.bs2.auth import LEGACY_SCOPE, Caller, caller_with
from simulator.bs2.bank import BANK_CODE, BANK_NAME
from simulator.bs2.boletos import life as boletos
from simulator.bs2.boletos.life import NewBoleto
from simulator.bs2.boletos.request import read_boleto
from simulator.bs2.boletos.wire import detail_wire, issue_wire
from simulator.bs2.reading import EMPTY, optional_text
from simulator.core.boleto_pdf import Sheet, boleto_pdf
from simulator.core.store import Row

_SCOPES = ("boleto", LEGACY_SCOPE)


async def issue_v1(request: Request) -> Response:
    return await _issue(request, with_beneficiary=False)


async def issue_v2(request: Request) -> Response:
    return await _issue(request, with_beneficiary=True)


async def detail(request: Request) -> Response:
    caller = caller_with(request, *_SCOPES)
    boleto = _own(caller, request)
    return answer({"item": detail_wire(caller.bs2, boleto)})


async def printable(request: Request) -> Response:
    caller = caller_with(request, *_SCOPES)
    boleto = _own(caller, request)
    wire, payer = json.loads(boleto["wire"]), json.loads(boleto["wire"])["sacado"]
    status = boletos.status_of(caller.bs2, boleto)
    sheet = Sheet(
        bank=f"{BANK_CODE} {BANK_NAME}",
        beneficiary=caller.account.name,
        beneficiary_document=caller.account.cnpj,
        payer=payer["nome"],
        payer_document=payer["documento"],
        amount=boleto["amount"],
        due_date=date.fromisoformat(boleto["due_date"]),
        our_number=str(boleto["nosso_numero"]),
        digitable=boleto["line"],
        barcode=boleto["barcode"],
        instructions=tuple(line for line in wire["mensagem"].values() if line),
        stamp={boletos.PAID: "PAGO", boletos.CANCELLED: "BAIXADO"}.get(status, ""),
    )
    return Response(boleto_pdf([sheet]), media_type="application/pdf")


async def ask_write_off(request: Request) -> Response:
    caller = caller_with(request, *_SCOPES)
    body = await read_object(request) if await request.body() else {}
    boleto = _own(caller, request)
    reason = optional_text(body, "justificativa", "Justificativa")
    by_id = not _is_number(request.path_params["id"])
    row = boletos.ask_write_off(caller.bs2, boleto, reason, by_id=by_id)
    return done(request, _write_off(boleto, row))


async def write_off(request: Request) -> Response:
    caller = caller_with(request, *_SCOPES)
    boleto = _own(caller, request)
    row = boletos.write_off_by_id(caller.bs2, request.path_params["request_id"])
    if row is None or row["boleto_id"] != boleto["id"]:
        raise _unknown("SolicitacaoId")
    return answer(_write_off(boleto, row))


async def _issue(request: Request, *, with_beneficiary: bool) -> Response:
    """What is refused may be told inside a 200, as one client expects it."""
    caller, body = caller_with(request, *_SCOPES), await read_object(request)
    bs2, account_id = caller.bs2, caller.account.id
    try:
        with bs2.store.write():
            new = read_boleto(bs2, account_id, body, with_beneficiary=with_beneficiary)
            _check_number(caller, new)
            boleto = boletos.issue(bs2, account_id, new)
    except Refused as error:
        error.answer.status_code = bs2.settings.boleto_refusal_status
        raise
    return done(request, issue_wire(bs2, boleto))


def _check_number(caller: Caller, new: NewBoleto) -> None:
    if not caller.bs2.settings.refuses_repeated_seu_numero or new.seu_numero is None:
        return
    sql = "SELECT 1 FROM bs2_boleto WHERE account_id = ? AND seu_numero = ?"
    if caller.bs2.store.row(sql, caller.account.id, new.seu_numero):
        raise invalid("SeuNumero", "Já existe um boleto com este seu número.")


def _own(caller: Caller, request: Request) -> Row:
    """By the id or the nosso número of the address."""
    given = request.path_params["id"]
    if not _is_number(given) and not _is_guid(given):
        raise invalid("NossoNumero", EMPTY)
    column, value = ("nosso_numero", int(given)) if _is_number(given) else ("id", given.lower())
    boleto = boletos.boleto_by(caller.bs2, column, value)
    if boleto is None or boleto["account_id"] != caller.account.id:
        raise _unknown("NossoNumero")
    return boleto


def _unknown(tag: str) -> Exception:
    return invalid(tag, "Não encontrado.", 404)


def _write_off(boleto: Row, row: Row) -> dict[str, Any]:
    named = {"boletoId": boleto["id"]} if row["by_id"] else {"nossoNumero": boleto["nosso_numero"]}
    return {
        "solicitacaoId": row["id"],
        **named,
        "status": row["status"],
        "justificativa": row["reason"],
    }


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False

"""Pix clientes, money in and refunds (devs.bs2.com/manual/pix-clientes)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.banks import place_of
from simulator.bs2.pix import receipts as pix_receipts
from simulator.bs2.pix.keys import holder_wire, party_wire
from simulator.bs2.pix.receipts import Received
from simulator.bs2.reading import BAD_FORMAT, EMPTY, cents, query_day, query_number
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.ledger import Period
from simulator.core.store import Row

_PER_PAGE, _LONGEST_ID = 100, 35


async def listing(request: Request) -> Response:
    caller = caller_with(request, "pix.read")
    since, until = query_day(request, "Inicio"), query_day(request, "Fim")
    if since is None or until is None:
        raise invalid("Inicio" if since is None else "Fim", EMPTY)
    found = pix_receipts.received(caller.bs2, caller.account, Period(since, until))
    wanted = request.query_params.get("TxId")
    shown = [_shown(caller, each) for each in found]
    items = [item for item in shown if wanted in (None, item["txId"])]
    page = query_number(request, "Pagina", 0)
    return answer(
        {
            "recebimentos": items[page * _PER_PAGE : (page + 1) * _PER_PAGE],
            "pagina": {"qtd": len(items), "paginaAtual": page, "itensPorPagina": _PER_PAGE},
        }
    )


async def by_id(request: Request) -> Response:
    caller, given = caller_with(request, "pix.read"), request.path_params["id"]
    if not (given.isascii() and given.isdigit()) or len(given) > 18:
        raise invalid("RecebimentoId", BAD_FORMAT)
    received = pix_receipts.received_by_id(caller.bs2, caller.account, int(given))
    return answer(_whole(caller, received, "RecebimentoId"))


async def by_pix(request: Request) -> Response:
    caller = caller_with(request, "pix.read")
    received = pix_receipts.received_by_pix(caller.bs2, caller.account, request.path_params["e2e"])
    return answer(_whole(caller, received, "EndToEndId"))


async def refund(request: Request) -> Response:
    """The id is the caller's: the same one twice is one refund."""
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    received, refund_id = _received(caller, request), request.path_params["id"]
    amount = cents(body, "valor", "Valor")
    if not (refund_id.isascii() and refund_id.isalnum()) or len(refund_id) > _LONGEST_ID:
        raise invalid("IdExterno", BAD_FORMAT)
    bs2, account = caller.bs2, caller.account
    known = pix_receipts.refund_by_id(bs2, account, received.end_to_end, refund_id)
    if known is not None:
        if known["amount"] != amount:
            raise invalid("IdExterno", "Já existe uma devolução com este id e outro valor.")
        return answer(_refund(known))
    if pix_receipts.is_too_old(bs2, received):
        raise invalid("EndToEndId", "O prazo para devolver este Pix terminou.")
    left = received.entry["amount"] - pix_receipts.refunded_amount(
        bs2, account, received.end_to_end
    )
    if amount > left:
        raise invalid("Valor", "O valor é maior do que o que ainda pode ser devolvido.")
    row = pix_receipts.ask_refund(bs2, account, received, refund_id, amount)
    return done(request, _refund(row))


async def refund_status(request: Request) -> Response:
    caller = caller_with(request, "pix.read", "pix.write")
    row = pix_receipts.refund_by_id(
        caller.bs2, caller.account, request.path_params["e2e"], request.path_params["id"]
    )
    if row is None:
        raise invalid("IdExterno", "Devolução não encontrada.", 404)
    return answer(_refund(row))


def _received(caller: Caller, request: Request) -> Received:
    pix_id = request.path_params["e2e"]
    received = pix_receipts.received_by_pix(caller.bs2, caller.account, pix_id)
    if received is None:
        raise _unknown("EndToEndId")
    return received


def _whole(caller: Caller, received: Received | None, tag: str) -> dict[str, Any]:
    if received is None:
        raise _unknown(tag)
    page = {"qtd": 1, "paginaAtual": 1, "itensPorPagina": 1}
    return {**_shown(caller, received), "pagina": page}


def _unknown(tag: str) -> Exception:
    return invalid(tag, "Recebimento não encontrado.", 404)


def _shown(caller: Caller, received: Received) -> dict[str, Any]:
    row, bs2 = received.entry, caller.bs2
    kept = bs2.store.row("SELECT * FROM bs2_receipt WHERE entry_id = ?", row["id"])
    document = row["document"] or ""
    place = received.details.place or place_of(document)
    refunds = pix_receipts.refunds_of(bs2, caller.account, received.end_to_end)
    return {
        "endToEndId": received.end_to_end,
        "recebimentoId": row["seq"],
        "txId": kept["txid"] if kept else None,
        "data": _moment(row["at"]),
        "valor": reais(row["amount"]),
        "status": "Efetivado",
        "pagador": party_wire(place, row["name"] or "", document),
        "recebedor": holder_wire(caller.account),
        "chaveDict": kept["key"] if kept else None,
        "campoLivre": kept["free_text"] if kept else None,
        "situacao": "ACCC",
        "devolucoes": [_refund(each) for each in refunds],
    }


def _refund(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "rtrId": row["rtr_id"],
        "valor": reais(row["amount"]),
        "horario": {
            "solicitacao": _moment(row["asked_at"]),
            "liquidacao": _moment(row["settled_at"]) if row["settled_at"] else None,
        },
        "status": row["status"],
        "motivo": row["reason"] or "Solicitado pelo cliente",
    }


def _moment(micros: int) -> str:
    """With the offset: -03:00."""
    return from_micros(micros).astimezone(SAO_PAULO).isoformat(timespec="milliseconds")

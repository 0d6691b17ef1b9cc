"""Receipts (devs.bs2.com/docs/receiptsproof-payment-ca). The paths are our choice."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, invalid, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.bank import BANK_CODE, BANK_NAME
from simulator.bs2.banks import Place
from simulator.bs2.movements import local_time
from simulator.bs2.orders import book as orders
from simulator.bs2.pix.keys import place_of_wire
from simulator.bs2.reading import BAD_FORMAT, EMPTY, query_day
from simulator.core import pdf
from simulator.core.clock import from_micros, sao_paulo_day
from simulator.core.documents import format_document
from simulator.core.pages import money, time_text
from simulator.core.store import Row

# `tipo`: 1 and 2 are missing in the documentation, and by symmetry these.
_KINDS = {
    ("completed", orders.TRANSFER): 1,
    ("completed", orders.PAYMENT): 2,
    ("completed", orders.PIX): 7,
    ("scheduled", orders.TRANSFER): 4,
    ("scheduled", orders.PAYMENT): 5,
}
# `tipoFiltro`: transfers, payments, their schedulings, all made, all scheduled.
_FILTERS = {1: {1}, 2: {2, 7}, 3: {4}, 4: {5}, 5: {1, 2, 7}, 6: {4, 5}}
_TITLES = {1: "transferência", 2: "pagamento", 7: "Pix"}


async def listing(request: Request) -> Response:
    caller = caller_with(request, "comprovante")
    since, until = query_day(request, "dataInicial"), query_day(request, "dataFinal")
    if since is None or until is None:
        raise invalid("DataInicial" if since is None else "DataFinal", EMPTY)
    wanted = _filter(request)
    found = [
        (order, kind)
        for order in orders.orders_of(caller.bs2, caller.account)
        if (kind := _kind(order)) in wanted and since <= _day(order) <= until
    ]
    return answer([_receipt(caller, order, kind) for order, kind in found])


async def pdf_file(request: Request) -> Response:
    caller = caller_with(request, "comprovante")
    order = orders.order_by_id(caller.bs2, request.path_params["id"].lower())
    kind = 0
    if order is not None and order["account_id"] == caller.account.id:
        kind = _kind(order)
    asked = request.query_params.get("TipoComprovante", str(kind))
    if order is None or not kind or asked != str(kind):
        raise invalid("ComprovanteId", "Comprovante não encontrado.", 404)
    return Response(_document(caller, order, kind), media_type="application/pdf")


def _filter(request: Request) -> set[int]:
    text = request.query_params.get("tipoFiltro", "5")
    if not text.isdigit() or int(text) not in _FILTERS:
        raise invalid("TipoFiltro", BAD_FORMAT)
    return _FILTERS[int(text)]


def _kind(order: Row) -> int:
    """Its `tipo`; 0 when there is nothing to prove."""
    return _KINDS.get((order["state"], order["rail"]), 0)


def _day(order: Row) -> date:
    """When it was made, or is to be."""
    if order["done_at"] is None and order["scheduled"]:
        return date.fromisoformat(order["scheduled"])
    return sao_paulo_day(from_micros(order["done_at"] or order["created_at"]))


def _receipt(caller: Caller, order: Row, kind: int) -> dict[str, Any]:
    account = caller.account
    done = local_time(from_micros(order["done_at"])) if order["done_at"] else None
    return {
        "comprovanteId": order["id"],
        "empresa": {"nome": account.name, "documento": account.cnpj},
        "EfetuadoEm": done,
        "EfetuarEm": f"{order['scheduled']}T00:00:00" if order["scheduled"] else None,
        "tipo": kind,
        "protocolo": order["id"].replace("-", "")[:20].upper(),
        "dadosTransferencia": _transfer(order) if order["rail"] == orders.TRANSFER else None,
        "dadosPagamento": _payment(order) if order["rail"] == orders.PAYMENT else None,
        "dadosTributo": None,
        "dadosPagamentoPix": _pix(order) if order["rail"] == orders.PIX else None,
    }


def _transfer(order: Row) -> dict[str, Any]:
    place = Place(*orders.wire_of(order)["place"])
    return {"valor": reais(order["amount"]), "tarifa": reais(0), "favorecido": _party(order, place)}


def _payment(order: Row) -> dict[str, Any]:
    wire = orders.wire_of(order)
    return {
        "valor": reais(order["amount"]),
        "linhaDigitavel": wire["line"],
        "codigoBarras": wire["barcode"],
        "vencimento": wire["due_date"],
        "beneficiario": {"nome": order["name"], "documento": order["document"]},
    }


def _pix(order: Row) -> dict[str, Any]:
    wire = orders.wire_of(order)
    return {
        "valor": reais(order["amount"]),
        "tarifa": reais(0),
        "chave": wire.get("key"),
        "endToEndId": wire["end_to_end"],
        "favorecido": _party(order, place_of_wire(wire["receiver"])),
    }


def _party(order: Row, place: Place) -> dict[str, Any]:
    return {
        "nome": order["name"],
        "documento": order["document"],
        "banco": place.bank,
        "agencia": place.branch,
        "conta": place.account,
    }


def _document(caller: Caller, order: Row, kind: int) -> bytes:
    page, account = pdf.Page(), caller.account
    page.text(40, 60, f"{BANK_CODE} {BANK_NAME}", size=15, bold=True)
    page.text(40, 85, f"Comprovante de {_TITLES.get(kind, 'agendamento')}", size=12, bold=True)
    moment = from_micros(order["done_at"] or order["created_at"])
    lines = (
        ("Conta", f"{account.name} · {format_document(account.cnpj)}"),
        ("Para", f"{order['name']} · {format_document(order['document'])}"),
        ("Valor", money(order["amount"])),
        ("Data", time_text(moment)),
        ("Identificação", order["id"]),
    )
    for i, (label, text) in enumerate(lines):
        page.text(40, 115 + 32 * i, label, size=7)
        page.text(40, 128 + 32 * i, text, size=10)
    return pdf.build([page], "Comprovante")

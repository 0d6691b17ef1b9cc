"""Issue, find, cancel and, in stage, pay charges (developers.cora.com.br,
/reference/emissão-de-boleto-registrado-v2, /reference/consultar-boletos-v2,
/reference/cancelamento-de-boleto-v2, /reference/qr-code-pix-v2,
/reference/pagar-boleto-em-stage)."""

# ruff: noqa: S608 - the SQL is put together from names written here
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora.answers import (
    ApiError,
    Malformed,
    answer,
    error_wire,
    invalid,
    once,
    owner_of,
    read_day,
    read_object,
)
from simulator.cora.auth import caller_with
from simulator.cora.bank import Cora, cora_of
from simulator.cora.invoices import carne, codes, life, notifications
from simulator.cora.invoices.reading import (
    BANK_SLIP,
    PIX,
    NewInvoice,
    read_invoice,
    with_strict_types,
)
from simulator.cora.invoices.wire import invoice_wire, paid_wire
from simulator.core.clock import to_micros
from simulator.core.store import Row

_PER_PAGE, _MAX_PER_PAGE = 20, 200
_SIX_MINUTES = 360_000_000  # microseconds


async def issue(request: Request) -> Response:
    """While the clearing house has not registered the boleto, which may take a while, the answer is
    REC-0030, for the same key too; the charge is there, and after that while it is the answer."""
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "invoice")
    body = await read_charge(request)

    def act(key: str) -> tuple[int, Any]:
        new = read_invoice(body, cora.clock.today(), cora.settings.invoice_default_forms)
        if PIX in new.forms and not codes.has_pix_key(cora, account_id):
            raise ApiError(422, "invalid_request", "A conta não tem chave Pix cadastrada.")
        _check_rate(cora, account_id)
        clearing = _clearing_seconds(cora, new)
        row = life.issue(
            cora,
            caller,
            new,
            draft_seconds=clearing or cora.settings.invoice_draft_seconds,
            register_seconds=cora.settings.invoice_register_seconds,
        )
        if not clearing:
            return 200, invoice_wire(cora, row)
        cora.store.run(
            "INSERT OR REPLACE INTO cora_clearing VALUES (?, ?, ?)",
            *(owner_of(caller), key, row["id"]),
        )
        return _not_registered(cora)

    def again(key: str) -> tuple[int, Any] | None:
        kept = cora.store.row(
            "SELECT i.* FROM cora_clearing c JOIN cora_invoice i ON i.id = c.invoice_id"
            " WHERE c.owner = ? AND c.key = ?",
            *(owner_of(caller), key),
        )
        if kept is None:
            return None
        if kept["status"] == life.DRAFT:
            return _not_registered(cora)
        return 200, invoice_wire(cora, kept)

    return await once(request, cora, caller, act, body, again=again)


def _clearing_seconds(cora: Cora, new: NewInvoice) -> int:
    settings = cora.settings
    is_spared = PIX in new.forms and settings.invoice_clearing_spares_pix
    return settings.invoice_clearing_seconds if BANK_SLIP in new.forms and not is_spared else 0


def _not_registered(cora: Cora) -> tuple[int, Any]:
    status = cora.settings.invoice_clearing_status
    return status, error_wire(ApiError(status, "REC-0030", "Bank slip not registered in CIP"))


def _check_rate(cora: Cora, account_id: int) -> None:
    """One integrator reads of 100 boletos in six minutes; what follows is our choice."""
    most = cora.settings.invoices_per_six_minutes
    since = to_micros(cora.clock.now()) - _SIX_MINUTES
    if most and _count(cora, "account_id = ? AND created_at > ?", [account_id, since]) >= most:
        raise ApiError(429, "too_many_requests", "Too many requests")


async def issue_carne(request: Request) -> Response:
    cora = cora_of(request)
    caller, _ = caller_with(request, cora, "invoice")
    body = await read_charge(request)

    def act(_key: str) -> tuple[int, Any]:
        return cora.settings.carne_status, carne.issue(cora, caller, body)

    return await once(request, cora, caller, act, body)


async def read_charge(request: Request) -> dict[str, Any]:
    """A body that is no JSON object is a malformed charge as well."""
    try:
        body = await read_object(request)
    except ApiError as error:
        raise Malformed(error.message) from None
    is_loose = cora_of(request).settings.invoice_takes_loose_types
    return with_strict_types(body) if is_loose else body


async def listing(request: Request) -> Response:
    """Newest first; `start` and `end`, both included, are days of `_dated(state)`."""
    cora, query = cora_of(request), request.query_params
    _, account_id = caller_with(request, cora, "invoice")
    where, params = "account_id = ?", list[object]([account_id])
    state = query.get("state")
    if state:
        if state not in life.STATES:
            raise invalid(f"state must be one of {', '.join(life.STATES)}")
        where, params = f"{where} AND status = ?", [*params, state]
    if document := query.get("search"):
        where, params = f"{where} AND payer = ?", [*params, document]
    for name, operator in (("start", ">="), ("end", "<=")):
        if text := query.get(name):
            if read_day(text) is None:
                raise invalid(f"{name} must be YYYY-MM-DD")
            where, params = f"{where} AND {_dated(state)} {operator} ?", [*params, text]
    page = _number(request, "page", 1, 10**6)
    size = _number(request, "perPage", _PER_PAGE, _MAX_PER_PAGE)
    rows = cora.store.rows(
        f"SELECT * FROM cora_invoice WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?",
        *(*params, size, (page - 1) * size),
    )
    total = len(rows) if cora.settings.invoice_total_of_page else _count(cora, where, params)
    return answer({"totalItems": total, "items": [invoice_wire(cora, row) for row in rows]})


def _dated(state: str | None) -> str:
    """The days asked for are due dates, but those of payment when paid charges are asked for."""
    return "paid_day" if state == life.PAID else "due_date"


def _count(cora: Cora, where: str, params: list[object]) -> int:
    row = cora.store.row(f"SELECT count(*) AS n FROM cora_invoice WHERE {where}", *params)
    return row["n"] if row else 0


async def detail(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "invoice")
    return answer(invoice_wire(cora, life.own_invoice(cora, request, account_id)))


async def cancel(request: Request) -> Response:
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "invoice")

    def act(_key: str) -> tuple[int, Any]:
        row = life.own_invoice(cora, request, account_id)
        if row["status"] == life.CANCELLED:
            status = cora.settings.invoice_cancelled_again_status
            if status >= 400:
                raise ApiError(status, "invalid_request", "Invoice already cancelled")
            return status, None
        life.cancel(cora, row)
        return 204, None

    return await once(request, cora, caller, act, None, key_required=False)


async def pay(request: Request) -> Response:
    """Only in stage: somebody pays. The money is there some seconds later."""
    cora = cora_of(request)
    caller, account_id = caller_with(request, cora, "invoice")
    body = await read_object(request)

    def act(_key: str) -> tuple[int, Any]:
        row = _payable(cora, body.get("id"), account_id)
        method = BANK_SLIP if row["barcode"] else PIX
        paid = life.pay(cora, row, method, seconds=cora.settings.invoice_pay_seconds)
        return 200, paid_wire(paid)

    return await once(request, cora, caller, act, body)


def _payable(cora: Cora, invoice_id: object, account_id: int) -> Row:
    """The charge, of this account or another."""
    if not isinstance(invoice_id, str):
        raise invalid("id is required")
    try:
        row = life.by_id(cora, invoice_id)
    except LookupError:
        raise ApiError(404, "not_found", "Invoice not found") from None
    if row["account_id"] == account_id and not cora.settings.invoice_pay_own:
        raise ApiError(422, "REC-0007", "O boleto foi emitido pela própria conta pagadora.")
    return row


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise invalid(f"{name} must be an integer from 1 to {most}")
    return int(text)


ROUTES = [
    Route("/v2/invoices", listing),
    Route("/v2/invoices", issue, methods=["POST"]),
    Route("/v2/invoices/installments", issue_carne, methods=["POST"]),
    Route("/v2/invoices/pay", pay, methods=["POST"]),
    Route("/v2/invoices/{id}", detail),
    Route("/v2/invoices/{id}", cancel, methods=["DELETE"]),
    Route("/v2/invoices/{id}/notifications", notifications.listing),
    Route("/v2/invoices/{id}/notifications", notifications.delete, methods=["DELETE"]),
]

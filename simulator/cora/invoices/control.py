"""Charges in the control API, under /_sim/api/cora: see, issue, pay; take the Pix key away."""

# ruff: noqa: S608 - the SQL is put together from names written here
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora.answers import ApiError, Malformed
from simulator.cora.bank import Caller, Cora, cora_of
from simulator.cora.invoices import codes, life
from simulator.cora.invoices.reading import (
    BANK_SLIP,
    PIX,
    NewInvoice,
    read_customer,
    read_service,
)
from simulator.cora.invoices.wire import invoice_wire
from simulator.core.control import ControlError, read_body
from simulator.core.store import Row

_METHODS = {"boleto": BANK_SLIP, "pix": PIX}


async def listing(request: Request) -> Response:
    """Oldest first, by id, code, status, payer (CPF or CNPJ) or cnpj."""
    cora, query = cora_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "code", "status", "payer"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    if "cnpj" in query:
        where, params = f"{where} AND account_id = ?", [*params, _account_id(cora, query["cnpj"])]
    rows = cora.store.rows(f"SELECT * FROM cora_invoice WHERE {where} ORDER BY seq", *params)
    return JSONResponse([_shown(cora, row) for row in rows])


async def issue(request: Request) -> Response:
    """Issued in the bank's own app, earlier too: `amount` centavos, `due_date` of any day, `name`
    and `document` of the customer, `service`."""
    cora, body = cora_of(request), await read_body(request)
    caller = Caller("app", None, _account_id(cora, request.path_params["cnpj"]), frozenset(), 0, 0)
    document = {"identity": body.get("document")}
    try:
        due_date = date.fromisoformat(str(body.get("due_date"))).isoformat()
        new = NewInvoice(
            code=None,
            customer=read_customer({"name": body.get("name"), "document": document}),
            services=[read_service({"name": body.get("service"), "amount": body.get("amount")})],
            payment_terms={"due_date": due_date},
            notification=None,
            forms=frozenset({BANK_SLIP}),
        )
    except (Malformed, ValueError) as error:
        raise ControlError(str(error)) from None
    with cora.store.write():
        row = life.issue(cora, caller, new, draft_seconds=0)
    return JSONResponse(_shown(cora, row))


async def pay(request: Request) -> Response:
    """Somebody pays `by` "boleto" or "pix": `amount` centavos (else what is owed), at once.

    `name` and `document`: who, when it is not the customer. With `again` one that has ended: paid
    twice, or after its cancellation.
    """
    cora, body = cora_of(request), await read_body(request)
    method = _METHODS.get(body.get("by", "boleto"))
    amount = body.get("amount")
    if method is None or not (amount is None or (type(amount) is int and amount > 0)):
        raise ControlError("by: boleto ou pix; amount: centavos, acima de zero.")
    payer = life.Payer(body["name"], body["document"]) if body.get("name") else None
    with cora.store.write():
        row = _invoice(cora, request)
        try:
            if body.get("again") is True:
                paid = life.pay_again(cora, row, method, amount)
            else:
                paid = life.pay(cora, row, method, payer=payer, amount=amount)
        except ApiError as error:
            raise ControlError(error.message) from None
    return JSONResponse(_shown(cora, paid))


async def pix_key(request: Request) -> Response:
    """Whether the account has a Pix key: `has_key`."""
    cora, body = cora_of(request), await read_body(request)
    account_id = _account_id(cora, request.path_params["cnpj"])
    if request.method == "POST":
        codes.set_pix_key(cora, account_id, body.get("has_key") is True)
    return JSONResponse({"has_key": codes.has_pix_key(cora, account_id)})


def _invoice(cora: Cora, request: Request) -> Row:
    try:
        return life.by_id(cora, request.path_params["id"])
    except LookupError:
        raise ControlError("Não há esta cobrança.") from None


def _account_id(cora: Cora, cnpj: str) -> int:
    held = cora.account(cnpj)
    if held is None:
        raise ControlError(f"Não há conta da empresa {cnpj}.")
    return held.id


def _shown(cora: Cora, row: Row) -> dict[str, Any]:
    """The charge and, in `wire`, how the bank answers it."""
    names = ("id", "status", "code", "amount", "due_date", "payer", "method", "carne_id")
    return {**{name: row[name] for name in names}, "wire": invoice_wire(cora, row)}


ROUTES = [
    Route("/invoices", listing),
    Route("/invoices/{id}/pay", pay, methods=["POST"]),
    Route("/accounts/{cnpj}/invoices", issue, methods=["POST"]),
    Route("/accounts/{cnpj}/pix-key", pix_key, methods=["GET", "POST"]),
]

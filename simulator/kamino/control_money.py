"""Control API: Pix keys and charges. Money is centavos."""

# ruff: noqa: S608 - the SQL is put together from names written here
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core.control import ControlError, read_body
from simulator.core.given import document, text, whole
from simulator.kamino import charges, charges_life, pix_keys, refunds, refunds_life
from simulator.kamino.answers import Problem
from simulator.kamino.bank import kamino_of
from simulator.kamino.receiving import pay_charge


async def create_key(request: Request) -> Response:
    """Register somebody's Pix key."""
    bank, body = kamino_of(request), await read_body(request)
    key, holder = text(body, "key"), document(body, "document")
    try:
        type_ = pix_keys.type_of(key)
    except Problem as problem:
        raise ControlError(problem.detail) from None
    held = bank.account(holder)
    pix_keys.register(bank, key, type_, text(body, "name"), holder, held.id if held else None)
    return JSONResponse({"key": key, "type": type_}, 201)


async def charge_list(request: Request) -> Response:
    """Oldest first, by id, code or state; `wire` is the bank's JSON."""
    bank, query = kamino_of(request), request.query_params
    where, params = "1", list[object]()
    for name in ("id", "code", "state"):
        if name in query:
            where, params = f"{where} AND {name} = ?", [*params, query[name]]
    rows = bank.store.rows(f"SELECT * FROM kamino_charge WHERE {where} ORDER BY seq", *params)
    return JSONResponse([{"id": r["id"], "wire": charges.wire(bank, r)} for r in rows])


async def pay_a_charge(request: Request) -> Response:
    """Somebody pays it `by` boleto or pix. More: amount, name, document; with `again` one that has
    ended."""
    bank, body = kamino_of(request), await read_body(request)
    charge = charges_life.charge_by(bank, "id", request.path_params["id"])
    if charge is None:
        raise ControlError("Não há esta cobrança.")
    amount = body.get("amount")
    party = str(body.get("name", "")), str(body.get("document", ""))
    way, again = str(body.get("by", "pix")), body.get("again") is True
    if not pay_charge(bank, charge, way, amount, *party, again=again):
        raise ControlError("A cobrança não está aberta, ou não tem este meio.")
    changed = charges_life.charge_by(bank, "id", charge["id"])
    assert changed is not None
    return JSONResponse({"id": changed["id"], "wire": charges.wire(bank, changed)})


async def refund_a_charge(request: Request) -> Response:
    """Money of it goes back without us: `origin` med (default) or app. More: amount, reason."""
    bank, body = kamino_of(request), await read_body(request)
    charge = charges_life.charge_by(bank, "id", request.path_params["id"])
    if charge is None:
        raise ControlError("Não há esta cobrança.")
    origin, reason = str(body.get("origin", refunds_life.MED)), body.get("reason")
    if origin not in (refunds_life.MED, refunds_life.APP):
        raise ControlError("A origem é med ou app.")
    left = charge["paid_amount"] - refunds_life.refunded(bank, charge)
    try:
        made = refunds_life.refund(bank, charge, whole(body, "amount", left), origin, reason)
    except Problem as problem:
        raise ControlError(problem.detail) from None
    return JSONResponse(refunds.wire(made), 201)


async def refund_list(request: Request) -> Response:
    """Oldest first."""
    rows = kamino_of(request).store.rows("SELECT * FROM kamino_refund ORDER BY seq")
    return JSONResponse([refunds.wire(row) for row in rows])


async def end_a_refund(request: Request) -> Response:
    """One that is being done is `done`, or is not."""
    bank, body = kamino_of(request), await read_body(request)
    row = refunds_life.refund_by_id(bank, request.path_params["id"])
    if row is None or not refunds_life.end(bank, row, is_done=bool(body.get("done", True))):
        raise ControlError("Esta devolução não está em andamento.")
    ended = refunds_life.refund_by_id(bank, row["id"])
    assert ended is not None
    return JSONResponse(refunds.wire(ended))


ROUTES = [
    Route("/charges/{id}/refund", refund_a_charge, methods=["POST"]),
    Route("/refunds", refund_list),
    Route("/refunds/{id}/end", end_a_refund, methods=["POST"]),
    Route("/keys", create_key, methods=["POST"]),
    Route("/charges", charge_list),
    Route("/charges/{id}/pay", pay_a_charge, methods=["POST"]),
]

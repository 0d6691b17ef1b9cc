"""Money out: see the orders, and decide on them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.core.bank_control.bank import BankControl
from simulator.core.clock import from_micros
from simulator.core.control import ControlError, read_body
from simulator.core.orders import Act, B, NotWaiting
from simulator.core.store import Row


async def listing(control: BankControl[B], request: Request) -> Response:
    """Oldest first, by what is shown of an order or by `cnpj`."""
    bank, query = control.state_of(request), request.query_params
    wanted: dict[str, object] = {n: query[n] for n in control.orders.columns if n in query}
    if "cnpj" in query:
        wanted["account_id"] = control.account(bank, query["cnpj"]).id
    rows = control.orders.find(bank, wanted)
    return JSONResponse([_shown(control, bank, row) for row in rows])


async def act_on_one(control: BankControl[B], request: Request) -> Response:
    bank, act, orders = control.state_of(request), _act(control, request), control.orders
    order = orders.by_id(bank, request.path_params["id"])
    if order is None:
        raise ControlError("Não há esta ordem.")
    try:
        act(bank, order)
    except NotWaiting as error:
        raise ControlError(str(error)) from None
    changed = orders.by_id(bank, order["id"])
    assert changed is not None
    return JSONResponse(_shown(control, bank, changed))


async def act_on_all(control: BankControl[B], request: Request) -> Response:
    """What waits for approval, of one company or of all; how many there were."""
    bank, body = control.state_of(request), await read_body(request)
    account_id = control.account(bank, body["cnpj"]).id if "cnpj" in body else None
    count = await control.orders.act_on_waiting(bank, account_id, _act(control, request))
    return JSONResponse({"count": count})


def _act(control: BankControl[B], request: Request) -> Act[B]:
    acts = control.orders.acts
    act = acts.get(request.path_params["act"])
    if act is None:
        raise ControlError(f"Use um destes atos: {', '.join(acts)}.")
    return act


def _shown(control: BankControl[B], bank: B, row: Row) -> dict[str, Any]:
    """What the bank knows of an order; `wire` is how its API writes it."""
    orders = control.orders
    return {
        **{name: row[name] for name in orders.columns},
        "deadline": from_micros(row[orders.deadline]).isoformat(),
        "wire": orders.wire(bank, row),
    }

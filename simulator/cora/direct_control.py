"""Integração Direta and pre-registration in the control API, under /_sim/api/cora."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora.bank import cora_of
from simulator.cora.control import CONTROL
from simulator.cora.direct import end_credential, new_credential
from simulator.cora.events import announce_registration
from simulator.core.control import read_body
from simulator.core.ids import new_id


async def create(request: Request) -> Response:
    cora, body = cora_of(request), await read_body(request)
    held = CONTROL.account(cora, str(body.get("cnpj", "")))
    row = new_credential(cora, held.id, str(body.get("name", "Integração")))
    shown = {name: row[name] for name in ("client_id", "name", "certificate")}
    return JSONResponse({**shown, "key": row["private_key"]}, 201)


async def end(request: Request) -> Response:
    end_credential(cora_of(request), request.path_params["client_id"])
    return JSONResponse({})


async def register(request: Request) -> Response:
    """A customer registered beforehand by the partner `client_id` opens the account."""
    cora, body = cora_of(request), await read_body(request)
    resource_id = str(body.get("resource_id") or new_id("reg_"))
    announce_registration(cora, str(body.get("client_id", "")), resource_id)
    return JSONResponse({"resource_id": resource_id}, 201)


ROUTES = [
    Route("/direct-credentials", create, methods=["POST"]),
    Route("/direct-credentials/{client_id}", end, methods=["DELETE"]),
    Route("/registrations", register, methods=["POST"]),
]

"""Integração Direta and pre-registration in the control API, under /_sim/api/cora."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora.bank import cora_of
from simulator.cora.control import CONTROL
from simulator.cora.direct import credentials_of, end_credential, new_credential
from simulator.cora.events import announce_registration
from simulator.core.control import read_body
from simulator.core.ids import new_id
from simulator.core.store import Row


async def credentials(request: Request) -> Response:
    """POST: a new credential of `cnpj`. GET: those of ?cnpj= that are worth something."""
    cora, body = cora_of(request), await read_body(request)
    cnpj = str(body.get("cnpj") or request.query_params.get("cnpj", ""))
    held = CONTROL.account(cora, cnpj)
    if request.method == "POST":
        name = str(body.get("name", "Integração"))
        return JSONResponse(_shown(new_credential(cora, held.id, name)), 201)
    return JSONResponse([_shown(row) for row in credentials_of(cora, held.id)])


async def end(request: Request) -> Response:
    end_credential(cora_of(request), request.path_params["client_id"])
    return JSONResponse({})


async def register(request: Request) -> Response:
    """A customer registered beforehand by the partner `client_id` opens the account."""
    cora, body = cora_of(request), await read_body(request)
    resource_id = str(body.get("resource_id") or new_id("reg_"))
    announce_registration(cora, str(body.get("client_id", "")), resource_id)
    return JSONResponse({"resource_id": resource_id}, 201)


def _shown(row: Row) -> dict[str, str]:
    return {
        "client_id": row["client_id"],
        "name": row["name"],
        "certificate": row["certificate"],
        "key": row["private_key"],
    }


ROUTES = [
    Route("/direct-credentials", credentials, methods=["GET", "POST"]),
    Route("/direct-credentials/{client_id}", end, methods=["DELETE"]),
    Route("/registrations", register, methods=["POST"]),
]

"""What the holder of an account does with its credentials of Integração Direta, under /app."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from simulator.cora.app_pages import Visit, signed_in
from simulator.cora.direct import credentials_of, end_credential, new_credential
from simulator.cora.sessions import leave_message
from simulator.core.pages import go_to, read_form
from simulator.core.store import Row

_FILES = {"certificate.pem": "certificate", "private-key.key": "private_key"}


async def create(request: Request, visit: Visit) -> Response:
    form = await read_form(request)
    name = form.get("name", "").strip()[:60] or "Integração"
    new_credential(visit.cora, visit.account.id, name)
    return _back(visit, "Credenciais geradas. Baixe o certificado e a chave privada.")


async def download(request: Request, visit: Visit) -> Response:
    row, name = _own(request, visit), request.path_params["file"]
    if row is None or name not in _FILES:
        return PlainTextResponse("Este arquivo não existe.", 404)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(row[_FILES[name]], media_type="application/x-pem-file", headers=headers)


async def revoke(request: Request, visit: Visit) -> Response:
    row = _own(request, visit)
    if row is None:
        return _back(visit, "Estas credenciais não existem mais.")
    end_credential(visit.cora, row["client_id"])
    return _back(visit, "Credenciais revogadas.")


def _own(request: Request, visit: Visit) -> Row | None:
    wanted = request.path_params["client_id"]
    owned = credentials_of(visit.cora, visit.account.id)
    return next((row for row in owned if row["client_id"] == wanted), None)


def _back(visit: Visit, message: str) -> Response:
    leave_message(visit.cora, visit.session, message)
    return go_to("/app/integracoes")


ROUTES = [
    Route("/app/integracoes/direta", signed_in(create), methods=["POST"]),
    Route("/app/integracoes/direta/{client_id}/revogar", signed_in(revoke), methods=["POST"]),
    Route("/app/integracoes/direta/{client_id}/{file}", signed_in(download)),
]

"""API Banking in BS2 Empresas: the account's own applications, and the partners that it allows."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.bs2 import applications
from simulator.bs2.bank import Bs2
from simulator.bs2.grants import LEGACY, PORTAL, end_grants
from simulator.bs2.people import portal_view
from simulator.bs2.people.app import APP
from simulator.core.app.visits import Visit
from simulator.core.store import Row

_HOME = "/app/aplicacoes"


async def listing(request: Request, visit: Visit[Bs2]) -> Response:
    return portal_view.applications_page(visit)


async def create(request: Request, visit: Visit[Bs2]) -> Response:
    """«Novo»: what the system needs is shown once."""
    if request.method == "GET":
        return portal_view.new_page(visit)
    form = await request.form()
    name, scopes = str(form.get("name", "")), [str(scope) for scope in form.getlist("scope")]
    if form.get("kind") == LEGACY:
        row = applications.create_legacy_application(visit.bank, visit.account, name)
        return portal_view.credentials_page(visit, row, None)
    try:
        row = applications.create_portal_application(
            visit.bank, visit.account, name, scopes, str(form.get("description", ""))
        )
    except applications.BadApplication as error:
        return portal_view.new_page(visit, str(error), name, scopes)
    token = applications.new_portal_token(visit.bank, row)
    return portal_view.credentials_page(visit, row, token)


async def renew(request: Request, visit: Visit[Bs2]) -> Response:
    """«Gerar novo token»."""
    row = _own(request, visit)
    if row is None or row["kind"] != PORTAL:
        return visit.back("Esta aplicação não existe mais.", _HOME)
    token = applications.new_portal_token(visit.bank, row)
    return portal_view.credentials_page(visit, row, token)


async def remove(request: Request, visit: Visit[Bs2]) -> Response:
    row = _own(request, visit)
    if row is not None:
        applications.remove_application(visit.bank, row)
    return visit.back("Aplicação excluída.", _HOME)


async def revoke(request: Request, visit: Visit[Bs2]) -> Response:
    grant = visit.own("SELECT * FROM bs2_grant WHERE id = ?", request.path_params["id"])
    if grant is not None:
        end_grants(visit.bank, [grant["id"]])
    return visit.back("Acesso revogado.", _HOME)


def _own(request: Request, visit: Visit[Bs2]) -> Row | None:
    sql = "SELECT * FROM bs2_application WHERE api_key = ?"
    return visit.own(sql, request.path_params["key"])


ROUTES = [
    Route(_HOME, APP.signed_in(listing)),
    Route(f"{_HOME}/novo", APP.signed_in(create), methods=["GET", "POST"]),
    Route(f"{_HOME}/{{key}}/token", APP.signed_in(renew), methods=["POST"]),
    Route(f"{_HOME}/{{key}}/excluir", APP.signed_in(remove), methods=["POST"]),
    Route(f"{_HOME}/consentimentos/{{id:int}}/revogar", APP.signed_in(revoke), methods=["POST"]),
]

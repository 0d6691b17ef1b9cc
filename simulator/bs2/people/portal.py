"""API Banking in BS2 Empresas: the account's own applications, and the partners that it allows."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.bs2 import applications
from simulator.bs2.grants import LEGACY, PORTAL, end_grants
from simulator.bs2.people import portal_view
from simulator.bs2.people.visits import Visit, signed_in
from simulator.core.store import Row

_HOME = "/app/aplicacoes"


async def listing(request: Request, visit: Visit) -> Response:
    return portal_view.applications_page(visit.bs2, visit.account, visit.message)


async def create(request: Request, visit: Visit) -> Response:
    """«Novo»: what the system needs is shown once."""
    if request.method == "GET":
        return portal_view.new_page(visit.account)
    form = await request.form()
    name, scopes = str(form.get("name", "")), [str(scope) for scope in form.getlist("scope")]
    if form.get("kind") == LEGACY:
        row = applications.create_legacy_application(visit.bs2, visit.account, name)
        return portal_view.credentials_page(visit.account, row, None)
    try:
        row = applications.create_portal_application(
            visit.bs2, visit.account, name, scopes, str(form.get("description", ""))
        )
    except applications.BadApplication as error:
        return portal_view.new_page(visit.account, str(error), name, scopes)
    token = applications.new_portal_token(visit.bs2, row)
    return portal_view.credentials_page(visit.account, row, token)


async def renew(request: Request, visit: Visit) -> Response:
    """«Gerar novo token»."""
    row = _own(request, visit)
    if row is None or row["kind"] != PORTAL:
        return visit.back("Esta aplicação não existe mais.", _HOME)
    token = applications.new_portal_token(visit.bs2, row)
    return portal_view.credentials_page(visit.account, row, token)


async def remove(request: Request, visit: Visit) -> Response:
    row = _own(request, visit)
    if row is not None:
        applications.remove_application(visit.bs2, row)
    return visit.back("Aplicação excluída.", _HOME)


async def revoke(request: Request, visit: Visit) -> Response:
    grant = visit.bs2.store.row(
        "SELECT id FROM bs2_grant WHERE id = ? AND account_id = ?",
        *(request.path_params["id"], visit.account.id),
    )
    if grant is not None:
        end_grants(visit.bs2, [grant["id"]])
    return visit.back("Acesso revogado.", _HOME)


def _own(request: Request, visit: Visit) -> Row | None:
    return visit.bs2.store.row(
        "SELECT * FROM bs2_application WHERE api_key = ? AND account_id = ?",
        *(request.path_params["key"], visit.account.id),
    )


ROUTES = [
    Route(_HOME, signed_in(listing)),
    Route(f"{_HOME}/novo", signed_in(create), methods=["GET", "POST"]),
    Route(f"{_HOME}/{{key}}/token", signed_in(renew), methods=["POST"]),
    Route(f"{_HOME}/{{key}}/excluir", signed_in(remove), methods=["POST"]),
    Route(f"{_HOME}/consentimentos/{{id:int}}/revogar", signed_in(revoke), methods=["POST"]),
]

"""«Integrações via APIs» in the app: the partners that have access, and Integração Direta."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from simulator.cora.app import APP
from simulator.cora.auth import SCOPES, end_grants
from simulator.cora.bank import Cora
from simulator.cora.direct import credentials_of, end_credential, new_credential
from simulator.core.app.visits import Visit
from simulator.core.clock import from_micros
from simulator.core.pages import act, esc, field, note, read_form, rows_or, time_text
from simulator.core.store import Row

_HOME = "/app/integracoes"
_FILES = {"certificate.pem": "certificate", "private-key.key": "private_key"}


async def listing(request: Request, visit: Visit[Cora]) -> Response:
    rows = visit.bank.store.rows(
        "SELECT g.*, p.name FROM cora_grant g LEFT JOIN cora_partner p USING (client_id)"
        " WHERE account_id = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 100",
        visit.account.id,
    )
    consents = rows_or("".join(map(_consent, rows)), "Nenhum sistema tem acesso a esta conta.")
    body = f"""<h1>Integrações via APIs</h1>{note(visit.message, "ok")}
<section class="card"><h2>Sistemas com acesso</h2>
{consents}</section>
{_direct(visit)}"""
    return visit.page("Integrações via APIs", _HOME, body)


async def revoke(request: Request, visit: Visit[Cora]) -> Response:
    grant = visit.own("SELECT * FROM cora_grant WHERE id = ?", request.path_params["id"])
    if grant is not None:
        end_grants(visit.bank, [grant["id"]])
    return visit.back("Acesso revogado.", _HOME)


async def create_credential(request: Request, visit: Visit[Cora]) -> Response:
    name = (await read_form(request)).get("name", "").strip()[:60] or "Integração"
    new_credential(visit.bank, visit.account.id, name)
    return visit.back("Credenciais geradas. Baixe o certificado e a chave privada.", _HOME)


async def download(request: Request, visit: Visit[Cora]) -> Response:
    row, name = _own_credential(request, visit), request.path_params["file"]
    if row is None or name not in _FILES:
        return PlainTextResponse("Este arquivo não existe.", 404)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(row[_FILES[name]], media_type="application/x-pem-file", headers=headers)


async def revoke_credential(request: Request, visit: Visit[Cora]) -> Response:
    row = _own_credential(request, visit)
    if row is None:
        return visit.back("Estas credenciais não existem mais.", _HOME)
    end_credential(visit.bank, row["client_id"])
    return visit.back("Credenciais revogadas.", _HOME)


def _own_credential(request: Request, visit: Visit[Cora]) -> Row | None:
    wanted = request.path_params["client_id"]
    owned = credentials_of(visit.bank, visit.account.id)
    return next((row for row in owned if row["client_id"] == wanted), None)


def _consent(row: Row) -> str:
    about = f"consent-{row['id']}"
    allowed = "; ".join(SCOPES.get(scope, scope) for scope in row["scopes"].split())
    used = time_text(from_micros(row["used_at"]))
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"] or row["client_id"])}
</strong><small>{esc(allowed)}</small><small>Usado em {used} · renovado {row["refreshes"]} vezes
</small></span>{act(f"{_HOME}/{row['id']}/revogar", "Revogar acesso", about=about)}</li>"""


def _direct(visit: Visit[Cora]) -> str:
    items = "".join(map(_credential, credentials_of(visit.bank, visit.account.id)))
    return f"""<section class="card stack"><h2>Integração Direta</h2>
<p class="muted">Credenciais da própria empresa: o Client ID e um certificado que vale no lugar da
senha. Guarde a chave privada como uma senha.</p>
{rows_or(items, "Esta conta ainda não tem credenciais próprias.")}
<form method="post" action="{_HOME}/direta" class="stack">
{field("Nome da integração", "name", "Sistema de gestão", more='required maxlength="60"')}
<button class="main">Gerar credenciais</button></form></section>"""


def _credential(row: Row) -> str:
    about, url = f"credential-{row['client_id']}", f"{_HOME}/direta/{row['client_id']}"
    until = time_text(from_micros(row["expires_at"]))[:10]
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>Client ID <code>{esc(row["client_id"])}</code></small>
<small>Certificado válido até {until}</small></span>
<span class="acts"><a href="{url}/certificate.pem" aria-describedby="{about}">certificate.pem</a>
<a href="{url}/private-key.key" aria-describedby="{about}">private-key.key</a>
{act(url + "/revogar", "Revogar", about=about)}</span></li>"""


ROUTES = [
    Route(_HOME, APP.signed_in(listing)),
    Route(f"{_HOME}/{{id:int}}/revogar", APP.signed_in(revoke), methods=["POST"]),
    Route(f"{_HOME}/direta", APP.signed_in(create_credential), methods=["POST"]),
    Route(
        f"{_HOME}/direta/{{client_id}}/revogar", APP.signed_in(revoke_credential), methods=["POST"]
    ),
    Route(f"{_HOME}/direta/{{client_id}}/{{file}}", APP.signed_in(download)),
]

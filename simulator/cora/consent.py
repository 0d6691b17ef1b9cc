"""GET /oauth/authorize: the page where a customer lets a partner act on an account.

The parameter is `scopes`, plural (developers.cora.com.br,
/docs/fluxos-de-autorizacao-e-autenticacao). The way back of a refusal is not documented: it is
RFC 6749's error=access_denied.
"""

import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import record_of
from simulator.cora.auth import SCOPES
from simulator.cora.bank import SLUG, Cora, cora_of
from simulator.cora.look import HEADER, sign_in_fields
from simulator.cora.seed import LOOPBACK
from simulator.cora.sessions import new_session, person_of
from simulator.core import people
from simulator.core.clock import to_micros
from simulator.core.documents import format_document
from simulator.core.pages import esc, go_to, note, page, read_form
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for consent that may be shown: its client and redirect_uri are known."""

    client_id: str
    partner: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None

    def back(self, **answer: str) -> Response:
        """To the partner, with the answer and its state."""
        if self.state is not None:
            answer["state"] = self.state
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return go_to(self.redirect_uri + joint + urlencode(answer))


async def authorize(request: Request) -> Response:
    cora, query = cora_of(request), request.query_params
    partner = cora.store.row(
        "SELECT * FROM cora_partner WHERE client_id = ?", query.get("client_id", "")
    )
    redirect_uri = query.get("redirect_uri", "")
    if partner is None or not _is_registered(partner, redirect_uri):
        return _unknown()
    asked = _Asked(
        partner["client_id"],
        partner["name"],
        redirect_uri,
        tuple(dict.fromkeys(query.get("scopes", "").split())),
        query.get("state"),
    )
    if query.get("response_type") != "code":
        return asked.back(error="unsupported_response_type")
    if not asked.scopes or not set(asked.scopes) <= set(SCOPES):
        return asked.back(error="invalid_scope")
    if request.method == "GET":
        return _sign_in_page(asked)
    return _answer_form(cora, request, asked, await read_form(request))


def _answer_form(cora: Cora, request: Request, asked: _Asked, form: dict[str, str]) -> Response:
    if form.get("act") == "deny":
        return asked.back(error="access_denied")
    if form.get("act") == "sign_in":
        person = people.sign_in(cora.store, form.get("cpf", ""), form.get("password", ""))
        if person is None:
            return _sign_in_page(asked, "CPF ou senha não conferem.", form.get("cpf", ""))
        return _consent_page(cora, asked, new_session(cora, person["id"]), person["id"])
    session = form.get("session", "")
    person_id = person_of(cora, session)
    if person_id is None:
        return _sign_in_page(asked, "O tempo para autorizar acabou. Entre de novo.")
    accounts = people.accounts_of(cora.store, SLUG, person_id)
    chosen = next((held for held in accounts if str(held.id) == form.get("account")), None)
    if chosen is None:
        return _consent_page(cora, asked, session, person_id, "Escolha a empresa.")
    record_of(request).effect = True
    return asked.back(code=_new_code(cora, asked, person_id, chosen))


def _new_code(cora: Cora, asked: _Asked, person_id: int, account: Account) -> str:
    code = secrets.token_urlsafe(24)
    expires_at = to_micros(cora.clock.now()) + cora.settings.code_seconds * 1_000_000
    cora.store.run(
        "INSERT INTO cora_code (code, client_id, redirect_uri, person_id, account_id, scopes,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(code, asked.client_id, asked.redirect_uri, person_id, account.id),
        *(" ".join(asked.scopes), expires_at),
    )
    return code


def _is_registered(partner: Row, redirect_uri: str) -> bool:
    registered = json.loads(partner["redirect_uris"])
    if "#" in redirect_uri:
        return False
    return redirect_uri in registered or (LOOPBACK in registered and is_loopback(redirect_uri))


def _unknown() -> Response:
    body = """<div class="card narrow stack"><h1>Não foi possível continuar</h1>
<p>O sistema que trouxe você até aqui não está cadastrado na Cora, ou o endereço de volta não é o
cadastrado.</p><p class="muted">Nada foi autorizado. Feche esta página e avise o seu fornecedor.</p>
</div>"""
    return page("Não foi possível continuar", body, header=HEADER, status=400)


def _sign_in_page(asked: _Asked, problem: str = "", cpf: str = "") -> Response:
    body = f"""<div class="card narrow stack"><h1>Entre na sua conta Cora</h1>
<p class="muted">para conectar {esc(asked.partner)}</p>{note(problem)}
<form method="post" class="stack">
{sign_in_fields(cpf)}
<button class="main wide" name="act" value="sign_in">Entrar</button>
<button class="quiet wide" name="act" value="deny" formnovalidate>Cancelar</button></form></div>"""
    return page("Entrar · Cora", body, header=HEADER, status=401 if problem else 200)


def _consent_page(
    cora: Cora, asked: _Asked, session: str, person_id: int, problem: str = ""
) -> Response:
    accounts = people.accounts_of(cora.store, SLUG, person_id)
    only = "checked" if len(accounts) == 1 else ""
    options = "".join(_option(held, only) for held in accounts)
    allowed = "".join(f"<li>{esc(SCOPES[scope])}</li>" for scope in asked.scopes)
    body = f"""<div class="card narrow stack"><h1>Permitir o acesso de {esc(asked.partner)}?</h1>
{note(problem)}<form method="post" class="stack">
<input type="hidden" name="session" value="{esc(session)}">
<fieldset><legend>Empresa</legend>{options}</fieldset>
<div><h2>{esc(asked.partner)} poderá</h2><ul class="allowed">{allowed}</ul></div>
<p class="muted">Nenhum dinheiro sai sem a sua aprovação no aplicativo da Cora. Você pode revogar o
acesso quando quiser, em Integrações.</p>
<button class="main wide" name="act" value="allow">Permitir</button>
<button class="wide" name="act" value="deny" formnovalidate>Recusar</button></form></div>"""
    return page("Permitir acesso · Cora", body, header=HEADER)


def _option(held: Account, checked: str) -> str:
    return f"""<label class="option"><input type="radio" name="account" value="{held.id}" required
 {checked}><span>{esc(held.name)}<small> {format_document(held.cnpj)} · conta
 {esc(held.number)}-{esc(held.digit)}</small></span></label>"""

"""GET /api-banking/auth/oauth/v2/authorize: where a holder lets a partner act on an account
(devs.bs2.com/docs/consent). The way back of a refusal is not documented: it is RFC 6749's.
"""

import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import record_of
from simulator.bs2.auth import SCOPES
from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.grants import CONSENT
from simulator.bs2.people.look import HEADER, sign_in_fields
from simulator.bs2.people.sessions import accounts_of, new_session, session_of
from simulator.core import people
from simulator.core.clock import to_micros
from simulator.core.documents import format_document
from simulator.core.pages import esc, go_to, note, page, read_form
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback

LOOPBACK = "http://loopback/"  # stands for every http address of this machine


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for consent that may be shown: its application and redirect_uri are known."""

    api_key: str
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
    bs2, query = bs2_of(request), request.query_params
    row = bs2.store.row(
        "SELECT * FROM bs2_application WHERE api_key = ? AND kind = ?",
        *(query.get("client_id", ""), CONSENT),
    )
    redirect_uri = query.get("redirect_uri", "")
    if row is None or not _is_registered(row, redirect_uri):
        return _unknown()
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    asked = _Asked(row["api_key"], row["name"], redirect_uri, scopes, query.get("state"))
    if query.get("response_type") != "code":
        return asked.back(error="unsupported_response_type")
    if not scopes or not set(scopes) <= set(row["scopes"].split()):
        return asked.back(error="invalid_scope")
    if request.method == "GET":
        return _sign_in_page(asked)
    return _answer_form(bs2, request, asked, await read_form(request))


def _answer_form(bs2: Bs2, request: Request, asked: _Asked, form: dict[str, str]) -> Response:
    if form.get("act") == "deny":
        return asked.back(error="access_denied")
    if form.get("act") == "sign_in":
        person = people.sign_in(bs2.store, form.get("cpf", ""), form.get("password", ""))
        if person is None:
            return _sign_in_page(asked, "CPF ou senha não conferem.", form.get("cpf", ""))
        return _consent_page(bs2, asked, new_session(bs2, person["id"]), person["id"])
    session = session_of(bs2, form.get("session", ""))
    if session is None:
        return _sign_in_page(asked, "O tempo para autorizar acabou. Entre de novo.")
    accounts = accounts_of(bs2, session["person_id"])
    chosen = next((held for held in accounts if str(held.id) == form.get("account")), None)
    if chosen is None:
        problem = "Escolha a empresa."
        return _consent_page(bs2, asked, session["id"], session["person_id"], problem)
    record_of(request).effect = True
    return asked.back(code=_new_code(bs2, asked, session["person_id"], chosen))


def _new_code(bs2: Bs2, asked: _Asked, person_id: int, account: Account) -> str:
    code = secrets.token_urlsafe(24)
    bs2.store.run(
        "INSERT INTO bs2_code (code, api_key, redirect_uri, person_id, account_id, scopes,"
        " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(code, asked.api_key, asked.redirect_uri, person_id, account.id, " ".join(asked.scopes)),
        to_micros(bs2.clock.now()) + bs2.settings.code_seconds * 1_000_000,
    )
    return code


def _is_registered(row: Row, redirect_uri: str) -> bool:
    registered = json.loads(row["redirect_uris"])
    if "#" in redirect_uri:
        return False
    return redirect_uri in registered or (LOOPBACK in registered and is_loopback(redirect_uri))


def _unknown() -> Response:
    body = """<div class="card narrow stack"><h1>Não foi possível continuar</h1>
<p>O sistema que trouxe você até aqui não está cadastrado no BS2, ou o endereço de volta não é o
cadastrado.</p><p class="muted">Nada foi autorizado. Feche esta página e avise o seu fornecedor.</p>
</div>"""
    return page("Não foi possível continuar", body, header=HEADER, status=400)


def _sign_in_page(asked: _Asked, problem: str = "", cpf: str = "") -> Response:
    body = f"""<div class="card narrow stack"><h1>Entre na sua conta BS2</h1>
<p class="muted">para conectar {esc(asked.partner)}</p>{note(problem)}
<form method="post" class="stack">
{sign_in_fields(cpf)}
<button class="main wide" name="act" value="sign_in">Entrar</button>
<button class="quiet wide" name="act" value="deny" formnovalidate>Cancelar</button></form></div>"""
    return page("Entrar · BS2", body, header=HEADER, status=401 if problem else 200)


def _consent_page(
    bs2: Bs2, asked: _Asked, session: str, person_id: int, problem: str = ""
) -> Response:
    accounts = accounts_of(bs2, person_id)
    only = "checked" if len(accounts) == 1 else ""
    options = "".join(_option(held, only) for held in accounts)
    allowed = "".join(f"<li>{esc(SCOPES.get(scope, scope))}</li>" for scope in asked.scopes)
    body = f"""<div class="card narrow stack"><h1>Permitir o acesso de {esc(asked.partner)}?</h1>
{note(problem)}<form method="post" class="stack">
<input type="hidden" name="session" value="{esc(session)}">
<fieldset><legend>Empresa</legend>{options}</fieldset>
<div><h2>{esc(asked.partner)} poderá</h2><ul class="allowed">{allowed}</ul></div>
<p class="muted">Nenhum dinheiro sai sem a sua aprovação no BS2 Empresas. Você pode revogar o acesso
quando quiser, em API Banking.</p>
<button class="main wide" name="act" value="allow">Permitir</button>
<button class="wide" name="act" value="deny" formnovalidate>Recusar</button></form></div>"""
    return page("Permitir acesso · BS2", body, header=HEADER)


def _option(held: Account, checked: str) -> str:
    return f"""<label class="option"><input type="radio" name="account" value="{held.id}" required
 {checked}><span>{esc(held.name)}<small> {format_document(held.cnpj)} · agência {held.branch}
 · conta {esc(held.number)}-{esc(held.digit)}</small></span></label>"""

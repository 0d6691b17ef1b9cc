"""Where the holder of an account lets a partner act on it: the page that OAuth's `authorize` shows.

The way back of a refusal is documented by no bank: it is RFC 6749's error=access_denied.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import people
from simulator.core.app.look import sign_in_fields
from simulator.core.app.visits import BankApp
from simulator.core.clock import to_micros
from simulator.core.documents import format_document
from simulator.core.journal import record_of
from simulator.core.orders import B
from simulator.core.pages import esc, go_to, note, read_form
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback

LOOPBACK = "http://loopback/"  # among a partner's addresses: every http one of this machine


@dataclass(frozen=True, slots=True)
class Code:
    """What a person allowed; worth a code until `expires_at`, in microseconds since 1970 UTC."""

    value: str
    client_id: str
    redirect_uri: str
    person_id: int
    account_id: int
    scopes: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for consent that may be shown: its partner and redirect_uri are known."""

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


@dataclass(frozen=True, slots=True)
class Consent(Generic[B]):
    """What a bank gives so that the page is its own."""

    app: BankApp[B]
    at: str  # na Cora
    approves: str  # where payments are approved: no aplicativo da Cora
    ends: str  # where the access is taken back: em Integrações
    parameter: str  # that names the scopes
    scopes: Mapping[str, str]  # what each lets the partner do
    # The partner of a client_id: its `name`, and its `redirect_uris` as JSON.
    partner: Callable[[B, str], Row | None]
    allowed: Callable[[Row], frozenset[str]]  # the scopes that a partner may ask for
    keep_code: Callable[[B, Code], object]
    code_seconds: int

    async def authorize(self, request: Request) -> Response:
        bank, query = self.app.state_of(request), request.query_params
        client_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
        partner = self.partner(bank, client_id)
        if partner is None or not _is_registered(partner, redirect_uri):
            return self._unknown()
        scopes = tuple(dict.fromkeys(query.get(self.parameter, "").split()))
        asked = _Asked(client_id, partner["name"], redirect_uri, scopes, query.get("state"))
        if query.get("response_type") != "code":
            return asked.back(error="unsupported_response_type")
        if not scopes or not self.allowed(partner).issuperset(scopes):
            return asked.back(error="invalid_scope")
        if request.method == "GET":
            return self._sign_in_page(asked)
        return self._answer_form(bank, request, asked, await read_form(request))

    def _answer_form(
        self, bank: B, request: Request, asked: _Asked, form: dict[str, str]
    ) -> Response:
        if form.get("act") == "deny":
            return asked.back(error="access_denied")
        if form.get("act") == "sign_in":
            return self._sign_in(bank, asked, form)
        sessions = self.app.sessions(bank)
        session = sessions.find(form.get("session", ""))
        if session is None:
            return self._sign_in_page(asked, "O tempo para autorizar acabou. Entre de novo.")
        accounts = sessions.accounts_of(session["person_id"])
        chosen = next((held for held in accounts if str(held.id) == form.get("account")), None)
        if chosen is None:
            return self._consent_page(asked, session["id"], accounts, "Escolha a empresa.")
        record_of(request).effect = True
        return asked.back(code=self._new_code(bank, asked, session["person_id"], chosen))

    def _sign_in(self, bank: B, asked: _Asked, form: dict[str, str]) -> Response:
        cpf = form.get("cpf", "")
        person = people.sign_in(bank.store, cpf, form.get("password", ""))
        if person is None:
            return self._sign_in_page(asked, "CPF ou senha não conferem.", cpf)
        sessions = self.app.sessions(bank)
        accounts = sessions.accounts_of(person["id"])
        return self._consent_page(asked, sessions.begin(person["id"]), accounts)

    def _new_code(self, bank: B, asked: _Asked, person_id: int, account: Account) -> str:
        code = Code(
            value=secrets.token_urlsafe(24),
            client_id=asked.client_id,
            redirect_uri=asked.redirect_uri,
            person_id=person_id,
            account_id=account.id,
            scopes=" ".join(asked.scopes),
            expires_at=to_micros(bank.clock.now()) + self.code_seconds * 1_000_000,
        )
        self.keep_code(bank, code)
        return code.value

    def _unknown(self) -> Response:
        title = "Não foi possível continuar"
        body = f"""<h1>{title}</h1>
<p>O sistema que trouxe você até aqui não está cadastrado {self.at}, ou o endereço de volta não é o
cadastrado.</p><p class="muted">Nada foi autorizado. Feche esta página e avise o seu fornecedor.</p>
"""
        return self.app.look.bare(title, body, 400)

    def _sign_in_page(self, asked: _Asked, problem: str = "", cpf: str = "") -> Response:
        look = self.app.look
        body = f"""<h1>Entre na sua conta {look.name}</h1>
<p class="muted">para conectar {esc(asked.partner)}</p>{note(problem)}
<form method="post" class="stack">
{sign_in_fields(cpf)}
<button class="main wide" name="act" value="sign_in">Entrar</button>
<button class="quiet wide" name="act" value="deny" formnovalidate>Cancelar</button></form>"""
        return look.bare(f"Entrar · {look.name}", body, 401 if problem else 200)

    def _consent_page(
        self, asked: _Asked, session: str, accounts: list[Account], problem: str = ""
    ) -> Response:
        only = "checked" if len(accounts) == 1 else ""
        options = "".join(_option(held, only) for held in accounts)
        allowed = "".join(f"<li>{esc(self.scopes.get(name, name))}</li>" for name in asked.scopes)
        body = f"""<h1>Permitir o acesso de {esc(asked.partner)}?</h1>
{note(problem)}<form method="post" class="stack">
<input type="hidden" name="session" value="{esc(session)}">
<fieldset><legend>Empresa</legend>{options}</fieldset>
<div><h2>{esc(asked.partner)} poderá</h2><ul class="allowed">{allowed}</ul></div>
<p class="muted">Nenhum dinheiro sai sem a sua aprovação {self.approves}. Você pode revogar o
acesso quando quiser, {self.ends}.</p>
<button class="main wide" name="act" value="allow">Permitir</button>
<button class="wide" name="act" value="deny" formnovalidate>Recusar</button></form>"""
        return self.app.look.bare(f"Permitir acesso · {self.app.look.name}", body)


def _is_registered(partner: Row, redirect_uri: str) -> bool:
    registered = json.loads(partner["redirect_uris"])
    if "#" in redirect_uri:
        return False
    return redirect_uri in registered or (LOOPBACK in registered and is_loopback(redirect_uri))


def _option(held: Account, checked: str) -> str:
    return f"""<label class="option"><input type="radio" name="account" value="{held.id}" required
 {checked}><span>{esc(held.name)}<small> {format_document(held.cnpj)} · agência {held.branch}
 · conta {esc(held.number)}-{esc(held.digit)}</small></span></label>"""

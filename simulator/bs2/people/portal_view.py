"""The HTML of API Banking in BS2 Empresas."""

from collections.abc import Sequence

from starlette.responses import Response

from simulator.bs2.applications import applications_of
from simulator.bs2.auth import SCOPES
from simulator.bs2.bank import Bs2
from simulator.bs2.grants import CONSENT, LEGACY
from simulator.core.app.visits import Visit
from simulator.core.clock import from_micros
from simulator.core.pages import act, esc, field, note, rows_or, time_text
from simulator.core.people import Account
from simulator.core.store import Row

_HOME = "/app/aplicacoes"


def applications_page(visit: Visit[Bs2]) -> Response:
    items = "".join(map(_application, applications_of(visit.bank, visit.account)))
    partners = "".join(map(_partner, _consents(visit.bank, visit.account)))
    body = f"""<h1>API Banking</h1>{note(visit.message, "ok")}
<section class="card stack"><div class="head"><h2>Aplicações</h2>
<a href="{_HOME}/novo">Novo</a></div>
{rows_or(items, "Nenhuma aplicação foi criada para esta conta.")}</section>
<section class="card stack"><h2>Parceiros com acesso</h2>
{rows_or(partners, "Nenhum parceiro tem acesso a esta conta.")}</section>"""
    return visit.page("API Banking", _HOME, body)


def new_page(
    visit: Visit[Bs2], problem: str = "", name: str = "", scopes: Sequence[str] = tuple(SCOPES)
) -> Response:
    options = "".join(_scope(scope, words, scope in scopes) for scope, words in SCOPES.items())
    body = f"""<h1>Nova aplicação</h1>{note(problem)}
<form method="post" class="card stack">
{field("Nome", "name", name, more='required maxlength="60"')}
{field("Descrição", "description", more='maxlength="200"')}
<fieldset><legend>Tipo</legend>
<label class="option"><input type="radio" name="kind" value="portal" checked>API Banking,
 Cobrança e Pix</label>
<label class="option"><input type="radio" name="kind" value="legacy">Integração antiga,
 com usuário e senha</label></fieldset>
<fieldset><legend>APIs contratadas</legend>{options}</fieldset>
<button class="main">Criar</button></form>"""
    return visit.page("Nova aplicação", _HOME, body, status=422 if problem else 200)


def credentials_page(visit: Visit[Bs2], row: Row, refresh_token: str | None) -> Response:
    """What the other system asks for. The secret and the token are not shown again."""
    shown = [
        ("API Key", row["api_key"]),
        ("API Secret", row["api_secret"]),
        ("Scope", row["scopes"]),
    ]
    if refresh_token is not None:
        shown.append(("Refresh_Token", refresh_token))
    if row["kind"] == LEGACY:
        shown += [("Usuário", row["username"]), ("Senha", row["password"])]
    items = "".join(
        f'<div><dt>{label}</dt><dd><code id="{label.lower().replace(" ", "-")}">{esc(value)}</code>'
        "</dd></div>"
        for label, value in shown
    )
    body = f"""<h1>{esc(row["name"])}</h1>
<section class="card stack"><h2>Credenciais</h2><dl class="stack">{items}</dl>
<p class="muted">Copie agora: o API Secret e o Refresh_Token não aparecem de novo. O Refresh_Token
precisa ser usado em até 48 horas.</p><p><a href="{_HOME}">Voltar às aplicações</a></p></section>"""
    return visit.page("Credenciais", _HOME, body)


def _application(row: Row) -> str:
    about, url = f"app-{row['api_key']}", f"{_HOME}/{row['api_key']}"
    kind = "integração antiga" if row["kind"] == LEGACY else f"{len(row['scopes'].split())} funções"
    renew = "" if row["kind"] == LEGACY else act(url + "/token", "Gerar novo token", about=about)
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>{esc(row["description"] or kind)}</small><small><code>{esc(row["api_key"])}</code></small>
</span>
<span class="acts">{renew}{act(url + "/excluir", "Excluir", about=about)}</span></li>"""


def _consents(bs2: Bs2, held: Account) -> list[Row]:
    return bs2.store.rows(
        "SELECT g.*, a.name FROM bs2_grant g JOIN bs2_application a USING (api_key)"
        " WHERE g.account_id = ? AND g.ended_at IS NULL AND a.kind = ? ORDER BY g.id",
        *(held.id, CONSENT),
    )


def _partner(row: Row) -> str:
    about, url = f"consent-{row['id']}", f"{_HOME}/consentimentos/{row['id']}/revogar"
    allowed = "; ".join(SCOPES.get(scope, scope) for scope in row["scopes"].split())
    used = time_text(from_micros(row["used_at"]))
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>{esc(allowed)}</small><small>Usado em {used} · renovado {row["refreshes"]} vezes</small>
</span>
{act(url, "Revogar acesso", about=about)}</li>"""


def _scope(scope: str, words: str, checked: bool) -> str:
    mark = "checked" if checked else ""
    return f"""<label class="option"><input type="checkbox" name="scope" value="{scope}" {mark}>
<span>{esc(words)}<small> {scope}</small></span></label>"""

"""The HTML of «Aplicativo do banco»."""

import json
from datetime import date, timedelta
from itertools import groupby

from starlette.responses import Response

from simulator.cora import orders
from simulator.cora.auth import SCOPES
from simulator.cora.bank import Cora
from simulator.cora.direct_view import direct_section
from simulator.cora.look import HEADER, sign_in_fields
from simulator.core import ledger
from simulator.core.clock import from_micros
from simulator.core.documents import format_document
from simulator.core.ledger import Period
from simulator.core.pages import act, day_text, esc, field, money, note, page, time_text
from simulator.core.people import Account
from simulator.core.store import Row

_PER_PAGE = 50
_SHOWN_WAITING = 50
_NAV = (
    ("/app", "Início"),
    ("/app/extrato", "Extrato"),
    ("/app/receber", "Receber"),
    ("/app/cobrancas", "Cobranças"),
    ("/app/integracoes", "Integrações via APIs"),
)
_RAILS = {"transfer": "TED", "payment": "Boleto"}


def sign_in_page(problem: str = "", cpf: str = "") -> Response:
    body = f"""<div class="card narrow stack"><h1>Aplicativo do banco</h1>{note(problem)}
<form method="post" action="/app/entrar" class="stack">
{sign_in_fields(cpf)}
<button class="main wide">Entrar</button></form></div>"""
    return page("Entrar · Cora", body, header=HEADER, status=401 if problem else 200)


def companies_page(accounts: list[Account]) -> Response:
    options = "".join(
        act("/app/empresa", held.name, style="wide", fields=[("account", str(held.id))])
        for held in accounts
    )
    body = f"""<div class="card narrow stack"><h1>Escolha a empresa</h1>
{options}{act("/app/sair", "Sair", style="quiet")}</div>"""
    return page("Escolha a empresa · Cora", body, header=HEADER)


def home_page(cora: Cora, held: Account, message: str) -> Response:
    count = cora.store.row(
        "SELECT sum(status = 'INITIATED') AS waiting, sum(status = 'SCHEDULED') AS scheduled"
        " FROM cora_order WHERE account_id = ? AND status IN ('INITIATED', 'SCHEDULED')",
        held.id,
    )
    waiting = (count and count["waiting"]) or 0
    scheduled = (count and count["scheduled"]) or 0
    later = f'<p class="muted">{scheduled} já aprovados esperam o dia.</p>' if scheduled else ""
    body = f"""<h1>{esc(held.name)}</h1>{note(message, "ok")}
<section class="card"><h2>Saldo</h2><p class="balance" id="balance">{money(held.balance)}</p>
<small>Agência {held.branch} · Conta {held.number}-{held.digit}</small></section>
<section class="card stack">{_waiting(cora, held, waiting)}{later}</section>"""
    return app_page("Início", "/app", held, body)


def _waiting(cora: Cora, held: Account, count: int) -> str:
    if not count:
        return "<h2>Aguardando sua aprovação</h2><p>Nada espera a sua aprovação agora.</p>"
    rows = orders.waiting(cora, held.id, _SHOWN_WAITING)
    items = "".join(_order(row) for row in rows)
    hidden = count - len(rows)
    more = f'<p class="muted">E mais {hidden}, que aparecem depois destes.</p>' if hidden else ""
    return f"""<div class="head"><h2>Aguardando sua aprovação ({count})</h2>
{act("/app/aprovar-todos", "Aprovar todos", style="main")}</div>
<ul class="rows">{items}</ul>{more}"""


def _what(row: Row) -> str:
    """TED, boleto, or the tax: those have no bar code."""
    if row["rail"] == orders.PAYMENT and not row["barcode"]:
        return esc(json.loads(row["wire"])["data"]["type"])
    return _RAILS[row["rail"]]


def _order(row: Row) -> str:
    about = f"about-{row['seq']}"
    when = (
        f"agendado para {day_text(row['scheduled'])}" if row["scheduled"] else "assim que aprovar"
    )
    code = f" · {esc(row['code'])}" if row["code"] else ""
    limit = time_text(from_micros(row["deadline"] - 1))[:16]
    url = f"/app/itens/{row['id']}"
    return f"""<li><span class="who" id="{about}">{_what(row)} para {esc(row["name"])}
<small>{format_document(row["document"])}{code}</small>
<small>{when} · aprovar até {limit}</small></span>
<strong class="num">{money(row["amount"])}</strong>
<span class="acts">{act(url + "/aprovar", "Aprovar", style="main", about=about)}
{act(url + "/recusar", "Recusar", about=about)}
{act(url + "/vencer", "Deixar vencer", style="quiet", about=about)}</span></li>"""


def statement_page(cora: Cora, held: Account, number: int, since: date, until: date) -> Response:
    period = Period(since, until)
    skip = (number - 1) * _PER_PAGE
    rows = ledger.entries(cora.store, held.id, period, skip=skip, take=_PER_PAGE + 1)
    days = groupby(rows[:_PER_PAGE], key=lambda row: str(row["day"]))
    listed = "".join(_day(cora, held, day, list(entries)) for day, entries in days)
    links = [f'<a href="?pagina={number - 1}">Mais novos</a>'] if number > 1 else []
    if len(rows) > _PER_PAGE:
        links.append(f'<a href="?pagina={number + 1}">Mais antigos</a>')
    body = f"""<h1>Extrato</h1><section class="card">{listed or "<p>Nenhum lançamento.</p>"}
<p class="acts">{" ".join(links)}</p></section>"""
    return app_page("Extrato", "/app/extrato", held, body)


def _day(cora: Cora, held: Account, day: str, rows: list[Row]) -> str:
    closing = ledger.balance_before(
        cora.store, held.id, date.fromisoformat(day) + timedelta(days=1)
    )
    items = "".join(_entry(row) for row in rows)
    return f"""<h2 class="day"><span>{day_text(day)}</span><span>saldo {money(closing)}</span></h2>
<ul class="rows entries">{items}</ul>"""


def _entry(row: Row) -> str:
    is_credit = row["direction"] == ledger.CREDIT
    amount = f"+ {money(row['amount'])}" if is_credit else f"− {money(row['amount'])}"
    return f"""<li><span class="who">{esc(row["name"] or row["description"])}
<small>{esc(row["description"])}</small></span>
<span class="num{" in" if is_credit else ""}">{amount}</span></li>"""


def receive_page(held: Account, given: dict[str, str] | None = None, problem: str = "") -> Response:
    given = given or {}
    ted = "checked" if given.get("kind") == "TRANSFER" else ""
    pix = "" if ted else "checked"
    body = f"""<h1>Receber dinheiro</h1>
<p class="muted">Como se um cliente pagasse agora para {esc(held.name)}.</p>{note(problem)}
<form method="post" class="card stack">
{field("Quem paga", "name", given.get("name", ""), more='required maxlength="120"')}
{field("CPF ou CNPJ", "document", given.get("document", ""), more="required")}
{field("Valor", "amount", given.get("amount", ""), more='inputmode="decimal" required')}
<fieldset><legend>Meio</legend>
<label class="option"><input type="radio" name="kind" value="PIX" {pix}>Pix</label>
<label class="option"><input type="radio" name="kind" value="TRANSFER" {ted}>TED</label></fieldset>
<button class="main">Receber</button></form>"""
    return app_page("Receber", "/app/receber", held, body, status=422 if problem else 200)


def consents_page(cora: Cora, held: Account, message: str) -> Response:
    rows = cora.store.rows(
        "SELECT g.*, p.name FROM cora_grant g LEFT JOIN cora_partner p USING (client_id)"
        " WHERE account_id = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 100",
        held.id,
    )
    items = "".join(_consent(row) for row in rows)
    empty = "<p>Nenhum sistema tem acesso a esta conta.</p>"
    body = f"""<h1>Integrações via APIs</h1>{note(message, "ok")}
<section class="card"><h2>Sistemas com acesso</h2>
{f'<ul class="rows">{items}</ul>' if items else empty}</section>
{direct_section(cora, held)}"""
    return app_page("Integrações via APIs", "/app/integracoes", held, body)


def _consent(row: Row) -> str:
    about = f"consent-{row['id']}"
    allowed = "; ".join(SCOPES.get(scope, scope) for scope in row["scopes"].split())
    used = time_text(from_micros(row["used_at"]))
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"] or row["client_id"])}
</strong><small>{esc(allowed)}</small><small>Usado em {used} · renovado {row["refreshes"]} vezes
</small></span>{act(f"/app/integracoes/{row['id']}/revogar", "Revogar acesso", about=about)}</li>"""


def app_page(title: str, path: str, held: Account, body: str, status: int = 200) -> Response:
    links = "".join(
        f'<a href="{url}"{" aria-current=page" if url == path else ""}>{label}</a>'
        for url, label in _NAV
    )
    header = f"""<header class="bar"><div><span class="mark">Cora</span>
<span class="acts"><small>{esc(held.name)}</small>{act("/app/sair", "Sair", style="quiet")}</span>
<nav aria-label="Principal">{links}</nav></div></header>"""
    return page(f"{title} · Cora", body, header=header, status=status)

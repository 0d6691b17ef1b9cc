"""The HTML of BS2 Empresas."""

from datetime import date, timedelta
from itertools import groupby

from starlette.responses import Response

from simulator.bs2.bank import Bs2
from simulator.bs2.movements import texts_of
from simulator.bs2.orders import book as orders
from simulator.bs2.people.look import HEADER, sign_in_fields
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
    ("/app/aplicacoes", "API Banking"),
)
_DECISIONS = {  # label and style of the button
    "aprovar": ("Aprovar", "main"),
    "recusar": ("Recusar", ""),
    "vencer": ("Deixar vencer", "quiet"),
    "cancelar": ("Cancelar", ""),
}
_RAILS = {orders.TRANSFER: "Transferência", orders.PAYMENT: "Título", orders.PIX: "Pix"}


def sign_in_page(problem: str = "", cpf: str = "") -> Response:
    body = f"""<div class="card narrow stack"><h1>BS2 Empresas</h1>{note(problem)}
<form method="post" action="/app/entrar" class="stack">
{sign_in_fields(cpf)}
<button class="main wide">Entrar</button></form></div>"""
    return page("Entrar · BS2", body, header=HEADER, status=401 if problem else 200)


def companies_page(accounts: list[Account]) -> Response:
    options = "".join(
        act("/app/empresa", held.name, style="wide", fields=[("account", str(held.id))])
        for held in accounts
    )
    body = f"""<div class="card narrow stack"><h1>Escolha a empresa</h1>
{options}{act("/app/sair", "Sair", style="quiet")}</div>"""
    return page("Escolha a empresa · BS2", body, header=HEADER)


def home_page(bs2: Bs2, held: Account, message: str) -> Response:
    rows = orders.orders_of(bs2, held)
    waiting = [row for row in reversed(rows) if row["state"] == orders.WAITING]
    later = [row for row in rows if row["state"] == orders.SCHEDULED]
    body = f"""<h1>{esc(held.name)}</h1>{note(message, "ok")}
<section class="card"><h2>Saldo</h2><p class="balance" id="balance">{money(held.balance)}</p>
<small>Agência {held.branch} · Conta {held.number}-{held.digit}</small></section>
<section class="card stack">{_waiting(waiting)}</section>{_scheduled(later)}"""
    return bs2_page("Início", "/app", held, body)


def _waiting(rows: list[Row]) -> str:
    if not rows:
        return "<h2>Aguardando sua aprovação</h2><p>Nada espera a sua aprovação agora.</p>"
    items = "".join(_order(row, ("aprovar", "recusar", "vencer")) for row in rows[:_SHOWN_WAITING])
    hidden = len(rows) - _SHOWN_WAITING
    more = (
        f'<p class="muted">E mais {hidden}, que aparecem depois destes.</p>' if hidden > 0 else ""
    )
    return f"""<div class="head"><h2>Aguardando sua aprovação ({len(rows)})</h2>
{act("/app/aprovar-todos", "Aprovar todos", style="main")}</div>
<ul class="rows">{items}</ul>{more}"""


def _scheduled(rows: list[Row]) -> str:
    if not rows:
        return ""
    items = "".join(_order(row, ("cancelar",)) for row in rows[:_SHOWN_WAITING])
    return f"""<section class="card"><h2>Agendados ({len(rows)})</h2>
<ul class="rows">{items}</ul></section>"""


def _order(row: Row, decisions: tuple[str, ...]) -> str:
    about = f"about-{row['seq']}"
    when = f"para {day_text(row['scheduled'])}" if row["scheduled"] else "assim que aprovar"
    limit = f" · aprovar até {time_text(from_micros(row['deadline'] - 1))[:16]}"
    buttons = "".join(
        act(f"/app/itens/{row['id']}/{decision}", label, style=style, about=about)
        for decision in decisions
        for label, style in [_DECISIONS[decision]]
    )
    return f"""<li><span class="who" id="{about}">{_RAILS[row["rail"]]} para {esc(row["name"])}
<small>{format_document(row["document"])}</small>
<small>{when}{limit if row["state"] == orders.WAITING else ""}</small></span>
<strong class="num">{money(row["amount"])}</strong><span class="acts">{buttons}</span></li>"""


def statement_page(bs2: Bs2, held: Account, number: int, since: date, until: date) -> Response:
    period, skip = Period(since, until), (number - 1) * _PER_PAGE
    rows = ledger.entries(bs2.store, held.id, period, skip=skip, take=_PER_PAGE + 1)
    days = groupby(rows[:_PER_PAGE], key=lambda row: str(row["day"]))
    listed = "".join(_day(bs2, held, day, list(entries)) for day, entries in days)
    links = [f'<a href="?pagina={number - 1}">Mais novos</a>'] if number > 1 else []
    if len(rows) > _PER_PAGE:
        links.append(f'<a href="?pagina={number + 1}">Mais antigos</a>')
    body = f"""<h1>Extrato</h1><section class="card">{listed or "<p>Nenhum lançamento.</p>"}
<p class="acts">{" ".join(links)}</p></section>"""
    return bs2_page("Extrato", "/app/extrato", held, body)


def _day(bs2: Bs2, held: Account, day: str, rows: list[Row]) -> str:
    tomorrow = date.fromisoformat(day) + timedelta(days=1)
    closing = ledger.balance_before(bs2.store, held.id, tomorrow)
    items = "".join(_entry(row) for row in rows)
    return f"""<h2 class="day"><span>{day_text(day)}</span><span>saldo {money(closing)}</span></h2>
<ul class="rows entries">{items}</ul>"""


def _entry(row: Row) -> str:
    is_credit = row["direction"] == ledger.CREDIT
    amount = f"+ {money(row['amount'])}" if is_credit else f"− {money(row['amount'])}"
    return f"""<li><span class="who">{esc(row["name"] or row["description"])}
<small>{esc(texts_of(row)[0])}</small></span>
<span class="num{" in" if is_credit else ""}">{amount}</span></li>"""


def receive_page(held: Account, given: dict[str, str] | None = None, problem: str = "") -> Response:
    given = given or {}
    ted = "checked" if given.get("kind") == "TED" else ""
    pix = "" if ted else "checked"
    body = f"""<h1>Receber dinheiro</h1>
<p class="muted">Como se um cliente pagasse agora para {esc(held.name)}.</p>{note(problem)}
<form method="post" class="card stack">
{field("Quem paga", "name", given.get("name", ""), more='required maxlength="120"')}
{field("CPF ou CNPJ", "document", given.get("document", ""), more="required")}
{field("Valor", "amount", given.get("amount", ""), more='inputmode="decimal" required')}
<fieldset><legend>Meio</legend>
<label class="option"><input type="radio" name="kind" value="PIX" {pix}>Pix</label>
<label class="option"><input type="radio" name="kind" value="TED" {ted}>TED</label></fieldset>
<button class="main">Receber</button></form>"""
    return bs2_page("Receber", "/app/receber", held, body, status=422 if problem else 200)


def bs2_page(title: str, path: str, held: Account, body: str, status: int = 200) -> Response:
    links = "".join(
        f'<a href="{url}"{" aria-current=page" if url == path else ""}>{label}</a>'
        for url, label in _NAV
    )
    header = f"""<header class="bar"><div><span class="mark">BS2 Empresas</span>
<span class="acts"><small>{esc(held.name)}</small>{act("/app/sair", "Sair", style="quiet")}</span>
<nav aria-label="Principal">{links}</nav></div></header>"""
    return page(f"{title} · BS2", body, header=header, status=status)

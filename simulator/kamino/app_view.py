"""The HTML of «Aplicativo do banco»."""

from datetime import date, timedelta
from itertools import groupby

from starlette.responses import Response

from simulator.core import ledger
from simulator.core.clock import from_micros
from simulator.core.documents import format_document
from simulator.core.ledger import Period
from simulator.core.pages import act, day_text, esc, field, money, note, page, time_text
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import charges_life, payments_life
from simulator.kamino.bank import Kamino

HEADER = '<header class="bar"><div><span class="mark">Conta Kamino</span></div></header>'
_NUMBER = 'inputmode="numeric" autocomplete="off" required'
_PER_PAGE = 50
_SHOWN_WAITING = 50
_NAV = (
    ("/app", "Início"),
    ("/app/extrato", "Extrato"),
    ("/app/receber", "Receber"),
    ("/app/cobrancas", "Cobranças"),
    ("/app/integracoes", "Integrações"),
)
_TYPES = {"ted": "TED", "boleto": "Boleto", "pix": "Pix"}
_CHARGES = {"open": "em aberto", "late": "atrasada", "paid": "paga", "cancelled": "cancelada"}


def sign_in_page(problem: str = "", cpf: str = "") -> Response:
    body = f"""<div class="card narrow stack"><h1>Aplicativo da Conta Kamino</h1>{note(problem)}
<form method="post" action="/app/entrar" class="stack">
{field("CPF", "cpf", cpf, more=f"{_NUMBER} autofocus")}
{field("Senha", "password", kind="password", more=_NUMBER)}
<button class="main wide">Entrar</button></form></div>"""
    return page("Entrar · Conta Kamino", body, header=HEADER, status=401 if problem else 200)


def companies_page(accounts: list[Account]) -> Response:
    options = "".join(
        act("/app/empresa", held.name, style="wide", fields=[("account", str(held.id))])
        for held in accounts
    )
    empty = (
        "<p>Suas empresas ainda não têm Conta Kamino. Ela é aberta pelo sistema do parceiro.</p>"
    )
    body = f"""<div class="card narrow stack"><h1>Escolha a empresa</h1>
{options or empty}{act("/app/sair", "Sair", style="quiet")}</div>"""
    return page("Escolha a empresa · Conta Kamino", body, header=HEADER)


def home_page(bank: Kamino, held: Account, message: str) -> Response:
    counts = {
        row["state"]: row["n"]
        for row in bank.store.rows(
            "SELECT state, count(*) AS n FROM kamino_payment WHERE account_id = ?"
            " AND state IN ('awaiting_approval', 'scheduled') GROUP BY state",
            held.id,
        )
    }
    scheduled = counts.get(payments_life.SCHEDULED, 0)
    later = f'<p class="muted">Aprovados, à espera do dia: {scheduled}.</p>' if scheduled else ""
    waiting = _waiting(bank, held, counts.get(payments_life.AWAITING, 0))
    body = f"""<h1>{esc(held.name)}</h1>{note(message, "ok")}
<section class="card"><h2>Saldo</h2><p class="balance" id="balance">{money(held.balance)}</p>
<small>Banco 998 · Agência {held.branch} · Conta {held.number}-{held.digit}</small></section>
<section class="card stack">{waiting}{later}</section>"""
    return _page("Início", "/app", held, body)


def _waiting(bank: Kamino, held: Account, count: int) -> str:
    if not count:
        return "<h2>Aguardando sua aprovação</h2><p>Nada espera a sua aprovação agora.</p>"
    rows = payments_life.waiting(bank, held.id, _SHOWN_WAITING)
    items = "".join(_payment(row) for row in rows)
    hidden = count - len(rows)
    more = f'<p class="muted">E mais {hidden}, que aparecem depois destes.</p>' if hidden else ""
    all_ids = [("until", str(rows[-1]["seq"]))]
    label = "Aprovar todos" if not hidden else "Aprovar todos estes"
    return f"""<div class="head"><h2>Aguardando sua aprovação ({count})</h2>
{act("/app/aprovar-todos", label, style="main", fields=all_ids)}</div>
<ul class="rows">{items}</ul>{more}"""


def _payment(row: Row) -> str:
    about = f"about-{row['seq']}"
    when = (
        f"agendado para {day_text(row['scheduled'])}" if row["scheduled"] else "assim que aprovar"
    )
    code = f" · {esc(row['code'])}" if row["code"] else ""
    limit = time_text(from_micros(row["approve_until"] - 1))[:16]
    url = f"/app/itens/{row['id']}"
    return f"""<li><span class="who" id="{about}">{_TYPES[row["type"]]} para {esc(row["name"])}
<small>{format_document(row["document"] or "")}{code}</small>
<small>{when} · aprovar até {limit}</small></span>
<strong class="num">{money(row["amount"])}</strong>
<span class="acts">{act(url + "/aprovar", "Aprovar", style="main", about=about)}
{act(url + "/recusar", "Recusar", about=about)}
{act(url + "/vencer", "Deixar vencer", style="quiet", about=about)}</span></li>"""


def statement_page(bank: Kamino, held: Account, number: int) -> Response:
    period = Period(date.min, bank.clock.today() + timedelta(days=1))
    skip = (number - 1) * _PER_PAGE
    rows = ledger.entries(bank.store, held.id, period, skip=skip, take=_PER_PAGE + 1)
    days = groupby(rows[:_PER_PAGE], key=lambda row: str(row["day"]))
    listed = "".join(_day(bank, held, day, list(entries)) for day, entries in days)
    links = [f'<a href="?pagina={number - 1}">Mais novos</a>'] if number > 1 else []
    if len(rows) > _PER_PAGE:
        links.append(f'<a href="?pagina={number + 1}">Mais antigos</a>')
    body = f"""<h1>Extrato</h1><section class="card">{listed or "<p>Nenhum lançamento.</p>"}
<p class="acts">{" ".join(links)}</p></section>"""
    return _page("Extrato", "/app/extrato", held, body)


def _day(bank: Kamino, held: Account, day: str, rows: list[Row]) -> str:
    closing = ledger.balance_before(
        bank.store, held.id, date.fromisoformat(day) + timedelta(days=1)
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
    return _page("Receber", "/app/receber", held, body, status=422 if problem else 200)


def charges_page(bank: Kamino, held: Account, message: str) -> Response:
    rows = bank.store.rows(
        "SELECT * FROM kamino_charge WHERE account_id = ? ORDER BY seq DESC LIMIT 100", held.id
    )
    items = "".join(_charge(bank, row) for row in rows)
    empty = "<p>Nenhuma cobrança foi emitida nesta conta.</p>"
    body = f"""<h1>Cobranças</h1>{note(message, "ok")}
<section class="card">{f'<ul class="rows">{items}</ul>' if items else empty}</section>"""
    return _page("Cobranças", "/app/cobrancas", held, body)


def _charge(bank: Kamino, row: Row) -> str:
    about, url = f"charge-{row['seq']}", f"/app/cobrancas/{row['id']}"
    state = "late" if charges_life.is_late(bank, row) else row["state"]
    ways = (("boleto", "Pagar o boleto", row["barcode"]), ("pix", "Pagar com Pix", row["txid"]))
    acts = "".join(
        act(f"{url}/{way}", label, about=about)
        for way, label, has_it in ways
        if has_it and row["state"] == charges_life.OPEN
    )
    return f"""<li><span class="who" id="{about}">{esc(row["name"])}
<small>vence em {day_text(row["due_date"])} · {_CHARGES[state]}</small></span>
<strong class="num">{money(charges_life.amount_due(bank, row))}</strong>
<span class="acts">{acts}</span></li>"""


def clients_page(bank: Kamino, held: Account, message: str) -> Response:
    rows = bank.store.rows(
        "SELECT * FROM kamino_client WHERE account_id = ? AND ended_at IS NULL"
        " ORDER BY created_at DESC, client_id LIMIT 100",
        held.id,
    )
    items = "".join(_client(row) for row in rows)
    empty = "<p>Nenhum sistema tem acesso a esta conta.</p>"
    body = f"""<h1>Integrações</h1>{note(message, "ok")}
<section class="card">{f'<ul class="rows">{items}</ul>' if items else empty}</section>"""
    return _page("Integrações", "/app/integracoes", held, body)


def _client(row: Row) -> str:
    about = f"client-{row['client_id']}"
    since, used = (time_text(from_micros(row[name])) for name in ("created_at", "used_at"))
    url = f"/app/integracoes/{row['client_id']}/revogar"
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>Desde {since} · usado em {used}</small></span>
{act(url, "Revogar acesso", about=about)}</li>"""


def _page(title: str, path: str, held: Account, body: str, status: int = 200) -> Response:
    links = "".join(
        f'<a href="{url}"{" aria-current=page" if url == path else ""}>{label}</a>'
        for url, label in _NAV
    )
    leave = act("/app/trocar", "Trocar", style="quiet") + act("/app/sair", "Sair", style="quiet")
    header = f"""<header class="bar"><div><span class="mark">Conta Kamino</span>
<span class="acts"><small>{esc(held.name)}</small>{leave}</span>
<nav aria-label="Principal">{links}</nav></div></header>"""
    return page(f"{title} · Conta Kamino", body, header=header, status=status)

"""«Extrato»: the movements of the account, by day."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import ledger
from simulator.core.app.visits import Visit
from simulator.core.ledger import Period
from simulator.core.pages import day_text, esc, money, read_number
from simulator.core.store import Row

_PER_PAGE = 50


async def statement(request: Request, visit: Visit[Any]) -> Response:
    number = read_number(request.query_params.get("pagina", "")) or 1
    period = Period(date.min, visit.bank.clock.today() + timedelta(days=1))
    skip = (number - 1) * _PER_PAGE
    store, account_id = visit.bank.store, visit.account.id
    rows = ledger.entries(store, account_id, period, skip=skip, take=_PER_PAGE + 1)
    days = groupby(rows[:_PER_PAGE], key=lambda row: str(row["day"]))
    listed = "".join(_day(visit, day, list(entries)) for day, entries in days)
    links = [f'<a href="?pagina={number - 1}">Mais novos</a>'] if number > 1 else []
    if len(rows) > _PER_PAGE:
        links.append(f'<a href="?pagina={number + 1}">Mais antigos</a>')
    body = f"""<h1>Extrato</h1><section class="card">{listed or "<p>Nenhum lançamento.</p>"}
<p class="acts">{" ".join(links)}</p></section>"""
    return visit.page("Extrato", "/app/extrato", body)


def _day(visit: Visit[Any], day: str, rows: list[Row]) -> str:
    tomorrow = date.fromisoformat(day) + timedelta(days=1)
    closing = ledger.balance_before(visit.bank.store, visit.account.id, tomorrow)
    items = "".join(_entry(row, visit.app.entry_text(row)) for row in rows)
    return f"""<h2 class="day"><span>{day_text(day)}</span><span>saldo {money(closing)}</span></h2>
<ul class="rows entries">{items}</ul>"""


def _entry(row: Row, text: str) -> str:
    is_credit = row["direction"] == ledger.CREDIT
    amount = f"+ {money(row['amount'])}" if is_credit else f"− {money(row['amount'])}"
    return f"""<li><span class="who">{esc(row["name"] or row["description"])}
<small>{esc(text)}</small></span>
<span class="num{" in" if is_credit else ""}">{amount}</span></li>"""

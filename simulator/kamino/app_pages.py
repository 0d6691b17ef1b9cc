"""The app's pages that only the Conta Kamino has: charges, and the systems with access."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core.app.visits import Visit
from simulator.core.clock import from_micros
from simulator.core.pages import act, day_text, esc, money, note, rows_or, time_text
from simulator.core.store import Row
from simulator.kamino import charges_life, refunds_life, tokens
from simulator.kamino.answers import Problem
from simulator.kamino.app import APP
from simulator.kamino.bank import Kamino
from simulator.kamino.receiving import pay_charge

_CHARGES, _ACCESS = "/app/cobrancas", "/app/integracoes"
_STATES = {"open": "em aberto", "late": "atrasada", "paid": "paga", "cancelled": "cancelada"}


async def charges(request: Request, visit: Visit[Kamino]) -> Response:
    rows = visit.bank.store.rows(
        "SELECT * FROM kamino_charge WHERE account_id = ? ORDER BY seq DESC LIMIT 100",
        visit.account.id,
    )
    items = "".join(_charge(visit.bank, row) for row in rows)
    body = f"""<h1>Cobranças</h1>{note(visit.message, "ok")}
<section class="card">{rows_or(items, "Nenhuma cobrança foi emitida nesta conta.")}</section>"""
    return visit.page("Cobranças", _CHARGES, body)


async def pay(request: Request, visit: Visit[Kamino]) -> Response:
    """As if the payer paid now what it costs today."""
    charge = visit.own("SELECT * FROM kamino_charge WHERE id = ?", request.path_params["id"])
    if charge is None:
        return visit.back("Esta cobrança não existe mais.", _CHARGES)
    is_paid = pay_charge(visit.bank, charge, request.path_params["way"])
    told = "Cobrança paga." if is_paid else "Esta cobrança já foi paga ou cancelada."
    return visit.back(told, _CHARGES)


async def refund(request: Request, visit: Visit[Kamino]) -> Response:
    """What is left of it goes back: by the company in the app, or by the payer's bank (MED)."""
    charge = visit.own("SELECT * FROM kamino_charge WHERE id = ?", request.path_params["id"])
    if charge is None:
        return visit.back("Esta cobrança não existe mais.", _CHARGES)
    left = charge["paid_amount"] - refunds_life.refunded(visit.bank, charge)
    reason = "Fraude informada pelo banco de quem pagou"
    try:
        if request.path_params["origin"] == refunds_life.MED:
            refunds_life.refund(visit.bank, charge, left, refunds_life.MED, reason)
        else:
            refunds_life.refund(visit.bank, charge, left, refunds_life.APP)
    except Problem as problem:
        return visit.back(problem.detail, _CHARGES)
    return visit.back(f"{money(left)} devolvidos a {charge['name']}.", _CHARGES)


async def clients(request: Request, visit: Visit[Kamino]) -> Response:
    rows = visit.bank.store.rows(
        "SELECT * FROM kamino_client WHERE account_id = ? AND ended_at IS NULL"
        " ORDER BY created_at DESC, client_id LIMIT 100",
        visit.account.id,
    )
    items = rows_or("".join(map(_client, rows)), "Nenhum sistema tem acesso a esta conta.")
    body = f"""<h1>Integrações</h1>{note(visit.message, "ok")}
<section class="card">{items}</section>"""
    return visit.page("Integrações", _ACCESS, body)


async def revoke(request: Request, visit: Visit[Kamino]) -> Response:
    sql = "SELECT * FROM kamino_client WHERE client_id = ?"
    client = visit.own(sql, request.path_params["id"])
    if client is not None:
        tokens.end_client(visit.bank, client["client_id"])
    return visit.back("Acesso revogado.", _ACCESS)


def _charge(bank: Kamino, row: Row) -> str:
    about, url = f"charge-{row['seq']}", f"{_CHARGES}/{row['id']}"
    state = "late" if charges_life.is_late(bank, row) else row["state"]
    ways = (("boleto", "Pagar o boleto", row["barcode"]), ("pix", "Pagar com Pix", row["txid"]))
    acts = "".join(
        act(f"{url}/{way}", label, about=about)
        for way, label, has_it in ways
        if has_it and row["state"] == charges_life.OPEN
    )
    if row["paid_by"] == "pix" and refunds_life.refunded(bank, row) < row["paid_amount"]:
        acts += act(f"{url}/devolver/app", "Devolver", about=about)
        acts += act(f"{url}/devolver/med", "Devolver por MED", about=about)
    return f"""<li><span class="who" id="{about}">{esc(row["name"])}
<small>vence em {day_text(row["due_date"])} · {_STATES[state]}</small></span>
<strong class="num">{money(charges_life.amount_due(bank, row))}</strong>
<span class="acts">{acts}</span></li>"""


def _client(row: Row) -> str:
    about, url = f"client-{row['client_id']}", f"{_ACCESS}/{row['client_id']}/revogar"
    since, used = (time_text(from_micros(row[name])) for name in ("created_at", "used_at"))
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>Desde {since} · usado em {used}</small></span>
{act(url, "Revogar acesso", about=about)}</li>"""


ROUTES = [
    Route(_CHARGES, APP.signed_in(charges)),
    Route(f"{_CHARGES}/{{id}}/devolver/{{origin}}", APP.signed_in(refund), methods=["POST"]),
    Route(f"{_CHARGES}/{{id}}/{{way}}", APP.signed_in(pay), methods=["POST"]),
    Route(_ACCESS, APP.signed_in(clients)),
    Route(f"{_ACCESS}/{{id}}/revogar", APP.signed_in(revoke), methods=["POST"]),
]

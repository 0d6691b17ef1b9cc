"""The first page of an app: the balance, and the orders that a person decides on."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.app.visits import Visit
from simulator.core.clock import from_micros
from simulator.core.documents import format_document
from simulator.core.orders import NotWaiting
from simulator.core.pages import act, day_text, esc, money, note, read_form, read_number, time_text
from simulator.core.store import Row

_SHOWN = 50
_LABELS = {  # of the buttons, and their style
    "aprovar": ("Aprovar", "main"),
    "recusar": ("Recusar", ""),
    "vencer": ("Deixar vencer", "quiet"),
    "cancelar": ("Cancelar", ""),
}
_ON_WAITING = ("aprovar", "recusar", "vencer")


async def home(request: Request, visit: Visit[Any]) -> Response:
    held, code = visit.account, visit.app.look.code
    body = f"""<h1>{esc(held.name)}</h1>{note(visit.message, "ok")}
<section class="card"><h2>Saldo</h2><p class="balance" id="balance">{money(held.balance)}</p>
<small>Banco {code} · Agência {held.branch} · Conta {held.number}-{held.digit}</small></section>
<section class="card stack">{_waiting(visit)}</section>{_scheduled(visit)}"""
    return visit.page("Início", "/app", body)


async def decide(request: Request, visit: Visit[Any]) -> Response:
    """Approve, refuse or cancel one order, or let its time run out."""
    orders, word = visit.app.orders, request.path_params["decision"]
    order = orders.by_id(visit.bank, request.path_params["id"])
    if order is None or order["account_id"] != visit.account.id or word not in visit.app.decisions:
        return visit.back("Este item não existe mais.")
    try:
        orders.acts[visit.app.decisions[word]](visit.bank, order)
    except NotWaiting:
        return visit.back("Este item não está mais aguardando aprovação.")
    changed = orders.by_id(visit.bank, order["id"])
    assert changed is not None
    told = visit.app.told.get(changed[orders.state]) or changed["reason"].rstrip(".")
    return visit.back(f"{told}: {order['name']}, {money(order['amount'])}.")


async def approve_all(request: Request, visit: Visit[Any]) -> Response:
    """All that waited when the page was shown: what came since is not approved unseen."""
    until = read_number((await read_form(request)).get("until", ""))
    orders = visit.app.orders
    approve = orders.acts["approve"]
    count = await orders.act_on_waiting(visit.bank, visit.account.id, approve, until or 0)
    return visit.back("1 item aprovado." if count == 1 else f"{count} itens aprovados.")


def _waiting(visit: Visit[Any]) -> str:
    orders, account_id = visit.app.orders, visit.account.id
    count, rows = orders.in_state(visit.bank, account_id, orders.waiting, _SHOWN)
    if not count:
        return "<h2>Aguardando sua aprovação</h2><p>Nada espera a sua aprovação agora.</p>"
    items = "".join(_order(visit, row, _ON_WAITING) for row in rows)
    hidden = count - len(rows)
    more = f'<p class="muted">E mais {hidden}, que aparecem depois destes.</p>' if hidden else ""
    until = [("until", str(orders.last_waiting(visit.bank, account_id)))]
    return f"""<div class="head"><h2>Aguardando sua aprovação ({count})</h2>
{act("/app/aprovar-todos", "Aprovar todos", style="main", fields=until)}</div>
<ul class="rows">{items}</ul>{more}"""


def _scheduled(visit: Visit[Any]) -> str:
    orders = visit.app.orders
    count, rows = orders.in_state(visit.bank, visit.account.id, orders.scheduled, _SHOWN)
    if not count:
        return ""
    others = [word for word in visit.app.decisions if word not in _ON_WAITING]
    items = "".join(_order(visit, row, others) for row in rows)
    return f"""<section class="card"><h2>Agendados ({count})</h2>
<ul class="rows">{items}</ul></section>"""


def _order(visit: Visit[Any], row: Row, decisions: list[str] | tuple[str, ...]) -> str:
    orders, about = visit.app.orders, f"about-{row['seq']}"
    buttons = "".join(
        act(f"/app/itens/{row['id']}/{word}", label, style=style, about=about)
        for word in decisions
        for label, style in [_LABELS[word]]
    )
    code = f" · {esc(row['code'])}" if "code" in row.keys() and row["code"] else ""  # noqa: SIM118
    return f"""<li><span class="who" id="{about}">{esc(orders.what(row))} para {esc(row["name"])}
<small>{format_document(row["document"] or "")}{code}</small><small>{_when(visit, row)}</small>
</span><strong class="num">{money(row["amount"])}</strong>
<span class="acts">{buttons}</span></li>"""


def _when(visit: Visit[Any], row: Row) -> str:
    """When it goes, and until when it may be approved."""
    orders = visit.app.orders
    day = row["scheduled"]
    when = f"agendado para {day_text(day)}" if day else "assim que aprovar"
    if row[orders.state] != orders.waiting:
        return when if day else ""
    return f"{when} · aprovar até {time_text(from_micros(row[orders.deadline] - 1))[:16]}"

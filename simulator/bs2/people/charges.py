"""«Cobranças» in BS2 Empresas: see boletos and Pix charges, and pay them as a client would."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.bs2.bank import Bs2
from simulator.bs2.boletos import life as boletos
from simulator.bs2.movements import PIX
from simulator.bs2.people.app import APP, receive
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.seed import CLIENTS
from simulator.core.app.visits import Visit
from simulator.core.clock import from_micros
from simulator.core.pages import act, day_text, esc, money, note, rows_or, time_text
from simulator.core.receiving import Credit
from simulator.core.store import Row

_HOME = "/app/cobrancas"
_SHOWN = 100
_ANOTHER_BANK = "341"
_BOLETOS = {
    boletos.OPEN: "em aberto",
    boletos.EXPIRED: "vencido",
    boletos.CANCELLED: "baixado",
    boletos.PAID: "liquidado",
}
_CHARGES = {
    pix_charges.ACTIVE: "ativa",
    pix_charges.DONE: "paga",
    pix_charges.REMOVED: "removida",
    pix_charges.REMOVED_BY_BANK: "vencida",
}


async def listing(request: Request, visit: Visit[Bs2]) -> Response:
    bs2, held = visit.bank, visit.account
    issued = "".join(_boleto(bs2, row) for row in boletos.boletos_of(bs2, held, _SHOWN))
    codes = "".join(_charge(bs2, row) for row in pix_charges.charges_of(bs2, held)[:_SHOWN])
    body = f"""<h1>Cobranças</h1>{note(visit.message, "ok")}
<section class="card"><h2>Boletos</h2>
{rows_or(issued, "Nenhum boleto foi emitido nesta conta.")}</section>
<section class="card"><h2>QR Codes Pix</h2>
{rows_or(codes, "Nenhum QR Code foi emitido nesta conta.")}</section>"""
    return visit.page("Cobranças", _HOME, body)


async def pay_boleto(request: Request, visit: Visit[Bs2]) -> Response:
    """As if the payer paid at another bank now what it costs today."""
    bs2 = visit.bank
    boleto = boletos.boleto_by(bs2, "id", request.path_params["id"])
    if boleto is None or boleto["account_id"] != visit.account.id:
        return visit.back("Este boleto não existe mais.", _HOME)
    amount = boletos.amount_due(boleto, bs2.clock.today())
    try:
        boletos.see_payment(bs2, boleto, amount, _ANOTHER_BANK)
    except boletos.NotPayable as error:
        return visit.back(str(error), _HOME)
    told = f"Boleto pago: {money(amount)}. O dinheiro chega no próximo dia útil."
    return visit.back(told, _HOME)


async def pay_charge(request: Request, visit: Visit[Bs2]) -> Response:
    """As if a client read the QR code now, whose amount is fixed."""
    bs2 = visit.bank
    charge = pix_charges.charge_by(bs2, "id", request.path_params["id"])
    if charge is None or charge["account_id"] != visit.account.id or not _is_payable(bs2, charge):
        return visit.back("Este QR Code não pode mais ser pago.", _HOME)
    amount = pix_charges.amount_due(bs2, charge)
    assert amount is not None
    receive(bs2, visit.account, Credit(PIX, amount, *CLIENTS[0]), charge)
    return visit.back(f"{money(amount)} recebidos de {CLIENTS[0].name}.", _HOME)


def _boleto(bs2: Bs2, row: Row) -> str:
    about, status = f"boleto-{row['nosso_numero']}", boletos.status_of(bs2, row)
    words = _BOLETOS[status]
    if row["settles_at"] is not None:
        words = f"pago, o dinheiro chega em {time_text(from_micros(row['settles_at']))[:16]}"
    pay = ""
    if not boletos.problem_of(bs2, row):
        pay = act(f"{_HOME}/boletos/{row['id']}/pagar", "Pagar o boleto", about=about)
    amount = row["paid_amount"] or boletos.amount_due(row, bs2.clock.today())
    return f"""<li><span class="who" id="{about}">{esc(boletos.payer_of(row))}
<small>nº {row["nosso_numero"]} · vence em {day_text(row["due_date"])}</small>
<small>{words}</small></span><strong class="num">{money(amount)}</strong>
<span class="acts">{pay}</span></li>"""


def _charge(bs2: Bs2, row: Row) -> str:
    about = f"code-{row['id']}"
    pay, amount = "", "valor livre" if row["amount"] is None else money(row["amount"])
    if _is_payable(bs2, row):
        pay = act(f"{_HOME}/pix/{row['id']}/pagar", "Pagar com Pix", about=about)
    kind = "estático" if row["kind"] == pix_charges.STATIC else "dinâmico"
    return f"""<li><span class="who" id="{about}">QR Code {kind}
<small><code>{esc(row["txid"])}</code></small>
<small>{_CHARGES[pix_charges.status_of(bs2, row)]}</small></span>
<strong class="num">{amount}</strong><span class="acts">{pay}</span></li>"""


def _is_payable(bs2: Bs2, charge: Row) -> bool:
    is_active = pix_charges.status_of(bs2, charge) == pix_charges.ACTIVE
    return is_active and charge["amount"] is not None


ROUTES = [
    Route(_HOME, APP.signed_in(listing)),
    Route(f"{_HOME}/boletos/{{id}}/pagar", APP.signed_in(pay_boleto), methods=["POST"]),
    Route(f"{_HOME}/pix/{{id}}/pagar", APP.signed_in(pay_charge), methods=["POST"]),
]

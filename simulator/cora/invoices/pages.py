"""«Cobranças» in the bank's app: see the charges, and pay them as a client would."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora.answers import ApiError
from simulator.cora.app import APP
from simulator.cora.bank import Cora
from simulator.cora.invoices import codes, life
from simulator.cora.invoices.files import file_url
from simulator.cora.invoices.reading import BANK_SLIP, PIX
from simulator.core.app.visits import Visit
from simulator.core.documents import format_document
from simulator.core.pages import act, day_text, esc, money, note, rows_or
from simulator.core.store import Row

_HOME = "/app/cobrancas"
_SHOWN = 100
_STATES = {
    life.DRAFT: "sendo registrada",
    life.OPEN: "em aberto",
    life.LATE: "vencida",
    life.IN_PAYMENT: "em pagamento",
    life.PAID: "paga",
    life.CANCELLED: "cancelada",
}
_METHODS = {"boleto": BANK_SLIP, "pix": PIX}


async def listing(request: Request, visit: Visit[Cora]) -> Response:
    rows = visit.bank.store.rows(
        "SELECT * FROM cora_invoice WHERE account_id = ? ORDER BY seq DESC LIMIT ?",
        *(visit.account.id, _SHOWN),
    )
    items = "".join(_invoice(visit, row) for row in rows)
    body = f"""<h1>Cobranças</h1>{note(visit.message, "ok")}
<section class="card">{rows_or(items, "Nenhuma cobrança foi emitida.")}</section>
<section class="card stack"><h2>Chave Pix</h2>{_pix_key(visit)}</section>"""
    return visit.page("Cobranças", _HOME, body)


async def pay(request: Request, visit: Visit[Cora]) -> Response:
    """As if the client paid now, in full."""
    method = _METHODS.get(request.path_params["by"], BANK_SLIP)
    cora = visit.bank
    try:
        row = life.own_invoice(cora, request, visit.account.id)
        with cora.store.write():
            paid = life.pay(cora, row, method)
    except ApiError:
        return visit.back("Esta cobrança não pode mais ser paga.", _HOME)
    return visit.back(f"Cobrança paga: {money(paid['total_paid'])}.", _HOME)


async def change_pix_key(request: Request, visit: Visit[Cora]) -> Response:
    has_key = codes.has_pix_key(visit.bank, visit.account.id)
    codes.set_pix_key(visit.bank, visit.account.id, not has_key)
    return visit.back("Chave Pix excluída." if has_key else "Chave Pix cadastrada.", _HOME)


def _pix_key(visit: Visit[Cora]) -> str:
    if codes.has_pix_key(visit.bank, visit.account.id):
        text = f"O CNPJ {format_document(visit.account.cnpj)} é a chave Pix desta conta."
        label = "Excluir chave"
    else:
        text = "Esta conta não tem chave Pix: só pode emitir cobranças por boleto."
        label = "Cadastrar o CNPJ como chave"
    return f"<p>{text}</p>{act('/app/chave-pix', label)}"


def _invoice(visit: Visit[Cora], row: Row) -> str:
    about, customer = f"invoice-{row['seq']}", life.request_of(row)["customer"]
    ways = [(by, label) for by, label in (("boleto", "Pagar o boleto"), ("pix", "Pagar o Pix"))]
    buttons = "".join(
        act(f"{_HOME}/{row['id']}/pagar/{by}", label, about=about)
        for by, label in ways
        if _can_be_paid(row) and _METHODS[by] in row["forms"].split()
    )
    state = life.IN_PAYMENT if row["pay_id"] and row["status"] != life.PAID else row["status"]
    file, kind = file_url(visit.bank, row), "PDF" if row["barcode"] else "QR"
    return f"""<li><span class="who" id="{about}">{esc(customer["name"])}
<small>{format_document(row["payer"])} · vence em {day_text(row["due_date"])}</small>
<small>{_STATES[state]} · <a href="{esc(file)}">{kind}</a></small></span>
<strong class="num">{money(row["amount"])}</strong><span class="acts">{buttons}</span></li>"""


def _can_be_paid(row: Row) -> bool:
    return row["status"] in (life.OPEN, life.LATE) and row["pay_id"] is None


ROUTES = [
    Route(_HOME, APP.signed_in(listing)),
    Route(_HOME + "/{id}/pagar/{by}", APP.signed_in(pay), methods=["POST"]),
    Route("/app/chave-pix", APP.signed_in(change_pix_key), methods=["POST"]),
]

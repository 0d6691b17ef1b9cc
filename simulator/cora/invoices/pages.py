"""«Cobranças» in the bank's app: see the charges, and pay them as a client would."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora.answers import ApiError
from simulator.cora.app_pages import Visit, signed_in
from simulator.cora.app_view import app_page
from simulator.cora.invoices import codes, life
from simulator.cora.invoices.files import file_url
from simulator.cora.invoices.reading import BANK_SLIP, PIX
from simulator.cora.sessions import leave_message
from simulator.core.documents import format_document
from simulator.core.pages import act, day_text, esc, go_to, money, note
from simulator.core.store import Row

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


async def listing(request: Request, visit: Visit) -> Response:
    rows = visit.cora.store.rows(
        "SELECT * FROM cora_invoice WHERE account_id = ? ORDER BY seq DESC LIMIT ?",
        *(visit.account.id, _SHOWN),
    )
    items = "".join(_invoice(visit, row) for row in rows)
    empty = "<p>Nenhuma cobrança foi emitida.</p>"
    body = f"""<h1>Cobranças</h1>{note(visit.message, "ok")}
<section class="card">{f'<ul class="rows">{items}</ul>' if items else empty}</section>
<section class="card stack"><h2>Chave Pix</h2>{_pix_key(visit)}</section>"""
    return app_page("Cobranças", "/app/cobrancas", visit.account, body)


async def pay(request: Request, visit: Visit) -> Response:
    """As if the client paid now, in full."""
    method = _METHODS.get(request.path_params["by"], BANK_SLIP)
    cora = visit.cora
    try:
        row = life.own_invoice(cora, request, visit.account.id)
        with cora.store.write():
            paid = life.pay(cora, row, method)
    except ApiError:
        return _back(visit, "Esta cobrança não pode mais ser paga.")
    return _back(visit, f"Cobrança paga: {money(paid['total_paid'])}.")


async def change_pix_key(request: Request, visit: Visit) -> Response:
    has_key = codes.has_pix_key(visit.cora, visit.account.id)
    codes.set_pix_key(visit.cora, visit.account.id, not has_key)
    return _back(visit, "Chave Pix excluída." if has_key else "Chave Pix cadastrada.")


def _pix_key(visit: Visit) -> str:
    if codes.has_pix_key(visit.cora, visit.account.id):
        text = f"O CNPJ {format_document(visit.account.cnpj)} é a chave Pix desta conta."
        label = "Excluir chave"
    else:
        text = "Esta conta não tem chave Pix: só pode emitir cobranças por boleto."
        label = "Cadastrar o CNPJ como chave"
    return f"<p>{text}</p>{act('/app/chave-pix', label)}"


def _invoice(visit: Visit, row: Row) -> str:
    about, customer = f"invoice-{row['seq']}", life.request_of(row)["customer"]
    ways = [(by, label) for by, label in (("boleto", "Pagar o boleto"), ("pix", "Pagar o Pix"))]
    buttons = "".join(
        act(f"/app/cobrancas/{row['id']}/pagar/{by}", label, about=about)
        for by, label in ways
        if _can_be_paid(row) and _METHODS[by] in row["forms"].split()
    )
    state = life.IN_PAYMENT if row["pay_id"] and row["status"] != life.PAID else row["status"]
    file, kind = file_url(visit.cora, row), "PDF" if row["barcode"] else "QR"
    return f"""<li><span class="who" id="{about}">{esc(customer["name"])}
<small>{format_document(row["payer"])} · vence em {day_text(row["due_date"])}</small>
<small>{_STATES[state]} · <a href="{esc(file)}">{kind}</a></small></span>
<strong class="num">{money(row["amount"])}</strong><span class="acts">{buttons}</span></li>"""


def _can_be_paid(row: Row) -> bool:
    return row["status"] in (life.OPEN, life.LATE) and row["pay_id"] is None


def _back(visit: Visit, message: str) -> Response:
    leave_message(visit.cora, visit.session, message)
    return go_to("/app/cobrancas")


ROUTES = [
    Route("/app/cobrancas", signed_in(listing)),
    Route("/app/cobrancas/{id}/pagar/{by}", signed_in(pay), methods=["POST"]),
    Route("/app/chave-pix", signed_in(change_pix_key), methods=["POST"]),
]

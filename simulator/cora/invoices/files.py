"""The PDFs of charges: a permanent address that asks for no token."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora.answers import ApiError
from simulator.cora.bank import BANK_CODE, BANK_NAME, Cora, cora_of
from simulator.cora.invoices.life import CANCELLED, PAID, request_of
from simulator.core.boleto_pdf import Sheet, boleto_pdf
from simulator.core.pages import bare_money, money
from simulator.core.people import account_by_id
from simulator.core.store import Row

_STAMPS = {PAID: "PAGO", CANCELLED: "CANCELADO"}


async def document(request: Request) -> Response:
    """The PDF of a charge, or of a carnê with one page for each part."""
    cora, name = cora_of(request), request.path_params["name"]
    rows = cora.store.rows(
        "SELECT * FROM cora_invoice WHERE id = ? OR carne_id = ? ORDER BY seq", name, name
    )
    if not rows:
        raise ApiError(404, "not_found", "Document not found")
    content = boleto_pdf([_sheet(cora, row) for row in rows], f"Cobrança {name}")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _sheet(cora: Cora, row: Row) -> Sheet:
    request, held = request_of(row), account_by_id(cora.store, row["account_id"])
    return Sheet(
        bank=f"{BANK_CODE} {BANK_NAME}",
        beneficiary=held.name,
        beneficiary_document=held.cnpj,
        payer=request["customer"]["name"],
        payer_document=row["payer"],
        amount=row["amount"],
        due_date=date.fromisoformat(row["due_date"]),
        our_number=row["our_number"] or "",
        digitable=row["digitable"] or "",
        barcode=row["barcode"] or "",
        pix=row["emv"] or "",
        items=tuple(f"{s['name']}: {money(s['amount'])}" for s in request["services"]),
        instructions=tuple(_instructions(request["payment_terms"])),
        stamp=_STAMPS.get(row["status"], ""),
    )


def _instructions(terms: dict[str, dict[str, object]]) -> list[str]:
    lines = []
    if fine := terms.get("fine"):
        lines.append(f"Multa após o vencimento: {_amount_or_rate(fine, 'amount', 'rate')}")
    if interest := terms.get("interest"):
        lines.append(f"Juros ao mês, por dia de atraso: {interest['rate']} %")
    if discount := terms.get("discount"):
        names = ("value", "") if discount["type"] == "FIXED" else ("", "value")
        lines.append(f"Desconto até a véspera: {_amount_or_rate(discount, *names)}")
    return lines


def _amount_or_rate(term: dict[str, object], amount: str, rate: str) -> str:
    cents = term.get(amount)
    return f"R$ {bare_money(cents)}" if isinstance(cents, int) else f"{term[rate]} %"


ROUTES = [Route("/files/boletos/{name}.pdf", document)]

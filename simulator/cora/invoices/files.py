"""The files of charges, on a storage that is not Cora's: an address that asks for no token.

A PDF for what has a boleto; for a Pix alone a PNG with its QR code.
"""

from datetime import date
from io import BytesIO

import segno
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.cora.bank import BANK_CODE, BANK_NAME, Cora, cora_of
from simulator.cora.invoices.life import CANCELLED, PAID, request_of
from simulator.core.boleto_pdf import Sheet, boleto_pdf
from simulator.core.pages import bare_money, money
from simulator.core.people import account_by_id
from simulator.core.store import Row

_STAMPS = {PAID: "PAGO", CANCELLED: "CANCELADO"}


_BUCKET = "cora_simulator_border_bankslip_storage"


def file_url(cora: Cora, row: Row) -> str:
    """Where anybody reads the PDF of a charge, or the PNG."""
    return _url(cora, _name(row))


def carne_url(cora: Cora, carne_id: str) -> str:
    """Where anybody reads the PDF of a whole carnê."""
    return _url(cora, f"carne-{carne_id}.pdf")


def _url(cora: Cora, name: str) -> str:
    host = cora.sim.addresses["cora_files"]
    return f"{host}/download/storage/v1/b/{_BUCKET}/o/{name}?alt=media"


def _name(row: Row) -> str:
    if row["barcode"] is None:
        return f"cobranca-qrcode-{row['id']}.png"
    return f"boleto-{'qrcode-' if row['emv'] else ''}{row['id']}.pdf"


async def file(request: Request) -> Response:
    """The file of a charge, or of a carnê with one page for each part.

    A storage does not ask who one is, and refuses who says it with a token of somebody else's.
    Without `alt=media` it answers what it knows of the file, and not the file.
    """
    cora, name = cora_of(request), request.path_params["name"]
    if "authorization" in request.headers and cora.settings.files_refuse_tokens:
        raise HTTPException(401, "Invalid Credentials")
    owner = name.rpartition(".")[0].rpartition("-")[2]
    rows = cora.store.rows(
        "SELECT * FROM cora_invoice WHERE id = ? OR carne_id = ? ORDER BY seq", owner, owner
    )
    if not rows or name not in (_name(rows[0]), f"carne-{rows[0]['carne_id']}.pdf"):
        raise HTTPException(404, "No such object")
    if request.query_params.get("alt") != "media":
        return JSONResponse({"kind": "storage#object", "bucket": _BUCKET, "name": name})
    if name.endswith(".png"):
        return Response(_png(rows[0]["emv"]), media_type="image/png")
    content = boleto_pdf([_sheet(cora, row) for row in rows], f"Cobrança {owner}")
    return Response(content, media_type="application/pdf")


def _png(text: str) -> bytes:
    image = BytesIO()
    segno.make(text, micro=False).save(image, kind="png", scale=6)
    return image.getvalue()


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


ROUTES = [Route(f"/download/storage/v1/b/{_BUCKET}/o/{{name}}", file)]

"""GET /v1/payments/{id}/receipt: the comprovante, as JSON or PDF."""

import hashlib
from typing import Any

from starlette.responses import Response

from simulator.core import pdf
from simulator.core.clock import from_micros
from simulator.core.documents import format_document
from simulator.core.pages import money, time_text
from simulator.core.store import Row
from simulator.kamino.answers import answer, instant, not_found, reais, refuse
from simulator.kamino.calls import Call, operation
from simulator.kamino.payments_life import payment_by_id

_NAMES = {"ted": "TED", "pix": "Pix", "boleto": "pagamento de boleto"}


@operation("payments")
async def show(call: Call) -> Response:
    row = payment_by_id(call.bank, call.request.path_params["payment_id"])
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    if row["completed_at"] is None:
        raise refuse("receipt_not_ready", "O comprovante existe depois que o pagamento é feito.")
    value = _wire(call, row)
    if "application/pdf" in call.request.headers.get("accept", ""):
        return Response(_pdf(call, row, value), media_type="application/pdf")
    return answer(value)


def _wire(call: Call, row: Row) -> dict[str, Any]:
    payer = call.account
    authentication = hashlib.sha256(row["id"].encode()).hexdigest()[:32].upper()
    return {
        "number": f"{row['seq']:010d}",
        "payment_id": row["id"],
        "amount": reais(row["amount"]),
        "completed_at": instant(row["completed_at"]),
        "payer": {"name": payer.name, "document": payer.cnpj},
        "payee": {"name": row["name"], "document": row["document"]},
        "end_to_end_id": row["end_to_end"],
        "authentication": authentication,
    }


def _pdf(call: Call, row: Row, value: dict[str, Any]) -> bytes:
    page, payer = pdf.Page(), call.account
    page.text(40, 60, f"Conta Kamino · Comprovante de {_NAMES[row['type']]}", size=15, bold=True)
    lines = (
        f"Valor: {money(row['amount'])}",
        f"Feito em: {time_text(from_micros(row['completed_at']))}",
        f"De: {payer.name} · {format_document(payer.cnpj)}",
        f"Para: {row['name']} · {format_document(row['document'] or '')}",
        f"ID do Pix: {row['end_to_end']}" if row["end_to_end"] else "",
        f"Autenticação: {value['authentication']}",
    )
    for number, text in enumerate(filter(None, lines)):
        page.text(40, 100 + 18 * number, text, size=10)
    return pdf.build([page], "Comprovante")

"""A charge as the bank's JSON."""

from typing import Any

from simulator.cora.bank import Cora
from simulator.cora.invoices.files import file_url
from simulator.cora.invoices.life import IN_PAYMENT, PAID, request_of
from simulator.cora.invoices.notifications import notification_wire
from simulator.cora.order_list import local_timestamp
from simulator.core.clock import from_micros
from simulator.core.people import account_by_id
from simulator.core.store import Row


def invoice_wire(cora: Cora, row: Row) -> dict[str, Any]:
    request = request_of(row)
    wire = {
        "id": row["id"],
        "status": row["status"],
        "created_at": _instant(row["created_at"]),
        "total_amount": row["amount"],
        "total_paid": row["total_paid"] if row["status"] == PAID else 0,
        "occurrence_date": _paid_at(row),
        "code": row["code"],
        "customer": request["customer"],
        "services": request["services"],
        "payment_terms": request["payment_terms"],
        "payment_options": {"bank_slip": _bank_slip(cora, row)},
        "payments": _payments(cora, row),
        "pix": {"emv": row["emv"]} if row["emv"] else None,
        "notification": notification_wire(cora, row),
    }
    if row["status"] == PAID:
        wire |= {f"{name}_paid": row[name] for name in ("fine", "interest", "discount")}
    return wire


def part_wire(cora: Cora, row: Row) -> dict[str, Any]:
    """One boleto of a carnê, in the answer to its issue."""
    request, held = request_of(row), account_by_id(cora.store, row["account_id"])
    return {
        "id": row["id"],
        "status": row["status"],
        "created_at": _instant(row["created_at"]),
        "amount_total": row["amount"],
        "services": request["services"],
        "payment_terms": request["payment_terms"],
        "payment_forms": row["forms"].split(),
        "payments": _payments(cora, row),
        "pix": None,
        "seller": {"name": held.name, "document": held.cnpj},
        "buyer": request["customer"],
        "bank_slip": _bank_slip(cora, row),
        "document_url": file_url(cora, row),
        "authentication_id": None,
        "additional_information": None,
    }


def paid_wire(row: Row) -> dict[str, Any]:
    """The answer to the payment in stage, the one that Cora writes in camelCase."""
    return {
        "id": row["id"],
        "status": row["status"],
        "paymentId": row["pay_id"],
        "method": row["method"],
        "totalAmount": row["amount"],
        "totalPaid": row["total_paid"],
        "createdAt": _instant(row["paying_at"]),
    }


def _bank_slip(cora: Cora, row: Row) -> dict[str, Any]:
    """It is there without a boleto too: all that it has then is the image of the QR code."""
    return {
        "barcode": row["barcode"],
        "digitable": row["digitable"],
        "our_number": row["our_number"],
        "registered": bool(row["registered"]),
        "url": file_url(cora, row),
    }


def _payments(cora: Cora, row: Row) -> list[dict[str, Any]]:
    """One, and those that were taken elsewhere before it was known to be paid."""
    if row["status"] not in (PAID, IN_PAYMENT):
        return []
    first = {
        "id": row["pay_id"],
        "status": row["status"],
        "created_at": _instant(row["paying_at"]),
        "finalized_at": _paid_at(row),
        "total_paid": row["total_paid"],
        "interest": row["interest"],
        "fine": row["fine"],
        "method": row["method"],
        "order": 1,
    }
    sql = "SELECT * FROM cora_invoice_again WHERE invoice_id = ? ORDER BY at, id"
    more = cora.store.rows(sql, row["id"])
    return [first, *(_paid_again(each, order) for order, each in enumerate(more, 2))]


def _paid_again(again: Row, order: int) -> dict[str, Any]:
    return {
        "id": again["id"],
        "status": PAID,
        "created_at": _instant(again["at"]),
        "finalized_at": _instant(again["at"]),
        "total_paid": again["amount"],
        "interest": 0,
        "fine": 0,
        "method": again["method"],
        "order": order,
    }


def _paid_at(row: Row) -> str | None:
    return _instant(row["paid_at"]) if row["status"] == PAID else None


def _instant(micros: int | None) -> str | None:
    return None if micros is None else local_timestamp(from_micros(micros))

"""What happens to a charge.

    DRAFT -> OPEN -> LATE          by the clock
    OPEN, LATE -> PAID
    DRAFT, OPEN, LATE -> CANCELLED

`next_at` is when the clock has something to do. By default a charge is OPEN at once, and its boleto
registered in the clearing house some seconds later. While it is being paid it stays as it was:
`pay_id` tells; the notice that it is paid is sent before it is shown.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request

from simulator.cora.answers import ApiError, to_json
from simulator.cora.bank import Caller, Cora
from simulator.cora.events import announce
from simulator.cora.invoices import codes
from simulator.cora.invoices.reading import BANK_SLIP, PIX, NewInvoice
from simulator.cora.invoices.terms import Owed, owed, percent
from simulator.core.clock import end_of_day, from_micros, sao_paulo_day, to_micros
from simulator.core.ids import new_id
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries
from simulator.core.people import account_by_id
from simulator.core.store import Row

DRAFT, OPEN, LATE, IN_PAYMENT = "DRAFT", "OPEN", "LATE", "IN_PAYMENT"
PAID, CANCELLED = "PAID", "CANCELLED"
# The published tariffs, in centavos: a Pix of little money costs a part of it.
_CANCEL_FEE, _PIX_FEE = 30, 50
_SMALL_PIX, _SMALL_PIX_FEE_PERCENT = 4999, 1
STATES = (
    *("INITIATED", DRAFT, OPEN, IN_PAYMENT, PAID, LATE, CANCELLED),
    "RECURRENCE_DRAFT",
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, when it is not the customer of the charge."""

    name: str
    document: str


def by_id(cora: Cora, invoice_id: str) -> Row:
    """Raises LookupError: there is none."""
    row = cora.store.row("SELECT * FROM cora_invoice WHERE id = ?", invoice_id)
    if row is None:
        raise LookupError(invoice_id)
    return row


def own_invoice(cora: Cora, request: Request, account_id: int) -> Row:
    """The charge of the address.

    Raises:
        ApiError: 404, there is none or it is of another account.
    """
    row = cora.store.row(
        "SELECT * FROM cora_invoice WHERE id = ? AND account_id = ?",
        *(request.path_params["id"], account_id),
    )
    if row is None:
        raise ApiError(404, "not_found", "Invoice not found")
    return row


def issue(
    cora: Cora,
    caller: Caller,
    new: NewInvoice,
    *,
    draft_seconds: int,
    register_seconds: int = 0,
    carne_id: str | None = None,
) -> Row:
    """Write a charge down; it is open in `draft_seconds`, and registered then. One that is open at
    once is registered in `register_seconds`."""
    assert caller.account_id is not None
    held, store = account_by_id(cora.store, caller.account_id), cora.store
    request = {
        "customer": new.customer,
        "services": new.services,
        "payment_terms": new.payment_terms,
        "notification": new.notification,
    }
    invoice_id, now = new_id("inv_"), cora.clock.now()
    seq = store.insert(
        "INSERT INTO cora_invoice (id, account_id, client_id, status, code, request, forms, amount,"
        " due_date, payer, created_at, next_at, emv, carne_id, notification_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(invoice_id, held.id, caller.client_id, DRAFT, new.code, to_json(request).decode()),
        *(" ".join(sorted(new.forms)), new.amount, new.due_date.isoformat()),
        *(new.customer["document"]["identity"], to_micros(now)),
        to_micros(now + timedelta(seconds=draft_seconds)),
        codes.pix_code(held) if PIX in new.forms else None,
        *(carne_id, new_id("not_") if new.notification else None),
    )
    if BANK_SLIP in new.forms:
        number = codes.our_number(seq)
        line = codes.line_of(cora, number, new.due_date.isoformat(), new.amount)
        store.run(
            "UPDATE cora_invoice SET barcode = ?, digitable = ?, our_number = ? WHERE seq = ?",
            *(line.barcode, line.digitable, number, seq),
        )
    row = by_id(cora, invoice_id)
    if draft_seconds:
        announce(cora, held.id, "invoice", "drafted", invoice_id)
    else:
        _open(cora, row)
        if row["barcode"] and register_seconds:
            at = to_micros(now + timedelta(seconds=register_seconds))
            store.run("UPDATE cora_invoice SET next_at = ? WHERE seq = ?", at, seq)
        else:
            _register(cora, row)
    return by_id(cora, invoice_id)


def _open(cora: Cora, row: Row) -> None:
    """From now on it can be paid."""
    cora.store.run("UPDATE cora_invoice SET status = ? WHERE seq = ?", OPEN, row["seq"])
    announce(cora, row["account_id"], "invoice", "created", row["id"])


def _register(cora: Cora, row: Row) -> None:
    """Its boleto is known in the clearing house, where any bank can pay it."""
    due = end_of_day(date.fromisoformat(row["due_date"]))
    cora.store.run(
        "UPDATE cora_invoice SET registered = ?, next_at = ? WHERE seq = ?",
        *(int(row["barcode"] is not None), to_micros(due), row["seq"]),
    )


def cancel(cora: Cora, row: Row) -> None:
    """Raises ApiError: REC-0006, it is paid; 422 while it is being paid."""
    if row["status"] == PAID:
        raise ApiError(422, "REC-0006", "Invoice already paid")
    if row["pay_id"] is not None:
        raise ApiError(422, "invalid_request", "Invoice is being paid")
    now = cora.clock.now()
    cora.store.run(
        "UPDATE cora_invoice SET status = ?, registered = 0, next_at = NULL, ended_at = ?"
        " WHERE seq = ?",
        *(CANCELLED, to_micros(now), row["seq"]),
    )
    if row["barcode"] and row["status"] != DRAFT:
        entry = NewEntry(now, DEBIT, "FEE", _CANCEL_FEE, "Tarifa de cancelamento de boleto")
        add_entries(cora.store, row["account_id"], [entry])
    announce(cora, row["account_id"], "invoice", "canceled", row["id"])


def pay(
    cora: Cora,
    row: Row,
    method: str,
    *,
    seconds: int = 0,
    payer: Payer | None = None,
    amount: int | None = None,
) -> Row:
    """Someone pays; the money is here in `seconds`. `amount`: centavos, when not what is owed.

    Who hears of it hears `invoice_paid_notice_seconds` before the money is here.

    Raises:
        ApiError: it cannot be paid, or not so.
    """
    check_payable(row, method)
    now = cora.clock.now()
    due = owed_on(row, sao_paulo_day(now))
    paid = due.total if amount is None else amount
    paid_at = to_micros(now + timedelta(seconds=seconds))
    lead = max(1, cora.settings.invoice_paid_notice_seconds * 1_000_000)
    cora.store.run(
        "UPDATE cora_invoice SET status = ?, method = ?, pay_id = ?, paying_at = ?, next_at = ?,"
        " paid_at = ?, total_paid = ?, fine = ?, interest = ?, discount = ?, payer_name = ?,"
        " payer_document = ?, registered = ? WHERE seq = ?",
        IN_PAYMENT if cora.settings.invoice_shows_in_payment else row["status"],
        *(method, new_id("pay_"), to_micros(now), max(to_micros(now), paid_at - lead)),
        *(paid_at, paid),
        *(due.fine, due.interest, due.discount),
        *((payer.name, payer.document) if payer else (None, None)),
        int(method == BANK_SLIP),  # paid by Pix the bar code is not valid any more
        row["seq"],
    )
    if not seconds:
        _tell_paid(cora, by_id(cora, row["id"]))
        _settle(cora, by_id(cora, row["id"]))
    return by_id(cora, row["id"])


def pay_again(cora: Cora, row: Row, method: str, amount: int | None = None) -> Row:
    """Money comes for a charge that has ended: taken elsewhere before that was known there. One
    that is paid has another payment; one that is cancelled is paid after all.

    Raises:
        ApiError: it has not ended.
    """
    if row["status"] == CANCELLED:
        sql = "UPDATE cora_invoice SET status = ?, pay_id = NULL WHERE seq = ?"
        cora.store.run(sql, OPEN, row["seq"])
        return pay(cora, by_id(cora, row["id"]), method, amount=amount)
    if row["status"] != PAID:
        raise ApiError(422, "invalid_request", "Invoice is open")
    now = cora.clock.now()
    paid = amount or int(row["amount"])
    cora.store.run(
        "INSERT INTO cora_invoice_again VALUES (?, ?, ?, ?, ?)",
        *(new_id("pay_"), row["id"], method, paid, to_micros(now)),
    )
    customer = json.loads(row["request"])["customer"]
    kind, text = ("PIX", "Pix recebido") if method == PIX else ("PAYMENT", "Boleto recebido")
    entry = NewEntry(now, CREDIT, kind, paid, text, customer["name"], row["payer"])
    add_entries(cora.store, row["account_id"], [entry])
    announce(cora, row["account_id"], "invoice", "paid", row["id"])
    return by_id(cora, row["id"])


def check_payable(row: Row, method: str) -> None:
    if row["pay_id"] is not None:
        raise ApiError(422, "REC-0006", "Invoice already paid")
    if row["status"] == DRAFT:
        raise ApiError(422, "REC-0001", "Invoice not registered")
    if row["status"] == CANCELLED:
        raise ApiError(422, "invalid_request", "Invoice is cancelled")
    if method not in row["forms"].split():
        raise ApiError(422, "invalid_request", f"Invoice has no {method}")


def owed_on(row: Row, day: date) -> Owed:
    terms = json.loads(row["request"])["payment_terms"]
    return owed(row["amount"], date.fromisoformat(row["due_date"]), terms, day)


def settle_due(cora: Cora) -> int:
    """Do what the clock has reached: open, register, make late, bring the money in. How many."""
    due = cora.store.rows(
        "SELECT * FROM cora_invoice WHERE next_at <= ? ORDER BY next_at LIMIT 500",
        to_micros(cora.clock.now()),
    )
    with cora.store.write():
        for row in due:
            if row["pay_id"] is not None:
                _go_on_being_paid(cora, row)
            elif row["status"] == DRAFT:
                _open(cora, row)
                _register(cora, row)
            elif row["barcode"] and not row["registered"]:
                _register(cora, row)
            else:
                _make_late(cora, row)
    return len(due)


def _make_late(cora: Cora, row: Row) -> None:
    cora.store.run(
        "UPDATE cora_invoice SET status = ?, next_at = NULL WHERE seq = ?", LATE, row["seq"]
    )
    announce(cora, row["account_id"], "invoice", "overdue", row["id"])


def _go_on_being_paid(cora: Cora, row: Row) -> None:
    """The notice first; the money, and what is shown, when their time has come too."""
    if row["next_at"] < row["paid_at"]:
        _tell_paid(cora, row)
    else:
        _settle(cora, row)


def _tell_paid(cora: Cora, row: Row) -> None:
    """A client that asks now is told that it is not paid yet."""
    sql = "UPDATE cora_invoice SET next_at = paid_at WHERE seq = ?"
    cora.store.run(sql, row["seq"])
    announce(cora, row["account_id"], "invoice", "paid", row["id"])


def _settle(cora: Cora, row: Row) -> None:
    """The money comes in, and its fee goes out."""
    at = from_micros(row["paid_at"])
    customer = json.loads(row["request"])["customer"]
    who = (row["payer_name"] or customer["name"], row["payer_document"] or row["payer"])
    by_pix = row["method"] == PIX
    kind, text = ("PIX", "Pix recebido") if by_pix else ("PAYMENT", "Boleto recebido")
    moved = [NewEntry(at, CREDIT, kind, row["total_paid"], text, *who)]
    if fee := _fee(cora, row):
        label = "Tarifa de Pix recebido" if by_pix else "Tarifa de boleto"
        moved.append(NewEntry(at, DEBIT, "FEE", fee, label))
    add_entries(cora.store, row["account_id"], moved)
    cora.store.run(
        "UPDATE cora_invoice SET status = ?, next_at = NULL, paid_day = ?, ended_at = ?"
        " WHERE seq = ?",
        *(PAID, sao_paulo_day(at).isoformat(), row["paying_at"], row["seq"]),
    )


def _fee(cora: Cora, row: Row) -> int:
    if row["method"] != PIX:
        return cora.settings.boleto_fee_cents
    if row["total_paid"] <= _SMALL_PIX:
        return percent(row["total_paid"], _SMALL_PIX_FEE_PERCENT)
    return _PIX_FEE


def request_of(row: Row) -> dict[str, Any]:
    """What the charge was asked with: customer, services, payment_terms, notification."""
    request: dict[str, Any] = json.loads(row["request"])
    return request

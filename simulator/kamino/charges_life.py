"""Charges from their issue to the money: open → paid or cancelled. Late is open past its day."""

import json
from datetime import date
from typing import Any

from simulator.core.clock import next_banking_day, sao_paulo_day, to_micros
from simulator.core.ledger import CREDIT, DEBIT, NewEntry
from simulator.core.people import account_by_id
from simulator.core.store import Row
from simulator.core.titles import IssuedTitle
from simulator.kamino import moving, notices
from simulator.kamino.bank import Kamino
from simulator.kamino.moving import Move, move

_BOLETO_FEE = 190  # centavos, of a charge that was paid as boleto
OPEN, PAID, CANCELLED = "open", "paid", "cancelled"
_COLUMNS = frozenset(("id", "barcode", "txid"))


def charge_by(bank: Kamino, column: str, value: str) -> Row | None:
    """By id, barcode or txid."""
    assert column in _COLUMNS
    return bank.store.row(f"SELECT * FROM kamino_charge WHERE {column} = ?", value)  # noqa: S608


def additions(charge: Row, today: date) -> tuple[int, int, int]:
    """Fine, interest and discount when it is paid `today`, in centavos, rounded down.

    A due date on which banks do not settle is kept by paying on the next one that they do.
    """
    request, amount = json.loads(charge["request"]), charge["amount"]
    due = date.fromisoformat(charge["due_date"])
    if today < due:
        return 0, 0, min(_part(request.get("discount"), amount), amount - 1)
    if today <= next_banking_day(due):
        return 0, 0, 0
    percent = _hundredths(request.get("interest_percent", "0.00"))
    return _part(request.get("fine"), amount), amount * percent * (today - due).days // 300_000, 0


def amount_due(bank: Kamino, charge: Row) -> int:
    """What it costs today; once it is closed, what it was for."""
    if charge["state"] != OPEN:
        return int(charge["amount"])
    fine, interest, discount = additions(charge, bank.clock.today())
    return int(charge["amount"]) + fine + interest - discount


def is_late(bank: Kamino, charge: Row) -> bool:
    return charge["state"] == OPEN and bank.clock.today() > next_banking_day(
        date.fromisoformat(charge["due_date"])
    )


def cancel(bank: Kamino, charge: Row) -> bool:
    """Whether it could still be cancelled, and is now."""
    sql = "UPDATE kamino_charge SET state = 'cancelled' WHERE seq = ? AND state = 'open'"
    with bank.store.write():
        if bank.store.run(sql, charge["seq"]) != 1:
            return False
        _announce(bank, charge, CANCELLED)
    return True


def pay_by_pix(
    bank: Kamino, txid: str, amount: int, name: str, document: str, end_to_end: str | None = None
) -> bool:
    """Whether it was open, and is paid now."""
    charge = charge_by(bank, "txid", txid)
    if charge is None or charge["state"] != OPEN:
        return False
    _pay(bank, charge, "pix", amount, name, document, end_to_end or moving.new_end_to_end(bank))
    return True


def pay_by_boleto(bank: Kamino, charge: Row, amount: int, name: str, document: str) -> None:
    """As the clearing house tells it: the charge is open."""
    _pay(bank, charge, "boleto", amount, name, document, None)


def pay_again(bank: Kamino, charge: Row, by: str, amount: int, name: str, document: str) -> bool:
    """Money comes for a charge that has ended: taken elsewhere before that was known there. What
    it was first paid by stays. False: it is open."""
    if charge["state"] == OPEN:
        return False
    end_to_end = moving.new_end_to_end(bank) if by == "pix" else None
    _pay(bank, charge, by, amount, name, document, end_to_end)
    return True


def issued_title(bank: Kamino, barcode: str) -> IssuedTitle | None:
    """One of this bank's boletos, as the clearing house sees it."""
    charge = charge_by(bank, "barcode", barcode)
    if charge is None:
        return None
    holder = account_by_id(bank.store, charge["account_id"])
    fine, interest, discount = additions(charge, bank.clock.today())
    return IssuedTitle(
        barcode=barcode,
        digitable=charge["line"],
        creditor=holder.name,
        document=holder.cnpj,
        amount=charge["amount"],
        fine=fine,
        interest=interest,
        discount=discount,
        due_date=date.fromisoformat(charge["due_date"]),
        is_registered=charge["state"] != CANCELLED,
        is_paid=charge["state"] == PAID,
    )


def _pay(
    bank: Kamino,
    charge: Row,
    by: str,
    amount: int,
    name: str,
    document: str,
    end_to_end: str | None,
) -> None:
    now = bank.clock.now()
    text = "Pix recebido de cobrança" if by == "pix" else "Boleto recebido"
    kind = moving.PIX if by == "pix" else moving.BOLETO
    entry = NewEntry(now, CREDIT, kind, amount, text, name, document)
    moves = [Move(entry, charge_id=charge["id"], end_to_end=end_to_end)]
    if by == "boleto":
        fee = NewEntry(now, DEBIT, moving.FEE, _BOLETO_FEE, "Tarifa de boleto")
        moves.append(Move(fee, charge_id=charge["id"]))
    with bank.store.write():
        bank.store.run(
            "UPDATE kamino_charge SET state = 'paid', paid_amount = ?, paid_at = ?, paid_day = ?,"
            " paid_by = ? WHERE seq = ? AND state <> 'paid'",
            *(amount, to_micros(now), sao_paulo_day(now).isoformat(), by, charge["seq"]),
        )
        move(bank, charge["account_id"], moves)
        _announce(bank, charge, PAID)


def _announce(bank: Kamino, charge: Row, state: str) -> None:
    data = {"id": charge["id"], "code": charge["code"], "status": state}
    notices.announce(bank, charge["account_id"], f"charge.{state}", data)


def _part(given: dict[str, Any] | None, amount: int) -> int:
    """Of {amount} or {percent}, in centavos."""
    if given is None:
        return 0
    if "amount" in given:
        return _hundredths(given["amount"])
    return amount * _hundredths(given["percent"]) // 10_000


def _hundredths(text: str) -> int:
    return int(text.replace(".", ""))

"""Money out: what the API asked for, until a person approves or refuses it in the app.

    awaiting_approval -> scheduled -> completed -> returned
    awaiting_approval -> refused, expired, cancelled | at execution -> failed

Pix goes when it is approved; TEDs and boletos on banking days within their hours, else when the
next such day opens.
"""

from datetime import date, datetime, time, timedelta

from simulator.core.clock import (
    SAO_PAULO,
    at_sao_paulo,
    from_micros,
    is_banking_day,
    next_banking_day,
    to_micros,
)
from simulator.core.ledger import CREDIT, DEBIT, NewEntry
from simulator.core.orders import NotWaiting
from simulator.core.people import account_by_id
from simulator.core.store import Row
from simulator.kamino import charges_life, moving, notices, titles
from simulator.kamino.bank import Kamino
from simulator.kamino.moving import Move, move

_OPENS_AT, _CLOSES_AT = time(6, 30), {"ted": time(17), "boleto": time(20)}
AWAITING, SCHEDULED, COMPLETED = "awaiting_approval", "scheduled", "completed"
_OUT = {"ted": "TED enviada", "pix": "Pix enviado", "boleto": "Pagamento de boleto"}
_IN = {"ted": "TED recebida", "pix": "Pix recebido"}


def payment_by_id(bank: Kamino, payment_id: str) -> Row | None:
    return bank.store.row("SELECT * FROM kamino_payment WHERE id = ?", payment_id)


def approve(bank: Kamino, payment: Row) -> None:
    """Let it go: now, or as soon as it can."""
    _require(payment, AWAITING)
    now = bank.clock.now()
    goes_at = _goes_at(bank, payment, now)
    with bank.store.write():
        if goes_at > now:
            _move(bank, payment, SCHEDULED, next_at=goes_at)
        else:
            _execute(bank, payment, now)


def refuse(bank: Kamino, payment: Row) -> None:
    _require(payment, AWAITING)
    _move(bank, payment, "refused", "refused_by_approver", "Recusado no aplicativo do banco.")


def expire(bank: Kamino, payment: Row) -> None:
    _require(payment, AWAITING)
    _move(bank, payment, "expired", "approval_expired", "O prazo para aprovar terminou.")


def cancel(bank: Kamino, payment: Row) -> None:
    _require(payment, AWAITING)
    _move(bank, payment, "cancelled", "cancelled_by_client", "Cancelado por quem pediu.")


def refund(bank: Kamino, payment: Row) -> None:
    """The other bank sends a TED or Pix back, as when the payee's account does not exist."""
    _require(payment, COMPLETED)
    if payment["type"] == "boleto" or payment["to_account"] is not None:
        raise NotWaiting("Só TED e Pix para outro banco podem ser devolvidos.")
    text = "Devolução de TED" if payment["type"] == "ted" else "Devolução de Pix"
    end_to_end = None
    if payment["type"] == "pix":
        end_to_end = moving.new_end_to_end(bank, "D")
    entry = _entry(payment, bank.clock.now(), CREDIT, text)
    with bank.store.write():
        move(bank, payment["account_id"], [Move(entry, payment["id"], None, end_to_end)])
        _move(
            bank, payment, "returned", "returned_by_payee_bank", "Devolvido pelo banco de destino."
        )


def settle_due(bank: Kamino) -> int:
    """Do what the clock has reached: scheduled ones go, forgotten ones expire. How many."""
    due = bank.store.rows(
        "SELECT * FROM kamino_payment WHERE next_at <= ? ORDER BY next_at LIMIT 500",
        to_micros(bank.clock.now()),
    )
    with bank.store.write():
        for payment in due:
            if payment["state"] == AWAITING:
                expire(bank, payment)
            else:
                _execute(bank, payment, from_micros(payment["next_at"]))
    return len(due)


def _goes_at(bank: Kamino, payment: Row, now: datetime) -> datetime:
    scheduled = payment["scheduled"]
    if payment["type"] == "pix":
        return max(now, at_sao_paulo(date.fromisoformat(scheduled), time())) if scheduled else now
    closes = _CLOSES_AT[payment["type"]]
    local = now.astimezone(SAO_PAULO)
    first = local.date()
    if scheduled and date.fromisoformat(scheduled) > first:
        return at_sao_paulo(next_banking_day(date.fromisoformat(scheduled)), _OPENS_AT)
    if is_banking_day(first) and local.time() < closes:
        return max(now, at_sao_paulo(first, _OPENS_AT))
    return at_sao_paulo(next_banking_day(first + timedelta(days=1)), _OPENS_AT)


def _execute(bank: Kamino, payment: Row, at: datetime) -> None:
    """The money goes, dated `at`; or does not, and nothing moved."""
    payer = account_by_id(bank.store, payment["account_id"])
    if payer.balance < payment["amount"]:
        _move(bank, payment, "failed", "insufficient_funds", "Saldo insuficiente.")
        return
    if payment["barcode"] and not titles.pay(
        bank, payment["barcode"], payment["amount"], payer.name, payer.cnpj
    ):
        _move(bank, payment, "failed", "title_already_paid", "O boleto já foi pago ou cancelado.")
        return
    if payment["txid"] and not charges_life.pay_by_pix(
        bank, payment["txid"], payment["amount"], payer.name, payer.cnpj, payment["end_to_end"]
    ):
        _move(bank, payment, "failed", "charge_closed", "A cobrança já foi paga ou cancelada.")
        return
    ids = payment["id"], None, payment["end_to_end"]
    moves = [Move(_entry(payment, at, DEBIT, _OUT[payment["type"]]), *ids)]
    move(bank, payment["account_id"], moves)
    if payment["to_account"] is not None and not payment["txid"]:
        kind, text = payment["type"].upper(), _IN[payment["type"]]
        entry = NewEntry(at, CREDIT, kind, payment["amount"], text, payer.name, payer.cnpj)
        move(bank, payment["to_account"], [Move(entry, end_to_end=payment["end_to_end"])])
    bank.store.run(
        "UPDATE kamino_payment SET completed_at = ? WHERE seq = ?", to_micros(at), payment["seq"]
    )
    _move(bank, payment, COMPLETED)


def _entry(payment: Row, at: datetime, direction: str, text: str) -> NewEntry:
    kind, amount = payment["type"].upper(), payment["amount"]
    return NewEntry(at, direction, kind, amount, text, payment["name"], payment["document"])


def _move(
    bank: Kamino,
    payment: Row,
    state: str,
    reason_code: str | None = None,
    reason: str | None = None,
    *,
    next_at: datetime | None = None,
) -> None:
    with bank.store.write():
        bank.store.run(
            "UPDATE kamino_payment SET state = ?, reason_code = ?, reason = ?, next_at = ?"
            " WHERE seq = ?",
            *(state, reason_code, reason, to_micros(next_at) if next_at else None, payment["seq"]),
        )
        data = {"id": payment["id"], "code": payment["code"], "status": state}
        notices.announce(bank, payment["account_id"], f"payment.{state}", data)


def _require(payment: Row, state: str) -> None:
    if payment["state"] != state:
        raise NotWaiting("O pagamento não está mais nesta situação.")

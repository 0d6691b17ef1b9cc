"""What is given back of charges: processing → completed or failed.

The debit is written at once; that of one which fails comes back as a credit.
"""

from datetime import date, timedelta

from simulator.core.clock import sao_paulo_day, to_micros
from simulator.core.ids import new_id
from simulator.core.ledger import CREDIT, DEBIT, NewEntry
from simulator.core.people import account_by_id
from simulator.core.store import Row
from simulator.kamino import moving, notices
from simulator.kamino.answers import refuse
from simulator.kamino.bank import Kamino
from simulator.kamino.charges_life import PAID, charge_by
from simulator.kamino.moving import Move, move

PROCESSING, COMPLETED, FAILED = "processing", "completed", "failed"
API, APP, MED = "api", "app", "med"
_LASTS = timedelta(days=90)  # Regulamento do Pix, art. 41-A: devolução até 90 dias
_CONTEST = timedelta(days=7)
_TEXTS = {
    API: "Devolução de Pix",
    APP: "Devolução de Pix",
    MED: "Devolução especial de Pix (MED)",
}


def refunded(bank: Kamino, charge: Row) -> int:
    """Centavos that were given back of a charge, or are being given back."""
    row = bank.store.row(
        "SELECT coalesce(sum(amount), 0) AS total FROM kamino_refund"
        " WHERE charge_id = ? AND state <> 'failed'",
        charge["id"],
    )
    return int(row["total"]) if row else 0


def refund(
    bank: Kamino,
    charge: Row,
    amount: int,
    origin: str,
    reason: str | None = None,
    key: str | None = None,
) -> Row:
    """Give `amount` back. Raises Problem: it cannot be."""
    _check(bank, charge, amount)
    now, refund_id = bank.clock.now(), new_id("ref_")
    today = bank.clock.today()
    entry = NewEntry(
        now, DEBIT, moving.PIX, amount, _TEXTS[origin], charge["name"], charge["document"]
    )
    end_to_end = moving.new_end_to_end(bank, "D")
    is_held = bank.settings.holds_refunds and origin == API
    with bank.store.write():
        bank.store.insert(
            "INSERT INTO kamino_refund (id, account_id, charge_id, key, state, origin, amount,"
            " reason, end_to_end, created_at, created_day, completed_at, ended_day, answer_until)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(refund_id, charge["account_id"], charge["id"], key),
            *(PROCESSING if is_held else COMPLETED, origin, amount, reason, end_to_end),
            *(to_micros(now), today.isoformat()),
            *(None if is_held else to_micros(now), None if is_held else today.isoformat()),
            (today + _CONTEST).isoformat() if origin == MED else None,
        )
        move(
            bank, charge["account_id"], [Move(entry, charge_id=charge["id"], end_to_end=end_to_end)]
        )
        _announce(bank, charge)
    row = refund_by_id(bank, refund_id)
    assert row is not None
    return row


def end(bank: Kamino, row: Row, *, is_done: bool) -> bool:
    """Whether it was still being done, and has ended now."""
    now = bank.clock.now()
    charge = charge_by(bank, "id", row["charge_id"])
    assert charge is not None
    with bank.store.write():
        changed = bank.store.run(
            "UPDATE kamino_refund SET state = ?, failure = ?, completed_at = ?, ended_day = ?"
            " WHERE seq = ? AND state = 'processing'",
            COMPLETED if is_done else FAILED,
            None if is_done else "A conta de quem pagou não aceita a devolução.",
            to_micros(now) if is_done else None,
            sao_paulo_day(now).isoformat(),
            row["seq"],
        )
        if not changed:
            return False
        if not is_done:
            text = "Devolução de Pix não realizada"
            entry = NewEntry(now, CREDIT, moving.PIX, row["amount"], text, charge["name"])
            back = Move(entry, charge_id=charge["id"], end_to_end=row["end_to_end"])
            move(bank, charge["account_id"], [back])
        _announce(bank, charge)
    return True


def refund_by_id(bank: Kamino, refund_id: str) -> Row | None:
    return bank.store.row("SELECT * FROM kamino_refund WHERE id = ?", refund_id)


def _check(bank: Kamino, charge: Row, amount: int) -> None:
    is_pix = charge["state"] == PAID and charge["paid_by"] == "pix"
    if not is_pix or bank.clock.today() > date.fromisoformat(charge["paid_day"]) + _LASTS:
        raise refuse(
            "charge_not_refundable", "Só um Pix recebido nos últimos 90 dias pode ser devolvido."
        )
    if not 0 < amount <= charge["paid_amount"] - refunded(bank, charge):
        raise refuse("refund_too_large", "O valor passa do que resta deste pagamento.")
    if account_by_id(bank.store, charge["account_id"]).balance < amount:
        raise refuse("insufficient_funds", "A conta não tem saldo para esta devolução.")


def _announce(bank: Kamino, charge: Row) -> None:
    """Of the charge: what was given back of it is read by its id."""
    data = {"id": charge["id"], "code": charge["code"], "status": charge["state"]}
    notices.announce(bank, charge["account_id"], "charge.refunded", data)

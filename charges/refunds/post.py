"""A refund that is done: its entry, on its own day, and what becomes of the charge.

The payment's entry stays: the month in which it came may be closed
(docs/decisions/0038-a-refund-is-an-entry-of-its-own.md).
"""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from accounts.chart.purposes import account_for
from accounts.journal.entries import MEMO_LENGTH, post_entry
from accounts.models import Account, AccountPurpose, JournalEntry
from banking.bank_accounts.ledger_account import hold_leaf
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Refund
from charges.refunds.parts import ZERO, left_of
from charges.refunds.transitions import move_refund
from charges.settlement.settle import late_part, where_it_came
from charges.states import ChargeStatus, RefundStatus, SlipStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import ask_end, live_slip, lock_slip, move_charge, move_slip, require_look
from core.clock import database_now
from core.errors import DomainError

TITLES = {
    Refund.Kind.OURS: "Devolvida ao pagador",
    Refund.Kind.MED: "Devolução especial (MED)",
    Refund.Kind.FOUND: "Devolução feita fora do Kamino",
    Refund.Kind.UNDONE: "Uso de adiantamento desfeito",
}


def complete(refund: Refund, *, day: date | None, source: str, **told: object) -> None:
    """The money left. The caller holds the refund, with its charge. `day` None: the bank does not
    say, and it is today, provisionally."""
    parts = left_of(refund.settlement, but=refund).split(refund.amount)
    move_refund(
        refund, RefundStatus.DONE, done_on=day or today(), message="", **told, **asdict(parts)
    )
    say_done(refund, source, is_provisional=day is None)


def say_done(refund: Refund, source: str, *, is_provisional: bool = False) -> None:
    """Post what is written as done, and say so. The caller holds it."""
    assert refund.done_on is not None
    text = f"{reais(refund.amount)} em {refund.done_on:%d/%m/%Y}. {source} {refund.reason}"
    tone = Tone.WARN if refund.kind == Refund.Kind.MED else Tone.INFO
    title = TITLES[Refund.Kind(refund.kind)]
    note(refund.charge, title, text.strip(), tone=tone, by=refund.asked_by)
    post_if_possible(refund, is_provisional=is_provisional)
    if refund.asked_by_id is None:  # nobody here had it done
        require_look(refund.charge, question(refund))


def question(refund: Refund) -> str:
    """What a person has to decide of a refund that was not asked for here."""
    assert refund.done_on is not None
    went = f"{reais(refund.amount)} voltaram ao pagador em {refund.done_on:%d/%m/%Y}"
    if refund.overdrawn:
        went += f", {reais(refund.overdrawn)} deles de um adiantamento que já tinha sido usado"
    owed = "A parte devolvida é devida de novo." if refund.principal else "Nada reabre."
    if refund.kind == Refund.Kind.MED:
        why = f" ({refund.reason})" if refund.reason else ""
        until = f" até {refund.answer_until:%d/%m/%Y}" if refund.answer_until else ""
        return (
            f"{went}, por devolução especial (MED){why}. {owed} Para contestar, use o aplicativo "
            f"do banco{until}."
        )
    return f"{went}, por fora do Kamino. {owed} Se a venda foi desfeita, dispense ou cancele."


def post_if_possible(refund: Refund, *, is_provisional: bool = False) -> None:
    """Unless its payment is held back, or an account cannot be written on: then it is posted by
    `post_waiting`, once a person has seen to it."""
    if refund.settlement.entry is None:
        require_look(
            refund.charge,
            "Este recebimento voltou ao pagador: diga antes o que ele era no extrato.",
        )
        return
    try:
        with transaction.atomic():
            refund.entry = post(refund, is_provisional=is_provisional)
    except DomainError as error:
        require_look(refund.charge, str(error))
        return
    refund.save(update_fields=["entry"])
    take_from(refund.charge, refund)


def post(refund: Refund, *, is_provisional: bool) -> JournalEntry:
    """D advances, revenue, fine and interest; C where the money left."""
    charge, purpose = refund.charge, AccountPurpose
    assert refund.done_on is not None
    of_advance = refund.excess + refund.overdrawn
    replaced = late_part(charge, -refund.principal)  # negative: it goes back
    lines = [(where_it_left(refund), -refund.amount)]
    if refund.principal + replaced:
        lines.append((charge.revenue_account, refund.principal + replaced))
    late = refund.late - replaced
    for each, amount in ((purpose.LATE_CHARGES, late), (purpose.ADVANCES, of_advance)):
        if amount:
            lines.append((account_for(charge.tenant, each), amount))
    return post_entry(
        charge.tenant,
        date=refund.done_on,
        memo=f"{memo_of(refund)} {charge.payer.name}: {charge.description}"[:MEMO_LENGTH],
        lines=lines,
        by=refund.asked_by,
        is_provisional=is_provisional,
    )


def memo_of(refund: Refund) -> str:
    is_undone = refund.kind == Refund.Kind.UNDONE
    return "Uso de adiantamento desfeito, de" if is_undone else "Devolução a"


def where_it_left(refund: Refund) -> Account:
    if refund.kind == Refund.Kind.UNDONE:
        return where_it_came(refund.settlement)
    if refund.bank_account is not None:
        return hold_leaf(refund.bank_account)
    return account_for(refund.charge.tenant, AccountPurpose.CASH)


def take_from(charge: Charge, refund: Refund) -> None:
    """What a posted refund makes of its charge, which the caller holds. That of a second payment,
    or of an excess, reopens nothing."""
    if not refund.principal:
        return
    settled = charge.settled - refund.principal
    is_nothing_left = settled == charge.waived
    if refund.debt == Refund.Debt.UNDONE:
        if is_nothing_left:
            end_sale(charge, refund)
        else:  # that part is given up, and nothing else changes
            move_charge(
                charge, ChargeStatus(charge.status), waived=charge.waived + refund.principal
            )
        return
    move_charge(
        charge,
        ChargeStatus.RETURNED if is_nothing_left else ChargeStatus.PARTLY_PAID,
        settled=settled,
        # All of it is owed by its own terms again, fine and interest with it.
        late_rest=ZERO if is_nothing_left else charge.late_rest,
        paid_on=None if is_nothing_left else charge.paid_on,
    )


def end_sale(charge: Charge, refund: Refund) -> None:
    """All went back, and nothing is owed any more; a slip for a rest ends too."""
    move_charge(charge, ChargeStatus.RETURNED, settled=ZERO, waived=ZERO, late_rest=ZERO)
    slip = live_slip(charge)
    if slip is not None and slip.status == SlipStatus.QUEUED:
        held = lock_slip(slip)
        held.charge = charge
        move_slip(held, SlipStatus.WITHDRAWN)
    elif slip is not None:
        ask_end(slip, by=refund.asked_by, ends_debt=True)
    move_charge(charge, ChargeStatus.CANCELLED)


def today() -> date:
    return sao_paulo_day(database_now())

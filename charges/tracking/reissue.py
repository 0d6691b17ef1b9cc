"""A new due date or value: the old slip is ended at the bank, read once more, and a new one issued.

What is wanted stands in the charge, so it goes on after a kill. Minutes with no slip alive are
allowed, two alive never. If the payer was quicker it ends as paid.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_due_date, read_money, require_enterer
from charges.issuing.queue import queue_slips
from charges.models import Charge, late_from
from charges.states import OPEN_AT_BANK, ChargeStatus
from charges.terms.check import problems, reais
from charges.timeline import CANCEL_ASKED, Tone, note
from charges.transitions import ask_end, live_slip, lock_charge, require_look
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from tenants.models import Membership

OF_NEXT = ("next_due_date", "next_amount", "next_by")


@transaction.atomic
def change_terms(
    charge: Charge, *, by: Membership, due_date: date, amount: Decimal, why: str = ""
) -> Charge:
    """Have an open charge collected by a new slip with this due date and value.

    Raises:
        InvalidInput: (its `field` named) the bank would not take it so.
        InvalidState: (code `no_slip`) no slip of it is open at the bank.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    slip = live_slip(held)
    if slip is None or slip.status not in OPEN_AT_BANK or held.settled or held.replaced_by_id:
        raise InvalidState("Nenhum boleto desta cobrança está em aberto.", code="no_slip")
    amount = read_money(amount, "amount", "O valor")
    check_terms(held, read_due_date(due_date), amount)
    before = particulars(held)
    held.next_due_date, held.next_amount, held.next_by = due_date, amount, by.user
    held.save(update_fields=[*OF_NEXT])
    ask_end(slip, by=by.user, ends_debt=False)
    text = f"{reais(amount)}, com vencimento em {due_date:%d/%m/%Y}. {why}".strip()
    note(held, "Mudança pedida", text, tone=Tone.INFO, by=by.user)
    note(held, CANCEL_ASKED, "O novo boleto é emitido depois.", tone=Tone.INFO)
    after = {"Valor": reais(amount), "Vencimento": f"{due_date:%d/%m/%Y}"}
    record(Act.CHARGE_EDITED, on=held, by=by.user, why=why, before=before, after=after)
    return held


def check_terms(charge: Charge, due_date: date, amount: Decimal) -> None:
    """
    Raises:
        InvalidInput: its bank would not take it so.
    """
    was = charge.due_date, charge.amount
    charge.due_date, charge.amount = due_date, amount
    found = problems(charge, sao_paulo_day(database_now()))
    charge.due_date, charge.amount = was
    for problem in found:
        raise InvalidInput(problem.sentence, field=problem.field)


def go_on_with_changes(account: BankAccount) -> None:
    """Each charge whose old slip has ended since. Runs inside the company's scope."""
    wanted = Charge.objects.of(account.tenant_id).filter(
        bank_account=account, next_due_date__isnull=False
    )
    for charge in wanted.order_by("id"):
        go_on(lock_charge(charge))


def go_on(charge: Charge) -> None:
    if charge.next_due_date is None:
        return
    if charge.status in {ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.CANCELLED}:
        forget(charge)
        note(charge, "Mudança sem efeito", "A cobrança terminou antes.", tone=Tone.WARN)
        return
    slip = live_slip(charge)
    if slip is not None:
        if slip.cancel_asked_at is None:  # the bank did not end it
            forget(charge)
            require_look(charge, "O banco não encerrou o boleto: a mudança não foi feita.")
        return
    due_date, amount, by = charge.next_due_date, charge.next_amount, charge.next_by
    assert amount is not None  # the database holds it
    charge.due_date, charge.amount, charge.late_from = due_date, amount, late_from(due_date)
    charge.next_due_date = charge.next_amount = charge.next_by = None
    charge.save(update_fields=["due_date", "amount", "late_from", *OF_NEXT])
    found = problems(charge, sao_paulo_day(database_now()))
    if found:
        require_look(charge, found[0].sentence)
        return
    queue_slips([charge], batch=None, by=by)


def forget(charge: Charge) -> None:
    charge.next_due_date = charge.next_amount = charge.next_by = None
    charge.save(update_fields=[*OF_NEXT])

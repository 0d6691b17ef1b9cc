"""A new due date or value: the old slip is ended at the bank, read once more, and a new one issued.

What is wanted stands in the charge, so it goes on after a kill. Minutes with no slip alive are
allowed, two alive never. If the payer was quicker it ends as paid.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import structlog
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_due_date, read_money, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.issuing.queue import queue_slips
from charges.models import Charge, Slip, late_from
from charges.settlement.looks import held_back
from charges.states import OPEN_AT_BANK, ChargeStatus, SlipStatus
from charges.terms.amounts import given_up, owed_on, terms_of
from charges.terms.check import problems, reais
from charges.timeline import CANCEL_ASKED, Tone, note
from charges.transitions import ask_end, live_slip, lock_charge, require_look
from core.clock import database_now
from core.errors import DomainError, InvalidInput, InvalidState
from people.exceptional_acts import Kind, propose
from people.models import ExceptionalAct
from tenants.models import Membership
from tenants.scope import tenant_scope

log = structlog.get_logger()

NO_CHANGE = "Mudança sem efeito"
OF_NEXT = ("next_due_date", "next_amount", "next_by")


@transaction.atomic
def change_terms(
    charge: Charge, *, by: Membership, due_date: date, amount: Decimal, why: str = ""
) -> ExceptionalAct | None:
    """Have an open charge collected by a new slip with this due date and value. What it gives up of
    what is owed today is out of the ordinary: above the company's limit it waits for a second
    person (`is_waiting` of what is returned).

    Raises:
        InvalidInput: (its `field` named) the bank would not take it so; `why` has to be said.
        InvalidState: (code `no_slip`) no slip of it is open at the bank; (code `already_asked`) the
            same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    amount, due_date = read_money(amount, "amount", "O valor"), read_due_date(due_date)
    seen = Charge.objects.of(by.tenant_id).select_related("payer", "created_by", "bank_account")
    asked = seen.get(id=charge.id)
    require_open_slip(asked)
    check_terms(asked, due_date, amount)
    less = given_up(asked, amount, replace(terms_of(asked), due_date=due_date))
    if not less:
        write_change(lock_charge(charge), due_date, amount, why, by)
        return None
    request = request_of(
        asked,
        amount=less,
        title=f"Desconto depois da emissão: {reais(less)} para {asked.payer}",
        why=why,
        effect={
            "Vale hoje": reais(owed_on(asked, sao_paulo_day(database_now())).total),
            "Passa a": f"{reais(amount)}, com vencimento em {due_date:%d/%m/%Y}",
        },
        value={"due_date": due_date.isoformat(), "amount": str(amount)},
    )
    return propose(LESS, request, by=by)


def apply_less(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    held = lock_charge(Charge(id=act.subject_id, tenant_id=act.tenant_id))
    require_unchanged(held, act)
    due_date, amount = date.fromisoformat(act.value["due_date"]), Decimal(act.value["amount"])
    check_terms(held, due_date, amount)
    write_change(held, due_date, amount, act.why, by)


LESS = Kind("less_by_new_slip", "Desconto depois da emissão", apply_less)


def require_open_slip(charge: Charge) -> Slip:
    slip = live_slip(charge)
    if slip is None or slip.status not in OPEN_AT_BANK or charge.settled or charge.replaced_by_id:
        raise InvalidState("Nenhum boleto desta cobrança está em aberto.", code="no_slip")
    return slip


def write_change(held: Charge, due_date: date, amount: Decimal, why: str, by: Membership) -> None:
    slip, before = require_open_slip(held), particulars(held)
    held.next_due_date, held.next_amount, held.next_by = due_date, amount, by.user
    held.save(update_fields=[*OF_NEXT])
    ask_end(slip, by=by.user, ends_debt=False)
    text = f"{reais(amount)}, com vencimento em {due_date:%d/%m/%Y}. {why}".strip()
    note(held, "Mudança pedida", text, tone=Tone.INFO, by=by.user)
    note(held, CANCEL_ASKED, "O novo boleto é emitido depois.", tone=Tone.INFO)
    after = {"Valor": reais(amount), "Vencimento": f"{due_date:%d/%m/%Y}"}
    record(Act.CHARGE_EDITED, on=held, by=by.user, why=why, before=before, after=after)


def check_terms(charge: Charge, due_date: date, amount: Decimal) -> None:
    """
    Raises:
        InvalidInput: its bank would not take it so, or it is less than what it replaced bore.
    """
    if amount < charge.additions:
        least = reais(charge.additions)
        raise InvalidInput(
            f"{least} são multa e juros da renegociação: o valor não fica abaixo.", field="amount"
        )
    was = charge.due_date, charge.amount
    charge.due_date, charge.amount = due_date, amount
    found = problems(charge, sao_paulo_day(database_now()))
    charge.due_date, charge.amount = was
    for problem in found:
        raise InvalidInput(problem.sentence, field=problem.field)


def go_on_with_changes(account: BankAccount) -> None:
    """Each charge whose old slip has ended since, in a transaction of its own. To be called outside
    of scopes."""
    with tenant_scope(account.tenant_id):
        wanted = Charge.objects.of(account.tenant_id).filter(
            bank_account=account, next_due_date__isnull=False
        )
        charges = list(wanted.order_by("id"))
    for charge in charges:
        try:
            with tenant_scope(account.tenant_id):
                go_on(lock_charge(charge))
        except (DomainError, IntegrityError):  # it hides no other
            log.exception("change_not_made", charge=str(charge.id))
            with tenant_scope(account.tenant_id):
                held = lock_charge(charge)
                forget(held)
                require_look(held, "O novo boleto não pôde ser emitido: a mudança não foi feita.")


def go_on(charge: Charge) -> None:
    if charge.next_due_date is None:
        return
    if charge.status in {ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.CANCELLED}:
        forget(charge)
        note(charge, NO_CHANGE, "A cobrança terminou antes.", tone=Tone.WARN)
        return
    slip = live_slip(charge)
    if slip is not None:
        if slip.cancel_asked_at is None:  # the bank did not end it
            forget(charge)
            if slip.status == SlipStatus.IN_PAYMENT:
                note(charge, NO_CHANGE, "O boleto já está em pagamento.", tone=Tone.WARN)
            else:
                require_look(charge, "O banco não encerrou o boleto: a mudança não foi feita.")
        return
    if charge.status == ChargeStatus.IN_PAYMENT or held_back(charge):
        return  # its money is at the bank, and not in the books yet
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

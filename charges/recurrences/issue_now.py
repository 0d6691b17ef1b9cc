"""Issue a period of a contract because a person asks: before its day, or one that was left out, or
one whose charge was cancelled."""

from datetime import date

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_due_date, require_enterer
from charges.issuing.queue import issue_charges
from charges.models import Charge, Recurrence
from charges.recurrences.outlook import Outlook, lock_recurrence, outlook_of, refresh
from charges.recurrences.period import make_charge, record_adjustments
from charges.recurrences.timeline import note_contract
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from tenants.models import Membership


@transaction.atomic
def issue_period(
    recurrence: Recurrence, month: date, *, by: Membership, due_date: date | None = None
) -> Charge:
    """The charge of a period, issued if its bank takes it, else a draft that says why. Without
    `due_date` it is the contract's, which must not be past.

    Raises:
        InvalidInput: (field `due_date`) the due date is past; or as `make_charge`.
        InvalidState: (code `has_charge`, `no_period`) the period has a charge that is not
            cancelled, or it is none.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    today = sao_paulo_day(database_now())
    outlook = outlook_of(held, today)
    require_open(outlook, month)
    due = read_due_date(due_date or outlook.calendar.due(month))
    if due < today:
        raise InvalidInput("Escolha um vencimento de hoje em diante.", field="due_date")
    amount = outlook.amount(month)
    record_adjustments(outlook, month)
    charge = make_charge(held, month, amount, today, due_date=due, by=by.user)
    refresh(held, today)
    note_contract(held, f"Competência {month:%m/%Y} emitida por uma pessoa", by=by.user)
    if issue_charges([charge], by=by).left_out:
        record(Act.CHARGE_ENTERED, on=charge, by=by.user, after=particulars(charge))
    return charge


def require_open(outlook: Outlook, month: date) -> None:
    if not outlook.calendar.has(month):
        raise InvalidState("Esta competência não é do contrato.", code="no_period")
    if month in outlook.live:
        raise InvalidState(f"A competência {month:%m/%Y} já tem uma cobrança.", code="has_charge")

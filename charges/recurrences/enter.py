"""A new contract."""

from datetime import date

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import require_enterer
from charges.models import Recurrence, RecurrenceValue
from charges.recurrences.contract import Contract, columns_of_contract, contract_particulars
from charges.recurrences.outlook import refresh
from charges.recurrences.timeline import note_contract
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidInput
from tenants.models import Membership, Tenant


@transaction.atomic
def enter_recurrence(tenant: Tenant, contract: Contract, *, by: Membership) -> Recurrence:
    """Charges are made by it from now on, in the name of whom enters it.

    Raises:
        InvalidInput: (its `field` named) something is no contract, or its first due date is past.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    columns = columns_of_contract(tenant, contract)
    today = sao_paulo_day(database_now())
    first_due = require_ahead(contract, today)
    recurrence: Recurrence = Recurrence.objects.create(
        tenant=tenant,
        responsible=by.user,
        created_by=by.user,
        adjusted_to=contract.first_month,
        **columns,
    )
    RecurrenceValue.objects.create(
        tenant=tenant,
        recurrence=recurrence,
        from_month=contract.first_month,
        amount=contract.draft.amount,
        by=by.user,
    )
    refresh(recurrence, today)
    text = f"Primeiro vencimento em {first_due:%d/%m/%Y}."
    note_contract(recurrence, "Criada", text, by=by.user)
    said = contract_particulars(recurrence, contract.draft.amount)
    record(Act.RECURRENCE_ENTERED, on=recurrence, by=by.user, after=said)
    hurry(recurrence)
    return recurrence


def require_ahead(contract: Contract, today: date) -> date:
    """The first due date.

    Raises:
        InvalidInput: (field `first_month`) it is past.
    """
    first_due = contract.calendar.due(contract.first_month)
    if first_due < today:
        raise InvalidInput(
            f"O primeiro vencimento seria {first_due:%d/%m/%Y}, que já passou.",
            field="first_month",
            code="past",
        )
    return first_due


def hurry(recurrence: Recurrence) -> None:
    """What is due now is made before the next tick."""
    enqueue("charges.tasks.generate_recurrences", str(recurrence.tenant_id))

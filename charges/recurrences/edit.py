"""Change a contract: for the next period that has no charge, and those after it."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import require_enterer
from charges.models import Recurrence, RecurrenceValue
from charges.recurrences.contract import Contract, columns_of_contract, contract_particulars
from charges.recurrences.enter import hurry, require_ahead
from charges.recurrences.outlook import lock_recurrence, outlook_of, refresh
from charges.recurrences.period import record_adjustments
from charges.recurrences.timeline import note_contract
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from tenants.models import Membership

# Which months are periods at all: fixed by the first charge.
PHASE = ("first_month", "every_months")


@transaction.atomic
def edit_recurrence(recurrence: Recurrence, contract: Contract, *, by: Membership) -> Recurrence:
    """What has a charge stays as it is. Whoever edits answers for what it issues from now on.

    Raises:
        InvalidInput: as `enter_recurrence`, or another payer, or other months after the first
            charge.
        InvalidState: (code `ended`) it has ended.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    today = sao_paulo_day(database_now())
    outlook = outlook_of(held, today)
    since = outlook.next_month or held.first_month
    amount = outlook.amount(since)
    before = contract_particulars(held, amount)
    columns = columns_of_contract(held.tenant, contract)
    check_kept(held, contract, has_charges=bool(outlook.charged))
    if not outlook.charged:
        require_ahead(contract, today)
        held.adjusted_to = contract.first_month
    elif contract.draft.amount != amount:  # what is typed is the value with the adjustment
        record_adjustments(outlook, since)
    if held.adjustment != columns["adjustment"]:
        # Anniversaries that went by under another rule are not caught up with.
        held.adjusted_to = max(held.adjusted_to, today.replace(day=1))
    for name, value in columns.items():
        setattr(held, name, value)
    held.responsible, held.trouble = by.user, ""
    held.save(update_fields=[*columns, "adjusted_to", "responsible", "trouble"])
    if contract.draft.amount != amount or not outlook.charged:
        RecurrenceValue.objects.create(
            tenant=held.tenant,
            recurrence=held,
            from_month=since if outlook.charged else min(since, held.first_month),
            amount=contract.draft.amount,
            by=by.user,
        )
    refresh(held, today)
    after = contract_particulars(held, contract.draft.amount)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        told = ", ".join(changed) + f". Vale a partir da competência {since:%m/%Y}."
        note_contract(held, "Alterada", told, by=by.user)
        record(
            Act.RECURRENCE_EDITED,
            on=held,
            by=by.user,
            before={name: before.get(name, "") for name in changed},
            after={name: after.get(name, "") for name in changed},
        )
    hurry(held)
    return held


def check_kept(recurrence: Recurrence, contract: Contract, *, has_charges: bool) -> None:
    if contract.draft.payer.id != recurrence.payer_id:
        raise InvalidInput("Uma recorrência não muda de pagador: crie outra.", field="payer")
    for name in PHASE:
        if has_charges and getattr(contract, name) != getattr(recurrence, name):
            raise InvalidInput(
                "Já há cobranças emitidas: encerre esta recorrência e crie outra para mudar isto.",
                field=name,
                code="has_charges",
            )


def require_not_ended(recurrence: Recurrence) -> None:
    """
    Raises:
        InvalidState: (code `ended`) the contract has ended.
    """
    if recurrence.ended_at is not None:
        raise InvalidState("Esta recorrência foi encerrada.", code="ended")

"""The charge of one period. Its id follows from contract and period, so that a database that has
forgotten it makes the same one again, and its slip comes to the bank under the same key
(docs/decisions/0022-a-key-that-follows-from-the-bill.md).
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from charges.drafts.draft import columns_of, percent_words
from charges.models import Charge, Recurrence, RecurrenceValue
from charges.recurrences.calendar import Calendar
from charges.recurrences.contract import draft_of
from charges.recurrences.outlook import Outlook, charges_of
from charges.recurrences.timeline import note_contract
from charges.recurrences.values import foreseen
from charges.terms.check import reais
from charges.timeline import Tone, note
from tenants.models import User

ZERO = Decimal("0.00")


def make_charge(
    recurrence: Recurrence,
    month: date,
    amount: Decimal,
    today: date,
    *,
    due_date: date | None = None,
    by: User | None = None,
) -> Charge:
    """The draft of a period of a contract that the caller holds; `due_date` when it is another than
    the contract's.

    Raises:
        InvalidInput: the payer or the classification is archived, or something is no charge.
    """
    draft = draft_of(recurrence, month, amount)
    if due_date is not None:
        draft = replace(draft, due_date=due_date)
    if draft.due_date <= today:  # it would hold until the day before
        draft = replace(draft, discount=ZERO)
    charge: Charge = Charge.objects.create(
        id=charge_id(recurrence, month),
        tenant=recurrence.tenant,
        recurrence=recurrence,
        recurrence_month=month,
        created_by=by,
        **columns_of(recurrence.tenant, draft),
    )
    how = "" if by else " Gerada pela recorrência, sem ninguém pedir na hora."
    text = f"Competência {month:%m/%Y}. Vence em {charge.due_date:%d/%m/%Y}.{how}"
    note(charge, "Lançada", text, by=by)
    return charge


def charge_id(recurrence: Recurrence, month: date) -> UUID:
    """Of the next charge of the period: one that was cancelled keeps its own."""
    earlier = charges_of(recurrence).filter(recurrence_month=month).count()
    return uuid5(recurrence.id, f"{month:%Y-%m} {earlier}")


def record_adjustments(outlook: Outlook, until: date) -> None:
    """Write down the adjustments by a fixed percentage that fall until a period that is about to
    have its charge. The contract is held."""
    recurrence = outlook.recurrence
    before = outlook.steps
    for step in foreseen(recurrence, before, outlook.charged, until):
        RecurrenceValue.objects.create(
            tenant_id=recurrence.tenant_id,
            recurrence=recurrence,
            from_month=step.from_month,
            amount=step.amount,
            anniversary=step.anniversary,
            percent=recurrence.adjustment_percent,
        )
        due = Calendar.of(recurrence).due(step.from_month)
        percent = percent_words(recurrence.adjustment_percent)
        text = f"{reais(step.amount)} a partir do vencimento {due:%d/%m/%Y}."
        note_contract(recurrence, f"Reajuste de {percent}", text, tone=Tone.INFO)

"""Adjust a contract by an index that a person types: from the anniversary on, by due date, once.

What left already keeps its value, and the contract says so.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import percent_words, read_percent, read_text, require_enterer
from charges.models import Recurrence, RecurrenceValue
from charges.recurrences.calendar import Calendar
from charges.recurrences.edit import require_not_ended
from charges.recurrences.outlook import Outlook, lock_recurrence, outlook_of, refresh
from charges.recurrences.timeline import note_contract
from charges.recurrences.values import adjusted, amount_in, first_without_charge
from charges.terms.check import reais
from charges.timeline import Tone
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.money import MAX_AMOUNT
from tenants.models import Membership

ZERO = "sem reajuste"


@transaction.atomic
def adjust_recurrence(
    recurrence: Recurrence,
    *,
    by: Membership,
    anniversary: date,
    percent: Decimal,
    index_name: str = "",
) -> RecurrenceValue:
    """`percent` of 100, 0 for none this year; `anniversary` is the first day of its month.

    Raises:
        InvalidInput: (field `percent`) it is no percentage; (field `anniversary`) it is none of the
            contract's that is open.
        InvalidState: (code `ended`, `adjusted`, `no_period`) it has ended; that anniversary has its
            adjustment; no period follows.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    outlook = outlook_of(held, sao_paulo_day(database_now()))
    percent = read_percent(percent, "percent")
    index = read_text(index_name, "index_name", 30)
    since = first_period(outlook, anniversary)
    before = amount_in(since, outlook.steps)
    amount = adjusted(before, percent)
    if amount > MAX_AMOUNT:
        raise InvalidInput("O valor reajustado passa do limite.", field="percent")
    value: RecurrenceValue = RecurrenceValue.objects.create(
        tenant=held.tenant,
        recurrence=held,
        from_month=since,
        amount=amount,
        anniversary=anniversary,
        percent=percent,
        index_name=index,
        by=by.user,
    )
    refresh(held, outlook.today)
    tell(held, value, before, by)
    return value


def first_period(outlook: Outlook, anniversary: date) -> date:
    """The first one from the anniversary on that has no charge."""
    if any(step.anniversary == anniversary for step in outlook.steps):
        raise InvalidState(f"O reajuste de {anniversary:%m/%Y} já foi aplicado.", code="adjusted")
    if anniversary not in outlook.open_anniversaries:
        raise InvalidInput("Escolha um aniversário deste contrato.", field="anniversary")
    since = first_without_charge(outlook.calendar, anniversary, outlook.charged)
    if since is None:
        raise InvalidState("Nenhuma competência vem depois deste aniversário.", code="no_period")
    return since


def tell(recurrence: Recurrence, value: RecurrenceValue, before: Decimal, by: Membership) -> None:
    percent = percent_words(value.percent or Decimal(0)) or ZERO
    index = f" ({value.index_name})" if value.index_name else ""
    due = Calendar.of(recurrence).due(value.from_month)
    text = f"De {reais(before)} para {reais(value.amount)}, a partir do vencimento {due:%d/%m/%Y}."
    text = f"{text} {late_words(recurrence, value)}".strip()
    title = f"Reajuste de {value.anniversary:%m/%Y}: {percent}{index}"
    note_contract(recurrence, title, text, tone=Tone.INFO, by=by.user)
    record(
        Act.RECURRENCE_ADJUSTED,
        on=recurrence,
        by=by.user,
        before={"Valor": reais(before)},
        after={
            "Valor": reais(value.amount),
            "Reajuste": f"{percent}{index}",
            "A partir de": f"{due:%d/%m/%Y}",
        },
    )


def late_words(recurrence: Recurrence, value: RecurrenceValue) -> str:
    """«A cobrança de 10/02 já saiu pelo valor antigo; o novo vale de 10/03.» Empty when it was
    typed in time."""
    calendar = Calendar.of(recurrence)
    assert value.anniversary is not None  # the database holds it
    first = next(calendar.months(value.anniversary), None)
    if first is None or first >= value.from_month:
        return ""
    was, now = calendar.due(first), calendar.due(value.from_month)
    return f"A cobrança de {was:%d/%m} já saiu pelo valor antigo; o novo vale de {now:%d/%m}."

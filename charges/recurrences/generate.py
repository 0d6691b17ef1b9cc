"""The charges that contracts make by themselves: found in the rows by a tick, one period at a time,
with the contract held.

What is ahead is issued, however late the tick comes; what fell due without a charge (the machine
was off, the contract was paused) is asked about and never billed by itself.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars
from charges.issuing.queue import issue_by_itself
from charges.models import Charge, Recurrence
from charges.recurrences.outlook import Outlook, lock_recurrence, outlook_of, refresh
from charges.recurrences.period import make_charge, record_adjustments
from charges.recurrences.timeline import note_contract
from charges.terms.check import reais
from charges.timeline import Tone, note
from core import deadline
from core.clock import database_now
from core.errors import DomainError, InvalidInput
from core.text import shorten
from tenants.acting import acting_member
from tenants.models import TenantQuerySet
from tenants.scope import across_tenants, tenant_scope

log = structlog.get_logger()

ONE_DAY = timedelta(days=1)
STAYED = "Ficou em rascunho"


def companies_with_due(now: datetime) -> list[UUID]:
    """Those that have a contract to look at. After a restore nothing is made before a release."""
    with across_tenants():
        rows = due_recurrences(Recurrence.objects.all(), sao_paulo_day(now))
        return list(rows.values_list("tenant_id", flat=True).distinct().order_by())


def due_recurrences(rows: TenantQuerySet, today: date) -> TenantQuerySet:
    return rows.filter(
        paused_at=None, ended_at=None, next_on__lte=today, tenant__sending_locked_at=None
    )


def generate_of(tenant_id: UUID) -> int:
    """All that is due in a company, contract by contract. Returns how many charges were made.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    made = 0
    with tenant_scope(tenant_id):
        today = sao_paulo_day(database_now())
        rows = due_recurrences(Recurrence.objects.of(tenant_id), today)
        ids = list(rows.order_by("next_due", "id").values_list("id", flat=True))
    for recurrence_id in ids:
        if deadline.is_over():
            break
        try:
            while generate_next(tenant_id, recurrence_id):
                made += 1
        except (DomainError, IntegrityError):  # it hides no other
            log.exception("recurrence_not_advanced", recurrence=str(recurrence_id))
    return made


def generate_next(tenant_id: UUID, recurrence_id: UUID) -> bool:
    """The next period of a contract, if its day has come. Whether a charge was made."""
    with tenant_scope(tenant_id):
        mine = due_recurrences(Recurrence.objects.of(tenant_id), sao_paulo_day(database_now()))
        # Another worker has it: it does all that there is.
        free = mine.filter(id=recurrence_id).select_for_update(
            skip_locked=True, of=("self",), no_key=True
        )
        found = free.first()
        return found is not None and advance(lock_recurrence(found))


def advance(recurrence: Recurrence) -> bool:
    """As `generate_next`, of a contract that the caller holds."""
    today = sao_paulo_day(database_now())
    outlook = outlook_of(recurrence, today)
    month = outlook.next_month
    if month is None or outlook.calendar.issue_day(month) > today:
        set_trouble(recurrence, "")
        refresh(recurrence, today)
        return False
    if why := reason_to_wait(recurrence):
        set_trouble(recurrence, why)
        refresh(recurrence, today, not_before=today + ONE_DAY)
        return False
    try:
        with transaction.atomic():
            charge = make_period(outlook, month)
    except InvalidInput as error:
        set_trouble(recurrence, str(error))
        refresh(recurrence, today, not_before=today + ONE_DAY)
        return False
    why = issue_by_itself(charge)
    set_trouble(recurrence, "")
    refresh(recurrence, today)
    tell(recurrence, charge, why)
    return True


def make_period(outlook: Outlook, month: date) -> Charge:
    recurrence, amount = outlook.recurrence, outlook.amount(month)
    record_adjustments(outlook, month)
    return make_charge(recurrence, month, amount, outlook.today)


def tell(recurrence: Recurrence, charge: Charge, why_not: str) -> None:
    month = charge.recurrence_month
    said = particulars(charge) | {
        "Recorrência": recurrence.description,
        "Responsável": recurrence.responsible.display_name,
    }
    if why_not:
        note(charge, STAYED, why_not, tone=Tone.WARN)
        text = f"Competência {month:%m/%Y}: {why_not}"
        note_contract(recurrence, STAYED, text, tone=Tone.WARN)
        record(Act.CHARGE_ENTERED, on=charge, by=None, why=why_not, after=said)
        return
    text = f"{reais(charge.amount)}, com vencimento em {charge.due_date:%d/%m/%Y}."
    note_contract(recurrence, f"Competência {month:%m/%Y} emitida", text, tone=Tone.OK)
    record(Act.CHARGES_ISSUED, on=charge, by=None, after=said)


def reason_to_wait(recurrence: Recurrence) -> str:
    """Why nothing is issued by itself; empty when it is."""
    member = acting_member(recurrence.tenant_id, recurrence.responsible_id)
    if member is None or not member.can_enter:
        return (
            f"{recurrence.responsible.display_name} respondia por esta recorrência e não pode mais "
            "emitir cobranças. Assuma-a para que ela volte a emitir."
        )
    return ""


def set_trouble(recurrence: Recurrence, why: str) -> None:
    """Said once for each reason."""
    why = shorten(why, 300)
    if recurrence.trouble == why:
        return
    recurrence.trouble = why
    recurrence.save(update_fields=["trouble"])
    if why:
        note_contract(recurrence, "Nada foi emitido", why, tone=Tone.BAD)

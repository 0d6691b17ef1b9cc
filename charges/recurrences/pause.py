"""Pause a contract, go on with it, end it, answer for it; and say that nothing is owed for what was
left out. Charges that left are touched by none of these."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import require_enterer
from charges.models import Recurrence
from charges.recurrences.edit import require_not_ended
from charges.recurrences.enter import hurry
from charges.recurrences.outlook import lock_recurrence, outlook_of, refresh
from charges.recurrences.timeline import note_contract
from charges.timeline import Tone
from core.clock import database_now
from core.errors import InvalidState
from tenants.models import Membership


@transaction.atomic
def pause_recurrence(recurrence: Recurrence, *, by: Membership, why: str = "") -> Recurrence:
    """Nothing is made by itself until it is resumed.

    Raises:
        InvalidState: (code `paused`, `ended`) it is paused, or has ended.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    if held.paused_at is not None:
        raise InvalidState("Esta recorrência já está pausada.", code="paused")
    held.paused_at = database_now()
    held.save(update_fields=["paused_at"])
    note_contract(held, "Pausada", why, tone=Tone.WARN, by=by.user)
    record(Act.RECURRENCE_PAUSED, on=held, by=by.user, why=why)
    return held


@transaction.atomic
def resume_recurrence(recurrence: Recurrence, *, by: Membership) -> Recurrence:
    """What is ahead is issued again; what fell due during the pause is asked about. Whoever resumes
    answers for what it issues from now on.

    Raises:
        InvalidState: (code `not_paused`, `ended`) it is not paused, or has ended.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    if held.paused_at is None:
        raise InvalidState("Esta recorrência não está pausada.", code="not_paused")
    held.paused_at, held.responsible, held.trouble = None, by.user, ""
    held.save(update_fields=["paused_at", "responsible", "trouble"])
    outlook = refresh(held, sao_paulo_day(database_now()))
    months = ", ".join(f"{month:%m/%Y}" for month in outlook.left_out)
    left_out = f"Ficaram de fora, e nada é cobrado sem você pedir: {months}." if months else ""
    note_contract(held, "Retomada", left_out, by=by.user)
    record(Act.RECURRENCE_RESUMED, on=held, by=by.user, after={"De fora": months} if months else {})
    hurry(held)
    return held


@transaction.atomic
def end_recurrence(recurrence: Recurrence, *, by: Membership, why: str = "") -> Recurrence:
    """For good. What left is owed as before.

    Raises:
        InvalidState: (code `ended`) it has ended.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    held.ended_at, held.trouble = database_now(), ""
    held.save(update_fields=["ended_at", "trouble"])
    note_contract(held, "Encerrada", why, by=by.user)
    record(Act.RECURRENCE_ENDED, on=held, by=by.user, why=why)
    return held


@transaction.atomic
def take_over(recurrence: Recurrence, *, by: Membership) -> Recurrence:
    """Whoever does this answers for what the contract issues from now on.

    Raises:
        InvalidState: (code `ended`) it has ended.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    require_not_ended(held)
    former = held.responsible.display_name
    held.responsible, held.trouble = by.user, ""
    held.save(update_fields=["responsible", "trouble"])
    refresh(held, sao_paulo_day(database_now()))
    note_contract(held, "Assumida", f"Antes respondia {former}.", by=by.user)
    said = {"Responsável": by.user.display_name}
    record(
        Act.RECURRENCE_TAKEN_OVER, on=held, by=by.user, before={"Responsável": former}, after=said
    )
    hurry(held)
    return held


@transaction.atomic
def skip_left_out(recurrence: Recurrence, *, by: Membership, why: str = "") -> Recurrence:
    """Nothing is owed for the periods that were left out until now.

    Raises:
        InvalidState: (code `none_left_out`) there are none.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_recurrence(recurrence)
    today = sao_paulo_day(database_now())
    left_out = outlook_of(held, today).left_out
    if not left_out:
        raise InvalidState("Nenhuma competência ficou de fora.", code="none_left_out")
    held.skipped_to = left_out[-1]
    held.save(update_fields=["skipped_to"])
    refresh(held, today)
    months = ", ".join(f"{month:%m/%Y}" for month in left_out)
    note_contract(held, "Competências não cobradas", f"{months}. {why}".strip(), by=by.user)
    record(Act.RECURRENCE_SKIPPED, on=held, by=by.user, why=why, after={"Competências": months})
    return held

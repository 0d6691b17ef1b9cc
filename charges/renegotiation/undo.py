"""Undo an agreement that is not through: nothing of it was issued."""

from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import require_enterer
from charges.issuing.queue import lock_charges
from charges.models import Charge, Renegotiation
from charges.renegotiation.go_on import Status, end, lock_renegotiation, release
from charges.timeline import note
from charges.transitions import live_slip, lock_slip
from core.errors import InvalidState
from tenants.models import Membership


@transaction.atomic
def undo_renegotiation(renegotiation: Renegotiation, *, by: Membership) -> Renegotiation:
    """The old charges are owed as before. A slip whose end the bank was not asked for yet is kept;
    of the others the debt stays, and another slip may be issued.

    Raises:
        InvalidState: (code `not_under_way`) it is through, stopped or undone.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_renegotiation(renegotiation.tenant_id, renegotiation.id)
    if held.status != Status.ENDING:
        words = held.get_status_display().lower()
        raise InvalidState(f"Esta renegociação consta como «{words}».", code="not_under_way")
    olds = lock_charges(held.tenant_id, [UUID(each) for each in held.olds])
    for charge in release(olds):
        keep_slip(charge)
        note(charge, "Renegociação desfeita", "Continua devida como antes.", by=by.user)
    end(held, Status.UNDONE)
    record(Act.RENEGOTIATION_UNDONE, on=held, by=by.user)
    return held


def keep_slip(charge: Charge) -> None:
    found = live_slip(charge)
    slip = lock_slip(found) if found is not None else None
    if slip is None or slip.cancel_asked_at is None or slip.cancel_claimed_at is not None:
        return
    slip.cancel_asked_at = slip.cancel_asked_by = None
    slip.save(update_fields=["cancel_asked_at", "cancel_asked_by"])

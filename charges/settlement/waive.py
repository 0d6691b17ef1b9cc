"""Give up what is left of a charge. Nothing was posted for it, and nothing is."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import particulars, require_enterer
from charges.models import Charge
from charges.settlement.split import reais
from charges.states import ChargeStatus
from charges.timeline import Tone, note
from charges.transitions import end_other_slips, lock_charge, move_charge
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from tenants.models import Membership


@transaction.atomic
def waive_rest(charge: Charge, *, by: Membership, why: str) -> Charge:
    """The rest of a charge that is paid in part is not owed any more.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `not_partly_paid`) it is not paid in part.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    if not read_line(why):
        raise InvalidInput("Informe por que o resto é dispensado.", field="why")
    held = lock_charge(charge)
    if held.status != ChargeStatus.PARTLY_PAID:
        raise InvalidState(
            "Só o resto de uma cobrança paga em parte é dispensado.", code="not_partly_paid"
        )
    rest = held.rest
    move_charge(
        held,
        ChargeStatus.PAID,
        settled=held.amount,
        waived=held.waived + rest,
        needs_person=False,
        question="",
    )
    note(held, "Resto dispensado", f"{reais(rest)}. {why}", tone=Tone.WARN, by=by.user)
    end_other_slips(held, but=None)
    said = {"Dispensado": reais(rest)}
    record(Act.CHARGE_WAIVED, on=held, by=by.user, why=why, before=particulars(held), after=said)
    return held

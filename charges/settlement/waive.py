"""Give up what is left of a charge. Nothing was posted for it, and nothing is."""

from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import Charge
from charges.settlement.split import reais
from charges.states import ChargeStatus
from charges.terms.amounts import owed_on
from charges.timeline import Tone, note
from charges.transitions import end_other_slips, lock_charge, move_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from people.exceptional_acts import Kind, propose
from people.models import ExceptionalAct
from tenants.models import Membership


@transaction.atomic
def waive_rest(charge: Charge, *, by: Membership, why: str) -> ExceptionalAct:
    """The rest of a charge that is paid in part is not owed any more, fine and interest included.
    Above the company's limit it waits for a second person (`is_waiting`).

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `not_partly_paid`) it is not paid in part; (code `already_asked`) the
            same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    if not read_line(why):
        raise InvalidInput("Informe por que o resto é dispensado.", field="why")
    seen = Charge.objects.of(by.tenant_id).select_related("payer", "created_by").get(id=charge.id)
    require_partly_paid(seen)
    kind = REST if seen.principal_rest else LATE
    request = request_of(
        seen,
        amount=given_up(seen),
        title=f"{kind.label}: {reais(seen.rest)} de {seen.payer}",
        why=why,
        effect={"Deixa de ser devido": reais(given_up(seen)), "Passa a": "Paga"},
    )
    return propose(kind, request, by=by)


def given_up(charge: Charge) -> Decimal:
    """What is owed of it today, with fine and interest."""
    return owed_on(charge, sao_paulo_day(database_now())).total


def require_partly_paid(charge: Charge) -> None:
    if charge.status != ChargeStatus.PARTLY_PAID:
        raise InvalidState(
            "Só o resto de uma cobrança paga em parte é dispensado.", code="not_partly_paid"
        )


def apply_waiver(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    held = lock_charge(Charge(id=act.subject_id, tenant_id=act.tenant_id))
    require_partly_paid(held)
    require_unchanged(held, act)
    rest, before = held.rest, particulars(held)
    move_charge(
        held,
        ChargeStatus.PAID,
        settled=held.amount,
        waived=held.waived + held.principal_rest,
        late_rest=Decimal("0.00"),
        needs_person=False,
        question="",
    )
    note(held, act.title.split(":")[0], f"{reais(rest)}. {act.why}", tone=Tone.WARN, by=by.user)
    end_other_slips(held, but=None)
    said = {"Dispensado": reais(rest)}
    record(Act.CHARGE_WAIVED, on=held, by=by.user, why=act.why, before=before, after=said)


REST = Kind("rest_waived", "Resto dispensado", apply_waiver)
LATE = Kind("late_waived", "Multa e juros dispensados", apply_waiver)

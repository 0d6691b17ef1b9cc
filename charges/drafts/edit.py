"""Change what no bank has."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import Draft, columns_of, kept, particulars, read_kept, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import NEVER_LEFT, Charge, Settlement, Slip
from charges.states import EDITABLE, ChargeStatus, SlipStatus
from charges.terms.amounts import Terms, given_up, owed_on
from charges.terms.check import reais
from charges.timeline import note
from charges.transitions import lock_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from people.exceptional_acts import Kind, Request, propose
from people.models import ExceptionalAct
from tenants.models import Membership

ZERO = Decimal("0.00")


@transaction.atomic
def edit_charge(charge: Charge, draft: Draft, *, by: Membership) -> Charge:
    """Change a draft, or a charge that no bank collects now. Once a slip of it was at a bank, what
    an edit gives up of what is owed today is out of the ordinary: above the company's limit the
    charge stays as it is, and the edit waits for a second person (people.exceptional_acts).

    Raises:
        InvalidInput: as `enter_charge`.
        InvalidState: (code `not_editable`, `renegotiating`) a bank has it, or it has ended, or an
            agreement is about to replace it; (code `already_asked`) the same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    seen = Charge.objects.of(by.tenant_id).select_related("tenant", "payer", "created_by")
    asked = seen.get(id=charge.id)
    require_editable(asked)
    less = less_than_issued(asked, columns_of(asked.tenant, draft))
    if less:
        propose(LESS, edit_request(asked, draft, less), by=by)
        return lock_charge(charge)
    return write_edit(lock_charge(charge), draft, by)


def require_editable(charge: Charge) -> None:
    if charge.status not in EDITABLE:
        raise InvalidState(
            "Esta cobrança já foi emitida: cancele-a e emita outra para mudar o que ela diz.",
            code="not_editable",
        )
    if charge.replaced_by_id is not None:
        raise InvalidState("Esta cobrança está em renegociação.", code="renegotiating")
    if charge.next_due_date is not None:
        raise InvalidState("Uma mudança desta cobrança está em andamento.", code="changing")


def require_kept(charge: Charge, columns: dict[str, Any]) -> None:
    """What came for it stays its payer's, and no less is asked for than was settled.

    Raises:
        InvalidInput: (its `field` named) it would not.
    """
    came = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
    if columns["payer"].id != charge.payer_id and came.exists():
        raise InvalidInput(
            "Este pagador já pagou por esta cobrança: lance outra para o outro.", field="payer"
        )
    if columns["payer"].id != charge.payer_id and was_told(charge):
        raise InvalidInput(
            "Um boleto desta cobrança já esteve no nome deste pagador, e o link dela é dele: "
            "cancele-a e lance outra para o outro.",
            field="payer",
            code="payer_told",
        )
    if columns["amount"] < charge.settled:
        raise InvalidInput(f"{reais(charge.settled)} já estão quitados.", field="amount")
    if columns["amount"] < charge.additions:
        raise InvalidInput(f"{reais(charge.additions)} são multa e juros.", field="amount")


def was_told(charge: Charge) -> bool:
    """Its payer may have had a slip of it, its mails and the address of its page."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
    return slips.exclude(NEVER_LEFT).exclude(status=SlipStatus.REFUSED).exists()


def less_than_issued(charge: Charge, columns: dict[str, Any]) -> Decimal:
    """What the payer, who has had a slip of it, would owe less by these columns."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
    if charge.status == ChargeStatus.DRAFT or not slips.exclude(NEVER_LEFT).exists():
        return ZERO
    names = ("due_date", "fine_percent", "interest_percent", "discount", "discount_days")
    return given_up(charge, columns["amount"], Terms(*(columns[name] for name in names)))


def edit_request(charge: Charge, draft: Draft, less: Decimal) -> Request:
    return request_of(
        charge,
        amount=less,
        title=f"Desconto depois da emissão: {reais(less)} para {charge.payer}",
        why="Alteração da cobrança depois da emissão.",
        effect={
            "Vale hoje": reais(owed_on(charge, sao_paulo_day(database_now())).total),
            "Passa a": f"{reais(draft.amount)}, com vencimento em {draft.due_date:%d/%m/%Y}",
            "Desconto": reais(draft.discount),
        },
        value={"draft": kept(draft)},
    )


def apply_less(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    held = lock_charge(Charge(id=act.subject_id, tenant_id=act.tenant_id))
    require_unchanged(held, act)
    write_edit(held, read_kept(act.tenant_id, act.value["draft"]), by)


LESS = Kind("less_by_edit", "Desconto na alteração", apply_less)


def write_edit(held: Charge, draft: Draft, by: Membership) -> Charge:
    require_editable(held)
    before = particulars(held)
    columns = columns_of(held.tenant, draft)
    require_kept(held, columns)
    for name, value in columns.items():
        setattr(held, name, value)
    held.save(update_fields=[*columns])
    after = particulars(held)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        note(held, "Alterada", ", ".join(changed) + ".", by=by.user)
        record(
            Act.CHARGE_EDITED,
            on=held,
            by=by.user,
            before={name: before.get(name, "") for name in changed},
            after={name: after.get(name, "") for name in changed},
        )
    return held

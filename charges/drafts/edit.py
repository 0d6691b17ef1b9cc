"""Change what no bank has."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import Draft, columns_of, particulars, require_enterer
from charges.models import Charge
from charges.states import EDITABLE
from charges.timeline import note
from charges.transitions import lock_charge
from core.errors import InvalidState
from tenants.models import Membership


@transaction.atomic
def edit_charge(charge: Charge, draft: Draft, *, by: Membership) -> Charge:
    """Change a draft, or a charge that its bank refused.

    Raises:
        InvalidInput: as `enter_charge`.
        InvalidState: (code `not_editable`, `renegotiating`) a bank has it, or it has ended; an
            agreement is about to replace it.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    if held.status not in EDITABLE:
        raise InvalidState(
            "Esta cobrança já foi emitida: cancele-a e emita outra para mudar o que ela diz.",
            code="not_editable",
        )
    if held.replaced_by_id is not None:
        raise InvalidState("Esta cobrança está em renegociação.", code="renegotiating")
    before = particulars(held)
    columns = columns_of(held.tenant, draft)
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

"""Up to how much one person does alone what is out of the ordinary. Raising it waits for a second
admin (people/pending_changes.py); lowering it takes effect at once."""

from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.errors import Changed, InvalidInput
from core.money import MAX_AMOUNT, format_brl
from people.admins import lock_people, require_role
from people.models import ExceptionalLimit, PendingChange
from people.models.exceptional import LIMIT
from people.pending_changes import Kind, ask, asker_of, waiting_for
from tenants.models import Membership, Role, Tenant


def limit_of(tenant: Tenant) -> Decimal:
    """In reais. Runs inside the company's scope."""
    kept = ExceptionalLimit.objects.of(tenant).values_list("amount", flat=True).first()
    return LIMIT if kept is None else kept


@transaction.atomic
def change_limit(
    tenant: Tenant, wanted: Decimal, *, seen: Decimal, by: Membership
) -> PendingChange | None:
    """Set it; `seen` is the one that the page showed. What was asked, when it is raised and has to
    be confirmed. Inside the company's scope.

    Raises:
        Changed: somebody changed it since.
        InvalidInput: (field `limit`) it is no amount.
        NotAllowed: (code `wrong_role`) `by` is no admin now.
    """
    lock_people(tenant.id)
    by = require_role(by, Role.ADMIN)
    if not (wanted.is_finite() and 0 <= wanted <= MAX_AMOUNT):
        raise InvalidInput(f"O limite vai de R$ 0,00 a {words(MAX_AMOUNT)}.", field="limit")
    before = limit_of(tenant)
    if before != seen:
        raise Changed(
            "Outra pessoa alterou o limite enquanto você editava. Confira o valor atual.",
            code="changed",
        )
    if wanted == before:
        return None
    if wanted < before:
        write_limit(tenant, wanted, by)
        return None
    return ask(
        LIMIT_RAISED,
        on=tenant,
        title=f"O limite de exceções de uma pessoa passa a {words(wanted)}",
        before={"Limite": words(before)},
        after={"Limite": words(wanted)},
        value={"before": str(before), "after": str(wanted)},
        by=by,
    )


def apply_limit(tenant: Tenant, change: PendingChange) -> None:
    if limit_of(tenant) != Decimal(change.value["before"]):
        raise Changed("O limite mudou depois do pedido.", code="changed")
    write_limit(tenant, Decimal(change.value["after"]), asker_of(change))


LIMIT_RAISED = Kind("exceptional_limit", apply_limit)


def write_limit(tenant: Tenant, amount: Decimal, by: Membership) -> None:
    before = limit_of(tenant)
    ExceptionalLimit.objects.update_or_create(tenant=tenant, defaults={"amount": amount})
    said = {"Limite": words(before)}, {"Limite": words(amount)}
    record(Act.EXCEPTION_LIMIT_CHANGED, on=tenant, by=by.user, before=said[0], after=said[1])


def limit_asked(tenant: Tenant) -> PendingChange | None:
    """What waits for a second admin."""
    return waiting_for(tenant.id, LIMIT_RAISED, tenant.id)


def words(amount: Decimal) -> str:
    return f"R$\u00a0{format_brl(amount)}"

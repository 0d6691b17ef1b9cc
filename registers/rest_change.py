"""A shorter rest of accounts and keys: a second admin confirms it (people/pending_changes.py)."""

from django.db import transaction

from core.errors import InvalidState
from parties.rest import in_hours, require_hours, rest_of, set_rest
from people.admins import lock_people
from people.models import PendingChange
from people.pending_changes import Kind, ask, asker_of, waiting_for
from tenants.models import Membership, Tenant


@transaction.atomic
def save_rest(hours: int, *, by: Membership) -> PendingChange | None:
    """As `set_rest`; what was asked, when it has to be confirmed. Inside the company's scope."""
    require_hours(hours)
    lock_people(by.tenant_id)
    before = rest_of(by.tenant_id)
    if hours >= before:
        set_rest(hours, by=by)
        return None
    return ask(
        KIND,
        on=by.tenant,
        title=f"O repouso de dados bancários passa de {in_hours(before)} a {in_hours(hours)}",
        before={"Repouso": in_hours(before)},
        after={"Repouso": in_hours(hours)},
        value={"before": before, "after": hours},
        by=by,
    )


def apply(tenant: Tenant, change: PendingChange) -> None:
    if rest_of(tenant.id) != change.value["before"]:
        raise InvalidState("O repouso mudou depois do pedido.", code="changed")
    set_rest(change.value["after"], by=asker_of(change))


def asked(tenant: Tenant) -> PendingChange | None:
    """What waits for a second admin. Runs inside the company's scope."""
    return waiting_for(tenant.id, KIND, tenant.id)


KIND = Kind("rest", apply)

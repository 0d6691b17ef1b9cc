"""Who administers a company: asked under one lock, so that no two acts each believe the other's
admin stays. The database asks the same once more when it commits."""

from collections.abc import Iterable
from uuid import UUID

from core.errors import InvalidState, NotAllowed
from tenants.models import Membership, Role, Tenant, TenantQuerySet, User

LAST_ADMIN = (
    "A empresa precisa de pelo menos um administrador: torne outra pessoa administradora antes."
)


def lock_people(tenant_id: UUID) -> None:
    """Held until the transaction ends: whoever changes people of this company waits. To be taken
    before any other lock. Runs inside the company's scope."""
    Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)


def active_admins(tenant_id: UUID) -> TenantQuerySet:
    admins = Membership.objects.of(tenant_id).filter(role=Role.ADMIN, user__is_active=True)
    return admins.select_related("user")


def require_role(by: Membership, *roles: Role) -> Membership:
    """The person's membership as it is now, whatever a page was opened with.

    Raises:
        NotAllowed: (code `wrong_role`) they have none of these roles any more.
    """
    mine = Membership.objects.of(by.tenant_id).filter(user=by.user_id, role__in=roles)
    found: Membership | None = mine.select_related("user", "tenant").first()
    if found is None or not found.user.is_active:
        raise NotAllowed("Seu papel nesta empresa não permite isso.", code="wrong_role")
    return found


def is_admin(tenant_id: UUID, user_id: int) -> bool:
    return active_admins(tenant_id).filter(user=user_id).exists()


def is_last_admin(membership: Membership) -> bool:
    """Whether without this one nobody who can sign in would administer the company."""
    others = active_admins(membership.tenant_id).exclude(id=membership.id)
    return membership.is_admin and not others.exists()


def refuse_last_admin(membership: Membership) -> None:
    """
    Raises:
        InvalidState: (code `last_admin`)
    """
    if is_last_admin(membership):
        raise InvalidState(LAST_ADMIN, code="last_admin")


def second_admins(tenant_id: UUID, *, but: Iterable[User | None]) -> TenantQuerySet:
    """Those who may confirm what another asked: they have signed in before."""
    others = active_admins(tenant_id).exclude(user__last_login=None)
    return others.exclude(user__in=[person.id for person in but if person is not None])

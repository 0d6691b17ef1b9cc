"""Members as acts take them, invitations with their links, and what happened to them since."""

import re
from datetime import timedelta
from typing import Any, TypeVar

from django.core import mail
from django.utils import timezone

from audit.models import Record
from people import emails, invitations, members, pending_changes
from people.models import Invitation, PendingChange
from tenants.models import Membership, Role, Tenant, TenantOwned, User
from tenants.scope import tenant_scope
from tests.cast import make_member

Row = TypeVar("Row", bound=TenantOwned)


def membership_of(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        found: Membership = (
            Membership.objects.of(tenant).select_related("user", "tenant").get(user=user)
        )
    return found


def role_of(tenant: Tenant, user: User) -> str | None:
    """None: no member any more."""
    with tenant_scope(tenant.id):
        found = Membership.objects.of(tenant).filter(user=user)
        return found.values_list("role", flat=True).first()


def make_admin(tenant: Tenant, *, has_signed_in: bool = True) -> User:
    user = make_member(tenant, Role.ADMIN)
    if has_signed_in:
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])
    return user


def reread(row: Row) -> Row:
    with tenant_scope(row.tenant_id):
        found: Row = type(row).objects.of(row.tenant_id).get(id=row.id)
    return found


def invite(tenant: Tenant, email: str, role: Role, by: User) -> Invitation:
    return invitations.invite(tenant, email, role, by=membership_of(tenant, by))


def send() -> str:
    """E-mail what waits; the path of the last link that left."""
    emails.send_waiting(timezone.now())
    return last_link()


def last_link() -> str:
    found = re.search(r"(/convite/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def token_of(link: str) -> str:
    return link.strip("/").split("/")[-1]


def invited(tenant: Tenant, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """An invitation and the path of its link."""
    invitation = invite(tenant, email, role, by)
    return reread(invitation), send()


def ask_role(tenant: Tenant, user: User, role: Role, by: User) -> PendingChange:
    membership = membership_of(tenant, user)
    change = members.change_role(
        membership, role, seen=membership.role, by=membership_of(tenant, by)
    )
    assert change is not None
    return change


def ask_removal(tenant: Tenant, user: User, by: User) -> PendingChange | None:
    return members.remove(membership_of(tenant, user), knowing=0, by=membership_of(tenant, by))


def confirm(change: PendingChange, by: User) -> PendingChange:
    return pending_changes.confirm(change, by=membership_of(change.tenant, by))


def stop(change: PendingChange, by: User) -> PendingChange:
    return pending_changes.stop(change, by=membership_of(change.tenant, by))


def pass_time(change: PendingChange, traveller: Any) -> PendingChange:
    """Its time of waiting is over, and the clock looked."""
    traveller.move_to(change.takes_effect_at + timedelta(seconds=1))
    for tenant_id, change_id in pending_changes.due(timezone.now()):
        pending_changes.take_effect(tenant_id, change_id)
    return reread(change)


def acts(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        rows = Record.objects.of(tenant).order_by("number")
        return list(rows.values_list("act", flat=True))

"""Give a member another role, and remove one. Rights are read from the membership at each request:
what is changed here holds from the next one on, on every device."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import InvalidState
from people import news
from people.admins import lock_people, refuse_last_admin, require_role
from people.models import Invitation, PendingChange
from people.pending_changes import Kind, ask
from people.roles import in_words, is_gain, needs_confirmation, write_role
from tenants.emails import confirmed_addresses
from tenants.models import Membership, Notice, Role, Tenant, User
from tenants.scope import tenant_scope

CHANGED_MEANWHILE = (
    "Outra pessoa alterou este papel enquanto você editava: confira e tente de novo."
)
NOT_HERE = "Esta pessoa não faz mais parte da empresa."


def change_role(
    membership: Membership, role: Role, *, seen: str, by: Membership
) -> PendingChange | None:
    """Give the member another role; `seen` is the one that the page showed.

    Returns what was asked, when it has to be confirmed.

    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidState: it is the last admin, or the role is not what the page showed.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        lock_people(by.tenant_id)
        by, membership = require_role(by, Role.ADMIN), now(membership)
        before = Role(membership.role)
        if seen != before:
            raise InvalidState(CHANGED_MEANWHILE, code="changed_meanwhile")
        if role == before:
            raise InvalidState(f"O papel já é {role.label}.", code="same_role")
        if before == Role.ADMIN:
            refuse_last_admin(membership)
        if not needs_confirmation(by.tenant_id, role, asked_by=by.user, was=before):
            write_role(membership, role, by=by.user)
            return None
        return ask(
            ROLE,
            on=membership,
            title=f"{membership.user.display_name} passa de {before.label} a {role.label}",
            before={"Papel": before.label},
            after={"Papel": role.label},
            value={"before": before, "after": role},
            by=by,
            favours=membership.user if is_gain(before, role) else None,
        )


def apply_role(tenant: Tenant, change: PendingChange) -> None:
    membership = member_of(change)
    if membership.role != change.value["before"]:
        raise InvalidState(
            f"O papel de {membership.user.display_name} mudou depois do pedido.", code="changed"
        )
    if membership.is_admin:
        refuse_last_admin(membership)
    write_role(membership, Role(change.value["after"]), by=change.asked_by)


ROLE = Kind("role", apply_role)


# --- Removal ---


def remove(membership: Membership, *, knowing: int, by: Membership) -> PendingChange | None:
    """Remove the member. `knowing` is how many bills the page said wait for them alone.

    Returns what was asked, when it has to be confirmed.

    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin now.
        InvalidState: it is the last admin, or more waits for the person than the page said.
    """
    with tenant_scope(by.tenant_id), transaction.atomic():
        lock_people(by.tenant_id)
        by, membership = require_role(by, Role.ADMIN), now(membership)
        refuse_last_admin(membership)
        if sum(each.count for each in waits_for(membership)) > knowing:
            raise InvalidState(
                "Mais contas passaram a depender só desta pessoa: confira antes de remover.",
                code="more_waits",
            )
        if not membership.is_admin:
            write_removal(membership, by=by.user)
            return None
        return ask(
            REMOVAL,
            on=membership,
            title=f"{membership.user.display_name} deixa a empresa",
            before=in_words(membership),
            after={"Papel": "sem acesso"},
            value={},
            by=by,
        )


def apply_removal(tenant: Tenant, change: PendingChange) -> None:
    membership = member_of(change)
    refuse_last_admin(membership)
    write_removal(membership, by=change.asked_by)


def write_removal(membership: Membership, *, by: User) -> None:
    """What could bring the person back goes too: invitations to any address of theirs."""
    tenant, user, words = membership.tenant, membership.user, in_words(membership)
    open_ones = Invitation.objects.of(tenant).open()
    open_ones.filter(email__in=confirmed_addresses(user)).update(revoked_at=database_now())
    Notice.objects.of(tenant).filter(user=user, closed_at=None).update(closed_at=database_now())
    removed = Membership(id=membership.id, tenant=tenant, user=user, role=membership.role)
    membership.delete()
    news.tell_removed(tenant, user, by)
    record(Act.MEMBER_REMOVED, on=removed, by=by, before=words, after={"Papel": "sem acesso"})


REMOVAL = Kind("removal", apply_removal)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What only this member can do, in an app above: how much of it, and a Portuguese sentence."""

    count: int
    sentence: str


def waits_for(membership: Membership) -> list[Waiting]:
    """As the apps above tell it (`settings.WAITS_FOR_MEMBER`). Runs inside the company's scope."""
    told = (import_string(name)(membership) for name in settings.WAITS_FOR_MEMBER)
    return [each for each in told if each is not None]


# --- The row, as it is now ---


def now(membership: Membership) -> Membership:
    """
    Raises:
        InvalidState: (code `not_here`) the person was removed meanwhile.
    """
    rows = Membership.objects.of(membership.tenant_id).select_related("user", "tenant")
    held: Membership | None = (
        rows.select_for_update(of=("self",), no_key=True).filter(id=membership.id).first()
    )
    if held is None:
        raise InvalidState(NOT_HERE, code="not_here")
    return held


def member_of(change: PendingChange) -> Membership:
    """
    Raises:
        InvalidState: (code `not_here`) the person was removed meanwhile.
    """
    return now(Membership(id=change.subject_id, tenant_id=change.tenant_id))

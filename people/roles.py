"""Roles: what each allows, which change of one needs a second admin, and writing it."""

from uuid import UUID

from audit.acts import Act
from audit.services import record
from people import news
from people.admins import second_admins
from tenants.models import Membership, Role, User

ALLOWS = {
    Role.ADMIN: "configura, convida pessoas, lança, aprova e envia",
    Role.FINANCE: "lança contas e trabalha no extrato, não aprova",
    Role.APPROVER: "aprova e envia o que outra pessoa lançou",
    Role.READER: "vê tudo, não altera nada",
}


def needs_confirmation(
    tenant_id: UUID, role: Role, *, asked_by: User, was: Role | None = None
) -> bool:
    """Whether giving the role is asked for, and not done at once.

    Always for who approves or administers. Also for who enters bills, where another admin can
    answer: an admin who approves would otherwise make up the person who enters.
    """
    if was == Role.ADMIN or role in {Role.ADMIN, Role.APPROVER}:
        return True
    return role == Role.FINANCE and second_admins(tenant_id, but=[asked_by]).exists()


def is_gain(before: Role | None, after: Role) -> bool:
    """Whether the person could do with `after` what they could not before."""
    can = {
        Role.READER: set(),
        Role.FINANCE: {"enter"},
        Role.APPROVER: {"approve"},
        Role.ADMIN: {"enter", "approve", "administer"},
    }
    return not can[after] <= (can[before] if before else set())


def in_words(membership: Membership) -> dict[str, str]:
    return {"Papel": membership.get_role_display()}


def write_role(membership: Membership, role: Role, *, by: User) -> None:
    before = in_words(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    news.tell_role(membership, before["Papel"], by)
    record(Act.ROLE_CHANGED, on=membership, by=by, before=before, after=in_words(membership))

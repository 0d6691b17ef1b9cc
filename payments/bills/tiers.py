"""Up to how much people approve alone, and who stands in for whom (docs/decisions/0034).

The database counts (payments/migrations/0024_tier_guards.py); what is here asks it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import Changed, InvalidInput, InvalidState, NotAllowed
from core.money import format_brl
from payments.models import Approval, ApprovalTier, Delegation, Payable, PaymentRules
from payments.models.limits import (
    DUPLICATE_DAYS,
    LONGEST_DELEGATION,
    LONGEST_WINDOW,
    WINDOW_DAYS,
)
from tenants.models import Membership, Role, Tenant

NO_LIMIT = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Tiers:
    """All that a company decided: reais by role, and by a person's id."""

    by_role: Mapping[str, Decimal]
    by_person: Mapping[int, Decimal]
    window_days: int = WINDOW_DAYS
    duplicate_days: int = DUPLICATE_DAYS

    @classmethod
    def of(cls, tenant: Tenant) -> Self:
        rows = list(ApprovalTier.objects.of(tenant))
        rules = PaymentRules.objects.of(tenant).first()
        return cls(
            {row.role: row.alone_up_to for row in rows if row.role},
            {row.person_id: row.alone_up_to for row in rows if row.person_id},
            rules.window_days if rules else WINDOW_DAYS,
            rules.duplicate_days if rules else DUPLICATE_DAYS,
        )

    def alone_up_to(self, member: Membership) -> Decimal:
        role = self.by_role.get(member.role, NO_LIMIT)
        return self.by_person.get(member.user_id, role)

    def words(self, approvers: Iterable[Membership]) -> dict[str, str]:
        names = {m.user_id: m.user.display_name for m in approvers}
        told = {Role(role).label: brl(value) for role, value in sorted(self.by_role.items())}
        people = {
            names.get(person, str(person)): brl(value)
            for person, value in sorted(self.by_person.items())
        }
        days = {
            "Dias somados": str(self.window_days),
            "Dias de possível duplicidade": str(self.duplicate_days),
        }
        return told | people | days

    def kept(self) -> dict[str, Any]:
        """As JSON, for `read`."""
        return {
            "by_role": {role: str(value) for role, value in self.by_role.items()},
            "by_person": {str(person): str(value) for person, value in self.by_person.items()},
            "window_days": self.window_days,
            "duplicate_days": self.duplicate_days,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            {role: Decimal(value) for role, value in kept["by_role"].items()},
            {int(person): Decimal(value) for person, value in kept["by_person"].items()},
            kept["window_days"],
            kept["duplicate_days"],
        )

    def __str__(self) -> str:
        """The same for the same tiers: what a page showed when it was opened."""
        rows = sorted([*self.by_role.items(), *((str(k), v) for k, v in self.by_person.items())])
        return ";".join(
            [
                *(f"{who}={value:.2f}" for who, value in rows),
                f"{self.window_days}/{self.duplicate_days}",
            ]
        )


def brl(value: Decimal) -> str:
    return f"R$\u00a0{format_brl(value)}"


def is_loosening(before: Tiers, after: Tiers, approvers: Iterable[Membership]) -> bool:
    """Whether somebody may approve more alone than before, or in shorter steps."""
    people = list(approvers)
    roles = any(
        after.by_role.get(role, NO_LIMIT) > before.by_role.get(role, NO_LIMIT)
        for role in ApprovalTier.ROLES
    )
    alone = any(after.alone_up_to(m) > before.alone_up_to(m) for m in people)
    shorter = any(
        getattr(after, name) < getattr(before, name) for name in ("window_days", "duplicate_days")
    )
    return roles or alone or shorter


def approvers_of(tenant: Tenant) -> list[Membership]:
    members = Membership.objects.of(tenant).filter(role__in=ApprovalTier.ROLES)
    return list(members.select_related("user").order_by("user__email"))


def lock_rules(tenant_id: UUID) -> None:
    """What is approved in the company is counted one after the other, until the commit.

    To be taken before any bill. A company that decided nothing has no row, and waits for nobody.
    """
    rules = PaymentRules.objects.filter(tenant_id=tenant_id)
    rules.select_for_update(no_key=True).values_list("id", flat=True).first()


@transaction.atomic
def apply_tiers(tenant: Tenant, wanted: Tiers, *, seen: str, by: Membership) -> None:
    """Replace the company's tiers. `seen` is `str` of those that the person was shown.

    Raises:
        Changed: somebody changed them since.
        InvalidInput: one is no value, or of somebody who does not approve.
        NotAllowed: `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador define alçadas.", code="wrong_role")
    for name in ("window_days", "duplicate_days"):
        if not 1 <= getattr(wanted, name) <= LONGEST_WINDOW:
            raise InvalidInput(f"Informe de 1 a {LONGEST_WINDOW} dias.", field=name)
    approvers = approvers_of(tenant)
    if not wanted.by_person.keys() <= {m.user_id for m in approvers}:
        raise InvalidInput("Essa pessoa não aprova contas nesta empresa.")
    PaymentRules.objects.get_or_create(tenant=tenant)
    lock_rules(tenant.id)
    before = Tiers.of(tenant)
    require_seen(before, seen)
    if str(before) == str(wanted):
        return
    ApprovalTier.objects.of(tenant).delete()
    ApprovalTier.objects.bulk_create(
        [ApprovalTier(tenant=tenant, role=r, alone_up_to=v) for r, v in wanted.by_role.items()]
        + [
            ApprovalTier(tenant=tenant, person_id=p, alone_up_to=v)
            for p, v in wanted.by_person.items()
        ]
    )
    PaymentRules.objects.of(tenant).update(
        window_days=wanted.window_days, duplicate_days=wanted.duplicate_days
    )
    words = before.words(approvers), wanted.words(approvers)
    record(Act.TIERS_CHANGED, on=tenant, by=by.user, before=words[0], after=words[1])


def require_seen(tiers: Tiers, seen: str) -> None:
    """
    Raises:
        Changed: they are not those that the person was shown.
    """
    if str(tiers) != seen:
        raise Changed(
            "Outra pessoa alterou as alçadas enquanto você editava. Confira os valores atuais.",
            code="changed",
        )


def people_needed(payable: Payable, by: Membership) -> int:
    """How many people have to approve the bill if `by` is one: 1, or 2 above what `by` may alone.

    The value counts together with what is approved or paid for the same receivers in the days
    around it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_people_needed(bill, %s) FROM payments_payable AS bill"
            " WHERE tenant_id = %s AND id = %s",
            [by.user_id, payable.tenant_id, payable.id],
        )
        (needed,) = cursor.fetchone()
    return int(needed)


def are_two_people(approval: Approval) -> bool:
    """Whether two people approved the same as this one, neither standing in for the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_two_people(%s, %s, %s::smallint, %s)",
            [approval.tenant_id, approval.payable_id, approval.round, approval.digest],
        )
        (are_two,) = cursor.fetchone()
    return bool(are_two)


def count_as_one(tenant_id: UUID, one: int, two: int, instants: Iterable[datetime]) -> bool:
    """Who delegated to whom counts as one, if the delegation was in force at one of the instants.
    Runs inside the company's scope."""
    between = Q(delegator=one, delegate=two) | Q(delegator=two, delegate=one)
    given = Delegation.objects.of(tenant_id).filter(between)
    return any(
        given.filter(starts_at__lte=at)
        .filter(Q(revoked_at__gt=at) | Q(revoked_at=None, ends_at__gt=at))
        .exists()
        for at in instants
    )


@transaction.atomic
def apply_delegation(
    tenant: Tenant, delegator: Membership, delegate: Membership, *, up_to: Decimal,
    ends_at: datetime, by: Membership,
) -> Delegation:  # fmt: skip
    """Let `delegate` approve alone up to a value, in the place of `delegator`, until then.

    What `delegator` has by a delegation is not passed on.

    Raises:
        InvalidInput: more than `delegator` may approve alone, longer than 30 days, or to a person
            who does not approve.
        NotAllowed: `by` is neither `delegator` nor an admin who is not the one who gets it.
    """
    is_own = by.user_id == delegator.user_id
    if not by.can_approve or not (is_own or (by.is_admin and by.user_id != delegate.user_id)):
        raise NotAllowed("Só quem aprova pode delegar a própria alçada.", code="wrong_role")
    if delegate.user_id == delegator.user_id:
        raise InvalidInput("Escolha outra pessoa.", field="delegate")
    if not delegate.can_approve or not delegator.can_approve:
        raise InvalidInput("Essa pessoa não aprova contas nesta empresa.", field="delegate")
    now = database_now()
    if not now < ends_at <= now + LONGEST_DELEGATION:
        raise InvalidInput(
            f"Informe um dia até {(now + LONGEST_DELEGATION):%d/%m/%Y}.", field="until"
        )
    own = Tiers.of(tenant).alone_up_to(delegator)
    if up_to > own:
        raise InvalidInput(f"O valor não pode passar de {brl(own)}.", field="up_to")
    given = Delegation.objects.create(
        tenant=tenant, delegator=delegator.user, delegate=delegate.user, up_to=up_to,
        starts_at=now, ends_at=ends_at,
    )  # fmt: skip
    after = {
        "De": delegator.user.display_name,
        "Para": delegate.user.display_name,
        "Até": f"{ends_at:%d/%m/%Y}",
        "Valor": brl(up_to),
    }
    record(Act.DELEGATED, on=given, by=by.user, after=after)
    return given


@transaction.atomic
def revoke_delegation(delegation: Delegation, *, by: Membership) -> None:
    """End it now.

    Raises:
        InvalidState: it is over already.
        NotAllowed: `by` did not give it, and is no admin.
    """
    if not by.is_admin and by.user_id != delegation.delegator_id:
        raise NotAllowed("Só quem delegou pode encerrar a delegação.", code="wrong_role")
    now = database_now()
    living = Delegation.objects.of(delegation.tenant_id).filter(
        id=delegation.id, revoked_at=None, ends_at__gt=now
    )
    if not living.update(revoked_at=now):
        raise InvalidState("Esta delegação já terminou.", code="ended")
    record(Act.DELEGATION_ENDED, on=delegation, by=by.user)

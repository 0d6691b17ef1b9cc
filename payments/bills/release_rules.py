"""What the tiers and limits of bills say of other money out, for apps that do not see them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from core.clock import database_now
from payments.bills.tiers import Tiers, lock_rules
from payments.models import Delegation
from payments.rails.limits import why_not_leave
from tenants.models import Membership, TenantQuerySet


def release_rules(by: Membership, asked_by: int | None) -> Mapping[str, Any]:
    """How much `by` releases alone of what `asked_by` asked for, and what else holds.

    Named in `settings.RELEASE_RULES`. Holds the company's rules until the commit.
    """
    lock_rules(by.tenant_id)
    tiers = Tiers.of(by.tenant)
    return {
        "alone_up_to": alone_up_to(tiers, by, asked_by),
        "days": tiers.window_days,
        "why_not": why_not_by_pix,
    }


def alone_up_to(tiers: Tiers, by: Membership, asked_by: int | None) -> Decimal:
    """Their own tier, or the highest that somebody who did not ask has delegated to them."""
    own = tiers.alone_up_to(by)
    given = in_force(by.tenant_id).filter(delegate=by.user_id).exclude(delegator=asked_by)
    members = {member.user_id: member for member in Membership.objects.of(by.tenant_id)}
    passed_on: list[Decimal] = [
        min(each.up_to, tiers.alone_up_to(members[each.delegator_id]))
        for each in given
        if each.delegator_id in members and members[each.delegator_id].can_approve
    ]
    return max([own, *passed_on])


def in_force(tenant_id: UUID) -> TenantQuerySet:
    now = database_now()
    rows = Delegation.objects.of(tenant_id).filter(revoked_at=None)
    return rows.filter(starts_at__lte=now, ends_at__gt=now)


def why_not_by_pix(account: BankAccount, amount: Decimal, others: Decimal) -> str:
    return why_not_leave(account, amount, others, Rail.PIX)

"""Tiers that are loosened and limits that are raised: a second admin confirms them
(people/pending_changes.py). What tightens takes effect at once; what does both waits as a whole."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from banking.models import BankAccount
from payments.bills.tiers import Tiers, apply_tiers, approvers_of, is_loosening, require_seen
from payments.orders.account_limits import Limits, apply_limits, require_limits_seen, words
from payments.rails.limits import Limit, is_raising, limits_of
from people.admins import lock_people
from people.models import PendingChange
from people.pending_changes import Kind, ask, asker_of, waiting_for
from tenants.models import Membership, Tenant


@transaction.atomic
def change_tiers(
    tenant: Tenant, wanted: Tiers, *, seen: str, by: Membership
) -> PendingChange | None:
    """As `apply_tiers`; what was asked, when it has to be confirmed. Inside the company's scope."""
    lock_people(tenant.id)
    approvers = approvers_of(tenant)
    before = Tiers.of(tenant)
    require_seen(before, seen)
    if not is_loosening(before, wanted, approvers):
        apply_tiers(tenant, wanted, seen=seen, by=by)
        return None
    return ask(
        TIERS,
        on=tenant,
        title="As alçadas de aprovação ficam mais amplas",
        before=before.words(approvers),
        after=wanted.words(approvers),
        value={"seen": seen, "wanted": wanted.kept()},
        by=by,
    )


def apply_asked_tiers(tenant: Tenant, change: PendingChange) -> None:
    wanted = Tiers.read(change.value["wanted"])
    apply_tiers(tenant, wanted, seen=change.value["seen"], by=asker_of(change))


TIERS = Kind("tiers", apply_asked_tiers)


@transaction.atomic
def change_limits(
    tenant: Tenant, wanted: Limits, *, seen: str, by: Membership
) -> PendingChange | None:
    """As `apply_limits`; what was asked, when it has to be confirmed. Inside the company's
    scope."""
    lock_people(tenant.id)
    before = limits_of(tenant.id)
    require_limits_seen(before, seen)
    if not is_raising(before, wanted):
        apply_limits(tenant, wanted, seen=seen, by=by)
        return None
    accounts = {account.id: account for account in BankAccount.objects.of(tenant)}
    return ask(
        LIMITS,
        on=tenant,
        title="Os limites de envio aumentam",
        before=words(before, accounts),
        after=words(wanted, accounts),
        value={"seen": seen, "wanted": kept_limits(wanted)},
        by=by,
    )


def apply_asked_limits(tenant: Tenant, change: PendingChange) -> None:
    wanted = read_limits(change.value["wanted"])
    apply_limits(tenant, wanted, seen=change.value["seen"], by=asker_of(change))


LIMITS = Kind("limits", apply_asked_limits)


def kept_limits(limits: Limits) -> list[dict[str, str | None]]:
    def text(value: Decimal | None) -> str | None:
        return None if value is None else str(value)

    return [
        {
            "account": str(account), "rail": rail,
            "per_payment": text(limit.per_payment), "per_day": text(limit.per_day),
        }
        for (account, rail), limit in limits.items()
    ]  # fmt: skip


def read_limits(kept: list[Mapping[str, Any]]) -> Limits:
    def value(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return {
        (UUID(row["account"]), row["rail"]): Limit(value(row["per_payment"]), value(row["per_day"]))
        for row in kept
    }


def asked(tenant: Tenant, kind: Kind) -> PendingChange | None:
    """What waits for a second admin. Runs inside the company's scope."""
    return waiting_for(tenant.id, kind, tenant.id)

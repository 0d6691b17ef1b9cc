"""An admin decides how much may leave each account."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from core.errors import Changed, InvalidInput, NotAllowed
from payments.models import AccountLimit, Payable
from payments.rails.limits import Limit, brl, limits_of
from tenants.models import Membership, Tenant

Limits = Mapping[tuple[UUID, str], Limit]


@transaction.atomic
def apply_limits(tenant: Tenant, wanted: Limits, *, seen: str, by: Membership) -> None:
    """Replace the limits of the company's accounts. `seen` is `version_of` those that were shown.

    Waits for whoever is sending from an account that has one.

    Raises:
        Changed: somebody changed them since.
        InvalidInput: an account is not of the company.
        NotAllowed: `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador define limites de envio.", code="wrong_role")
    accounts = {account.id: account for account in BankAccount.objects.of(tenant)}
    if not {account for account, _ in wanted} <= accounts.keys():
        raise InvalidInput("Essa conta não é desta empresa.")
    # Two admins who save at once do so one after the other, the first limits of all too.
    Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)
    rows = AccountLimit.objects.of(tenant)
    list(rows.select_for_update(no_key=True).order_by("id"))
    before = limits_of(tenant.id)
    require_limits_seen(before, seen)
    if before == dict(wanted):
        return
    for (account, rail), limit in wanted.items():
        rows.update_or_create(
            tenant=tenant, bank_account_id=account, rail=rail,
            defaults={"per_payment": limit.per_payment, "per_day": limit.per_day},
        )  # fmt: skip
    for account, rail in before.keys() - wanted.keys():
        rows.filter(bank_account_id=account, rail=rail).delete()
    record(
        Act.LIMITS_CHANGED, on=tenant, by=by.user,
        before=words(before, accounts), after=words(wanted, accounts),
    )  # fmt: skip


def require_limits_seen(limits: Limits, seen: str) -> None:
    """
    Raises:
        Changed: they are not those that the person was shown.
    """
    if version_of(limits) != seen:
        raise Changed(
            "Outra pessoa alterou os limites enquanto você editava. Confira os valores atuais.",
            code="changed",
        )


def version_of(limits: Limits) -> str:
    """The same for the same limits."""
    return ";".join(
        f"{account}/{rail}={limit.per_payment}/{limit.per_day}"
        for (account, rail), limit in sorted(limits.items(), key=lambda item: str(item[0]))
    )


def words(limits: Limits, accounts: Mapping[UUID, BankAccount]) -> dict[str, str]:
    return {
        f"{accounts[account]}, {Payable.Method(rail).label}": said(limit)
        for (account, rail), limit in limits.items()
    }


def said(limit: Limit) -> str:
    """«R$ 500,00 por pagamento, R$ 2.000,00 por dia»"""
    parts = []
    if limit.per_payment is not None:
        parts.append(f"{brl(limit.per_payment)} por pagamento")
    if limit.per_day is not None:
        parts.append(f"{brl(limit.per_day)} por dia")
    return ", ".join(parts)

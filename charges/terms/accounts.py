"""The accounts that collect charges."""

from typing import Any

from django.db.models import Q

from banking.models import BankAccount
from charges.models import Charge
from charges.terms.check import rules_of
from tenants.models import Tenant


def issuing_accounts(tenant: Tenant, of: Charge | None = None) -> dict[Any, BankAccount]:
    """The connected accounts whose banks issue charges, the preferred one first; and the one that
    the charge has."""
    usable = BankAccount.objects.of(tenant).connected().in_plan()
    known = Q(id__in=usable.values("id"))
    if of is not None:
        known |= Q(id=of.bank_account_id)
    accounts = BankAccount.objects.of(tenant).filter(known)
    return {
        account.id: account
        for account in accounts.order_by("-is_preferred", "provider", "number")
        if rules_of(account) is not None
    }

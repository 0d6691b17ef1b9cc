"""Plain functions that make entries."""

import datetime as dt
from decimal import Decimal

from accounts.journal.entries import post_entry
from accounts.models import Account, JournalEntry
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

DAY = dt.date(2026, 11, 23)


def account_of(tenant: Tenant, code: str) -> Account:
    with tenant_scope(tenant.id):
        return Account.objects.of(tenant).select_related("group").get(code=code)


def make_entry(
    tenant: Tenant,
    amount: str = "150.00",
    *,
    date: dt.date = DAY,
    memo: str = "Aluguel da matriz",
    debit: str = "5.2.01",
    credit: str = "1.1.1.01",
    by: User | None = None,
) -> JournalEntry:
    """One debit and one credit, by the codes of the accounts: rent paid in cash."""
    value = Decimal(amount)
    lines = [(account_of(tenant, debit), value), (account_of(tenant, credit), -value)]
    return post_entry(tenant, date=date, memo=memo, lines=lines, by=by)

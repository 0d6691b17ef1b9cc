"""Plain functions that make what bank and books have of an account."""

import datetime as dt
from decimal import Decimal

from accounts.journal.entries import post_entry
from accounts.models import JournalEntry, JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import allocate, line_on
from reconciliation.position.position import Position, position_of
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.accounts.books import account_of
from tests.cast import make_member

FIRST = dt.date(2026, 11, 2)  # the first day of the statement
BEFORE = FIRST - dt.timedelta(days=1)


def post(account: BankAccount, amount: str, day: dt.date = FIRST) -> JournalEntry:
    """On the account's Conta do Ativo with this sign, against revenue."""
    value = Decimal(amount)
    with tenant_scope(account.tenant_id):
        account.refresh_from_db(fields=["ledger_account"])
        lines = [(account.ledger_account, value), (account_of(account.tenant, "4.1.01"), -value)]
        return post_entry(account.tenant, date=day, memo="Prestação de serviços", lines=lines)


def posted(account: BankAccount, entry: JournalEntry) -> JournalLine:
    with tenant_scope(account.tenant_id):
        found = line_on(account, entry)
    assert found is not None
    return found


def join(
    account: BankAccount, line: StatementLine, entry: JournalEntry, amount: str | None = None
) -> Allocation:
    part = None if amount is None else Decimal(amount)
    with tenant_scope(account.tenant_id):
        return allocate(line, posted(account, entry), amount=part)


def position(account: BankAccount, day: dt.date) -> Position:
    with tenant_scope(account.tenant_id):
        fresh = BankAccount.objects.of(account.tenant_id).get(id=account.id)
        return position_of(fresh, day)


def member(tenant: Tenant, role: Role = Role.FINANCE) -> Membership:
    user = make_member(tenant, role)
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("user").get(user=user)
    return found

import datetime as dt
from decimal import Decimal

from accounts.journal.entries import balances
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry


def test_a_balance_is_debits_minus_credits(tenant):
    make_entry(tenant, "100.00")
    make_entry(tenant, "0.50", debit="1.1.1.01", credit="4.1.01")
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")

    with tenant_scope(tenant.id):
        assert balances(tenant, [rent, cash]) == {
            rent.id: Decimal("100.00"),
            cash.id: Decimal("-99.50"),
        }


def test_an_account_without_entries_has_zero(tenant):
    rent = account_of(tenant, "5.2.01")

    with tenant_scope(tenant.id):
        assert balances(tenant, [rent]) == {rent.id: Decimal("0.00")}


def test_a_balance_until_a_day_includes_that_day_and_no_later_one(tenant):
    make_entry(tenant, "1.00", date=DAY - dt.timedelta(days=1))
    make_entry(tenant, "10.00", date=DAY)
    make_entry(tenant, "100.00", date=DAY + dt.timedelta(days=1))
    rent = account_of(tenant, "5.2.01")

    with tenant_scope(tenant.id):
        assert balances(tenant, [rent], until=DAY) == {rent.id: Decimal("11.00")}


def test_many_accounts_are_one_query(tenant, django_assert_num_queries):
    make_entry(tenant)
    accounts = [account_of(tenant, code) for code in ("5.2.01", "1.1.1.01", "4.1.01")]

    with tenant_scope(tenant.id), django_assert_num_queries(1):
        balances(tenant, accounts)

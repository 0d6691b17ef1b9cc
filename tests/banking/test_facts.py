"""Bank lines are facts: raw SQL cannot change them either."""

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError

from banking.models import BankAccount, StatementLine
from tenants.scope import tenant_scope
from tests.banking.factories import make_account, make_lines, stored_lines


@pytest.fixture
def account(tenant, admin):
    account = make_account(tenant, admin)
    make_lines(account, "10.00")
    return account


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE banking_statementline SET amount = 99",
        "UPDATE banking_statementline SET description = description",
        "DELETE FROM banking_statementline",
    ],
)
def test_a_line_is_never_changed(account, statement):
    with (
        pytest.raises(IntegrityError, match="a bank line is a fact"),
        tenant_scope(account.tenant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert stored_lines(account) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_owner_of_the_table_cannot_change_a_line_either(account):
    with (
        pytest.raises(IntegrityError, match="a bank line is a fact"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(account.tenant_id)])
        cursor.execute("UPDATE banking_statementline SET amount = 99")


def test_a_line_of_the_bank_is_stored_once(account):
    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).get()
        line.pk = None
    with pytest.raises(IntegrityError, match="statementline_once"), tenant_scope(line.tenant_id):
        StatementLine.objects.bulk_create([StatementLine(**copied(line))])


def copied(line):
    skipped = {"id", "tenant", "bank_account"}
    values = {f.name: getattr(line, f.name) for f in line._meta.fields if f.name not in skipped}
    return {**values, "tenant_id": line.tenant_id, "bank_account_id": line.bank_account_id}


def test_a_company_has_one_preferred_account(tenant, admin):
    make_account(tenant, admin, is_preferred=True)

    with pytest.raises(IntegrityError, match="bankaccount_one_preferred"):
        make_account(tenant, admin, is_preferred=True)


def test_an_account_keeps_its_identity_in_the_database(account, admin, tenant):
    with pytest.raises(IntegrityError, match="bankaccount_identity"):
        make_account(tenant, admin, number=account.number)
    with tenant_scope(tenant.id):
        assert BankAccount.objects.of(tenant).count() == 1

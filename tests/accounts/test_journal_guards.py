"""What the database itself refuses, tried in raw SQL under the application's role."""

import os
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.chart.archive import archive_account
from accounts.journal.entries import balances, reverse_entry
from accounts.models import JournalEntry, JournalLine
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.cast import make_tenant

ENTRY = """
INSERT INTO accounts_journalentry (id, tenant_id, date, memo, line_count, total, created_at)
VALUES (%s, %s, '2026-11-23', 'Aluguel', %s, %s, now())
"""
LINE = """
INSERT INTO accounts_journalline (id, tenant_id, entry_id, account_id, position, amount)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s)
"""


def execute(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def insert_entry(tenant, amounts, *, line_count=2, total="10.00"):
    """By hand, all amounts on one account. Returns the entry's id."""
    entry_id, account = uuid4(), account_of(tenant, "5.2.01")
    with tenant_scope(tenant.id):
        execute(ENTRY, [entry_id, tenant.id, line_count, total])
        for position, amount in enumerate(amounts, 1):
            execute(LINE, [tenant.id, entry_id, account.id, position, amount])
    return entry_id


def test_a_balanced_entry_written_by_hand_is_accepted(tenant):
    entry_id = insert_entry(tenant, ["10.00", "-10.00"])

    with tenant_scope(tenant.id):
        assert JournalLine.objects.of(tenant).filter(entry=entry_id).count() == 2


@pytest.mark.parametrize(
    ("amounts", "declared"),
    [
        (["10.00", "-9.99"], {}),
        (["10.00"], {}),
        ([], {}),
        (["10.00", "-10.00"], {"line_count": 3}),
        (["10.00", "-5.00", "-5.00"], {"line_count": 2}),
        (["10.00", "-10.00"], {"total": "10.01"}),
        (["10.00", "-10.00"], {"total": "20.00"}),
    ],
)
def test_an_entry_that_is_not_whole_does_not_commit(tenant, amounts, declared):
    with pytest.raises(IntegrityError, match="journal entry"):
        insert_entry(tenant, amounts, **declared)


@pytest.mark.parametrize(
    ("declared", "constraint"),
    [
        ({"line_count": 1}, "entry_two_lines"),
        ({"total": "0.00"}, "entry_total_positive"),
        ({"total": "-10.00"}, "entry_total_positive"),
    ],
)
def test_an_entry_declares_two_lines_and_a_total(tenant, declared, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        insert_entry(tenant, ["10.00", "-10.00"], **declared)


def test_a_line_of_zero_is_refused(tenant):
    with pytest.raises(IntegrityError, match="line_not_zero"):
        insert_entry(tenant, ["10.00", "-10.00", "0.00"], line_count=3)


def test_two_balanced_lines_are_not_added_later(tenant):
    entry, account = make_entry(tenant, "10.00"), account_of(tenant, "5.2.01")

    with pytest.raises(IntegrityError, match="4 lines"), tenant_scope(tenant.id):
        execute(LINE, [tenant.id, entry.id, account.id, 3, "5.00"])
        execute(LINE, [tenant.id, entry.id, account.id, 4, "-5.00"])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_journalentry SET memo = 'outro'",
        "UPDATE accounts_journalentry SET total = total",
        "DELETE FROM accounts_journalentry",
        "UPDATE accounts_journalline SET amount = amount * 2",
        "UPDATE accounts_journalline SET account_id = account_id",
        "DELETE FROM accounts_journalline",
    ],
)
def test_what_was_written_is_not_changed(tenant, sql):
    make_entry(tenant)

    with pytest.raises(IntegrityError, match="reversed, never changed"), tenant_scope(tenant.id):
        execute(sql)


def test_an_archived_account_takes_no_line(tenant):
    archive_account(account_of(tenant, "5.2.01"))

    with pytest.raises(IntegrityError, match="takes no entries"):
        insert_entry(tenant, ["10.00", "-10.00"])


def test_a_line_does_not_point_at_another_companys_account(tenant, other_tenant):
    foreign = account_of(other_tenant, "5.2.01")
    entry_id = uuid4()

    with pytest.raises(IntegrityError, match="takes no entries"), tenant_scope(tenant.id):
        execute(ENTRY, [entry_id, tenant.id, 2, "10.00"])
        execute(LINE, [tenant.id, entry_id, foreign.id, 1, "10.00"])


def test_a_line_does_not_join_another_companys_entry(tenant, other_tenant):
    theirs = make_entry(other_tenant, "10.00")
    account = account_of(tenant, "5.2.01")

    with pytest.raises(IntegrityError), tenant_scope(tenant.id):
        execute(LINE, [tenant.id, theirs.id, account.id, 3, "10.00"])


def test_an_entry_is_reversed_once(tenant, operator):
    entry = make_entry(tenant, "10.00")
    reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    with pytest.raises(IntegrityError, match="entry_reversed_once"), tenant_scope(tenant.id):
        execute(ENTRY.replace("memo,", "memo, reverses_id,").replace("'Aluguel',", "'Outro', %s,"),
                [uuid4(), tenant.id, entry.id, 2, "10.00"])  # fmt: skip


def test_an_account_with_entries_is_not_deleted(tenant):
    make_entry(tenant)

    with pytest.raises(IntegrityError, match="tenant_fk"), tenant_scope(tenant.id):
        execute("DELETE FROM accounts_account WHERE code = '5.2.01'")


def test_a_group_with_accounts_is_not_deleted(tenant):
    with pytest.raises(IntegrityError, match="tenant_fk"), tenant_scope(tenant.id):
        execute("DELETE FROM accounts_classificationgroup WHERE code = '5.2'")


def test_a_group_is_not_its_own_parent(tenant):
    with pytest.raises(IntegrityError, match="group_not_its_parent"), tenant_scope(tenant.id):
        execute("UPDATE accounts_classificationgroup SET parent_id = id WHERE code = '5.2'")


def test_a_group_has_the_nature_of_its_parent(tenant):
    with pytest.raises(IntegrityError, match="group_nature_of_parent"), tenant_scope(tenant.id):
        execute("UPDATE accounts_classificationgroup SET nature = 'receita' WHERE code = '5.2'")


def test_a_company_has_one_home_of_bank_accounts(tenant):
    with pytest.raises(IntegrityError, match="group_one_bank_home"), tenant_scope(tenant.id):
        execute("UPDATE accounts_classificationgroup SET is_bank_home = true WHERE code = '1.1.2'")


@pytest.mark.django_db(transaction=True)
def test_the_check_is_made_at_commit():
    """The other tests check when a scope inside the test's own transaction ends."""
    tenant = make_tenant()

    with pytest.raises(IntegrityError, match="journal entry"):
        insert_entry(tenant, ["10.00", "-9.99"])

    assert not connection.in_atomic_block
    with tenant_scope(tenant.id):
        assert not JournalEntry.objects.of(tenant).exists()


@pytest.mark.django_db(transaction=True)
def test_a_scope_that_moves_on_before_the_commit_hides_no_unfinished_entry():
    tenant, other = make_tenant(), make_tenant()

    with pytest.raises(IntegrityError, match="journal entry"), transaction.atomic():
        execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant.id)])
        execute(ENTRY, [uuid4(), tenant.id, 2, "10.00"])
        execute("SELECT set_config('kamino.tenant', %s, true)", [str(other.id)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["accounts_journalentry", "accounts_journalline"])
def test_not_even_the_owner_of_the_tables_changes_an_entry(table):
    tenant = make_tenant()
    make_entry(tenant)

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as raw:
        raw.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant.id)])
        with pytest.raises(psycopg.errors.RestrictViolation):
            raw.execute(f"DELETE FROM {table}")


def test_sums_are_read_from_the_index_alone(tenant):
    make_entry(tenant)
    account = account_of(tenant, "5.2.01")
    with tenant_scope(tenant.id), connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as queries:
            balances(tenant, [account])
        for other in ("seqscan", "bitmapscan"):  # without index scans none is left
            cursor.execute(f"SET LOCAL enable_{other} = off")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using accountstep_sum" in plan

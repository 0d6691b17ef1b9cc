"""Cost centres on lines of entries: which lines may have one, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.chart.cost_centers import archive_center
from accounts.chart.reclassify import move_entries
from accounts.journal.entries import post_entry, redate_entry, reverse_entry
from accounts.journal.postings import Posting
from accounts.models import JournalEntry
from core.errors import InvalidInput, InvalidState
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.accounts.centers import archived, centers_in, make_cost_center, make_entry_of
from tests.cast import make_tenant

D = Decimal
LINE = """
INSERT INTO accounts_journalline
    (id, tenant_id, entry_id, account_id, position, amount, cost_center_id)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s)
"""
ENTRY = """
INSERT INTO accounts_journalentry
    (id, tenant_id, date, memo, line_count, total, created_at, reverses_id)
VALUES (%s, %s, '2026-11-23', 'Aluguel', 2, 10, now(), %s)
"""


def insert(tenant, account, center, *, reverses=None):
    """By hand: the first line on the account with the centre, the second against it."""
    entry_id, cash = uuid4(), account_of(tenant, "1.1.1.01")
    with tenant_scope(tenant.id), connection.cursor() as cursor:
        cursor.execute(ENTRY, [entry_id, tenant.id, reverses and reverses.id])
        cursor.execute(LINE, [tenant.id, entry_id, account.id, 1, 10, center.id])
        cursor.execute(LINE, [tenant.id, entry_id, cash.id, 2, -10, None])
    return entry_id


@pytest.mark.parametrize("code", ["5.2.01", "4.1.01"])
def test_a_line_of_revenue_or_expense_has_a_centre(tenant, code):
    center = make_cost_center(tenant)
    account, cash = account_of(tenant, code), account_of(tenant, "1.1.1.01")

    lines = [Posting(account, D(10), center), (cash, D(-10))]
    entry = post_entry(tenant, date=DAY, memo="X", lines=lines)

    assert centers_in(entry) == [(code, "Matriz", D(10)), ("1.1.1.01", "", D(-10))]


def test_one_account_is_split_over_two_centres(tenant):
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")
    head, branch = make_cost_center(tenant), make_cost_center(tenant, "Filial")

    lines = [Posting(rent, D(7), head), Posting(rent, D(3), branch), (cash, D(-10))]
    entry = post_entry(tenant, date=DAY, memo="X", lines=lines)

    assert [center for _, center, _ in centers_in(entry)] == ["Matriz", "Filial", ""]


@pytest.mark.parametrize("code", ["1.1.1.01", "2.1.1.01"])
def test_what_the_company_has_or_owes_has_none(tenant, code):
    center = make_cost_center(tenant)
    account, rent = account_of(tenant, code), account_of(tenant, "5.2.01")

    lines = [Posting(account, D(-10), center), (rent, D(10))]
    with pytest.raises(InvalidInput) as refused:
        post_entry(tenant, date=DAY, memo="X", lines=lines)

    assert refused.value.code == "takes_no_center"
    with pytest.raises(IntegrityError, match="takes no cost centre"), transaction.atomic():
        insert(tenant, account, center)


def test_an_archived_centre_takes_no_entries(tenant):
    center = archived(make_cost_center(tenant))

    with pytest.raises(InvalidState) as refused:
        make_entry_of(center)

    assert refused.value.code == "center_archived"
    with pytest.raises(IntegrityError, match="takes no entries"), transaction.atomic():
        insert(tenant, account_of(tenant, "5.2.01"), center)


def test_another_companys_centre_is_refused(tenant, other_tenant):
    foreign = make_cost_center(other_tenant)
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")

    lines = [Posting(rent, D(10), foreign), (cash, D(-10))]
    with pytest.raises(InvalidState):
        post_entry(tenant, date=DAY, memo="X", lines=lines)

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(tenant, rent, foreign)


def test_a_reversal_keeps_the_centre(tenant, operator):
    entry = make_entry_of(make_cost_center(tenant))

    reversal = reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    assert centers_in(reversal) == [("5.2.01", "Matriz", D(-150)), ("1.1.1.01", "", D(150))]


def test_what_is_written_again_on_another_day_keeps_the_centre(tenant):
    entry = make_entry_of(make_cost_center(tenant))

    again = redate_entry(entry, date=DAY.replace(day=24), why="Outro dia")

    assert centers_in(again) == centers_in(entry)


def test_what_moves_to_another_account_keeps_the_centre_of_its_other_line(tenant, operator):
    entry = make_entry_of(make_cost_center(tenant))
    cash, other = account_of(tenant, "1.1.1.01"), account_of(tenant, "1.1.2.01")

    with tenant_scope(tenant.id):
        move_entries(cash, other, by=operator, why="Outra conta")
        moved = JournalEntry.objects.of(tenant).get(replaces=entry)
        reversal = JournalEntry.objects.of(tenant).get(reverses=entry)

    assert centers_in(moved) == [("5.2.01", "Matriz", D(150)), ("1.1.2.01", "", D(-150))]
    assert centers_in(reversal)[0] == ("5.2.01", "Matriz", D(-150))


def test_a_centre_that_was_archived_since_does_not_stop_a_reversal(tenant, operator):
    center = make_cost_center(tenant)
    entry, other = make_entry_of(center), make_entry_of(center)
    archived(center)

    reversal = reverse_entry(entry, by=operator, date=DAY, why="Valor errado")
    again = redate_entry(other, date=DAY.replace(day=24), why="Outro dia")

    assert centers_in(reversal)[0] == ("5.2.01", "Matriz", D(-150))
    assert centers_in(again)[0] == ("5.2.01", "Matriz", D(150))


def test_a_reversal_brings_no_archived_centre_that_its_entry_has_not(tenant):
    entry = make_entry(tenant, "10.00")
    center = archived(make_cost_center(tenant))

    with pytest.raises(IntegrityError, match="takes no entries"), transaction.atomic():
        insert(tenant, account_of(tenant, "5.2.01"), center, reverses=entry)


def test_the_centre_of_a_line_is_never_changed(tenant):
    make_entry_of(make_cost_center(tenant))

    with (
        pytest.raises(IntegrityError, match="never changed"),
        tenant_scope(tenant.id),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_journalline SET cost_center_id = NULL")


def test_entries_without_a_centre_ask_nothing_of_centres(tenant):
    make_cost_center(tenant)

    with CaptureQueriesContext(connection) as captured:
        make_entry(tenant)

    assert not [each for each in captured if "costcenter" in each["sql"]]


# --- Two at the same moment ---


def waits(act, pid_of):
    """Whether the act, in a connection of its own, waits for another transaction."""
    while not pid_of:
        assert not act.done(), act.exception()
    while not act.done():
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid_of[0]])
            if cursor.fetchone()[0]:
                return True
    return False


def apart(pool, tenant, act):
    """The act in a thread of its own; the list receives the number of its connection."""
    pid_of = []

    def run():
        try:
            with tenant_scope(tenant.id):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    pid_of.append(cursor.fetchone()[0])
                return act()
        finally:
            connection.close()

    return pool.submit(run), pid_of


@pytest.mark.django_db(transaction=True)
def test_who_archives_while_an_entry_is_posted_waits_for_it():
    tenant = make_tenant()
    center = make_cost_center(tenant)

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.id):
            entry = make_entry_of(center)
            archiving, pid_of = apart(pool, tenant, lambda: archive_center(center, by=None))
            assert waits(archiving, pid_of)
        archiving.result(60)

    assert centers_in(entry)[0][1] == "Matriz"


@pytest.mark.django_db(transaction=True)
def test_who_posts_while_the_centre_is_archived_is_told_so():
    tenant = make_tenant()
    center = make_cost_center(tenant)

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.id):
            archive_center(center, by=None)
            posting, pid_of = apart(pool, tenant, lambda: make_entry_of(center))
            assert waits(posting, pid_of)
        with pytest.raises(InvalidState) as refused:
            posting.result(60)

    assert refused.value.code == "center_archived"
    with tenant_scope(tenant.id):
        assert not JournalEntry.objects.of(tenant).exists()

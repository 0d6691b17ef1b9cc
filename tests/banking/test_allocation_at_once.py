"""Two connections at the same moment: neither side of an allocation is used twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from django.db import connection

from accounts.journal.entries import redate_entry, reverse_entry
from accounts.models import JournalEntry
from banking.models import Allocation, BankAccount
from banking.statements.allocation import NotFree, allocate, line_on
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, make_entry
from tests.banking.factories import make_account, make_line

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    return make_account(tenant, admin)


def paid_from(account: BankAccount) -> JournalEntry:
    return make_entry(account.tenant, "150.00", credit=account.ledger_account.code)


class Worker:
    """A transaction of its own connection, held open until the test lets it end."""

    def __init__(self, pool: ThreadPoolExecutor, tenant: Tenant, act: Callable[[], object]) -> None:
        self.pid = 0
        self._begun, self._acted, self._may_end = Event(), Event(), Event()
        self.result: Future[str] = pool.submit(self._run, tenant, act)

    def _run(self, tenant: Tenant, act: Callable[[], object]) -> str:
        """The code of the refusal; empty when there was none."""
        try:
            with tenant_scope(tenant.id):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self.pid = cursor.fetchone()[0]
                self._begun.set()
                act()
                self._acted.set()
                assert self._may_end.wait(60)
        except NotFree as error:
            return error.code
        finally:
            self._begun.set()
            self._acted.set()
            connection.close()
        return ""

    def acted(self) -> "Worker":
        assert self._acted.wait(60)
        return self

    def waits_for_a_lock(self) -> "Worker":
        """PostgreSQL says so: it is asked until it does."""
        assert self._begun.wait(60)
        while not self._acted.is_set():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [self.pid])
                if cursor.fetchone()[0]:
                    return self
        pytest.fail("it waited for nobody")

    def end(self) -> str:
        self._may_end.set()
        return self.result.result(60)


@contextmanager
def workers(tenant: Tenant) -> Iterator[Callable[[Callable[[], object]], Worker]]:
    with ThreadPoolExecutor(2) as pool:
        yield lambda act: Worker(pool, tenant, act)


def joining(account: BankAccount, line: object, entry: JournalEntry) -> Callable[[], object]:
    return lambda: allocate(line, line_on(account, entry))  # type: ignore[arg-type]


def standing(tenant: Tenant) -> list[object]:
    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).standing()
        return list(parts.values_list("journal_line__entry", flat=True))


def test_a_bank_line_is_given_to_one_of_two(tenant: Tenant, account: BankAccount) -> None:
    line, one, other = make_line(account, "-150.00"), paid_from(account), paid_from(account)

    with workers(tenant) as begin:
        first = begin(joining(account, line, one)).acted()
        second = begin(joining(account, line, other)).waits_for_a_lock()
        ends = first.end(), second.end()

    assert ends == ("", "allocation_line_used")
    assert standing(tenant) == [one.id]


def test_an_entry_is_given_to_one_of_two(tenant: Tenant, account: BankAccount) -> None:
    entry = paid_from(account)
    one, other = make_line(account, "-150.00"), make_line(account, "-150.00")

    with workers(tenant) as begin:
        first = begin(joining(account, one, entry)).acted()
        second = begin(joining(account, other, entry)).waits_for_a_lock()
        ends = first.end(), second.end()

    assert ends == ("", "allocation_entry_used")
    assert standing(tenant) == [entry.id]


def test_an_entry_that_is_being_reversed_is_given_nothing(
    tenant: Tenant, account: BankAccount
) -> None:
    line, entry = make_line(account, "-150.00"), paid_from(account)

    def reverse() -> None:
        reverse_entry(entry, by=None, date=DAY, why="Engano")

    with workers(tenant) as begin:
        first = begin(reverse).acted()
        second = begin(joining(account, line, entry)).waits_for_a_lock()
        ends = first.end(), second.end()

    assert ends == ("", "allocation_entry_stands")
    assert standing(tenant) == []


@pytest.mark.parametrize("is_dated_again", [False, True])
def test_what_is_being_joined_is_freed_or_moved_by_who_reverses(
    tenant: Tenant, account: BankAccount, is_dated_again: bool
) -> None:
    line, entry = make_line(account, "-150.00"), paid_from(account)
    again: list[JournalEntry] = []

    def reverse() -> None:
        own = JournalEntry.objects.of(tenant).get(id=entry.id)
        if is_dated_again:
            again.append(redate_entry(own, date=DAY, why="outro dia"))
        else:
            reverse_entry(own, by=None, date=DAY, why="Engano")

    with workers(tenant) as begin:
        first = begin(joining(account, line, entry)).acted()
        second = begin(reverse).waits_for_a_lock()
        ends = first.end(), second.end()

    assert ends == ("", "")
    assert standing(tenant) == [each.id for each in again]

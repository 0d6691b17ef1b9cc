"""Several people, or workers, at the same moment: each thread has its own connection."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.chart.setup import (
    open_bank_account_leaf,
    open_books,
)
from accounts.journal.entries import (
    reverse_entry,
)
from accounts.models import ClassificationGroup, JournalEntry
from core.errors import InvalidState
from tenants.models import Plan, Role
from tenants.scope import tenant_scope
from tenants.services import create_company
from tests.accounts.books import DAY, make_entry
from tests.cast import make_member, make_tenant

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def at_once(act):
    """Run it in several threads that start together; return what each answered or raised."""
    start = Barrier(AT_ONCE)

    def run(_: int) -> object:
        start.wait()
        try:
            return act()
        except InvalidState as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_bank_accounts_get_codes_of_their_own():
    tenant = make_tenant()

    leaves = at_once(lambda: open_bank_account_leaf(tenant, name="Cora"))

    assert sorted(leaf.code for leaf in leaves) == [f"1.1.1.1.0{n}" for n in range(1, 5)]


def test_an_entry_is_reversed_by_one_of_them():
    tenant = make_tenant()
    person, entry = make_member(tenant, Role.FINANCE), make_entry(tenant)

    def reverse():
        with tenant_scope(tenant.id):
            own = JournalEntry.objects.of(tenant).get(id=entry.id)
        return reverse_entry(own, by=person, date=DAY, why="Valor errado")

    answers = at_once(reverse)

    assert sum(isinstance(answer, JournalEntry) for answer in answers) == 1
    assert sum(isinstance(answer, InvalidState) for answer in answers) == AT_ONCE - 1


def test_books_are_opened_once():
    tenant = create_company(
        name="Nova", legal_name="Nova Ltda", cnpj="11444777000161", plan=Plan.COMPASS
    )

    at_once(lambda: open_books(tenant))

    with tenant_scope(tenant.id):
        assert ClassificationGroup.objects.of(tenant).filter(parent=None).count() == 5

"""What the database holds of lines that are withdrawn."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from banking.models import StatementLine
from banking.statements.allocation import NotFree, allocate, line_on
from banking.statements.imports.undo import effect_of_undoing
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.banking.imports.making import applied, lines, ofx, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
RENT = ("2026-11-12", "-150.00", "ALUGUEL")


def the_line(account):
    with tenant_scope(account.tenant_id):
        every = StatementLine.objects.with_withdrawn(account.tenant_id)
        return every.get(bank_account=account)


def posted_for(account, tenant):
    return line_on(account, make_entry(tenant, credit=account.ledger_account.code))


def test_a_line_with_a_source_is_not_withdrawn(other, by):
    applied(other, ofx(RENT), by)
    with tenant_scope(other.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.of(other.tenant_id).update(withdrawn_at=database_now())


def test_a_line_that_is_withdrawn_never_changes_nor_comes_back(other, by):
    undone(applied(other, ofx(RENT), by), by)
    line = the_line(other)
    for change in ({"withdrawn_at": None}, {"amount": 1}):
        with tenant_scope(other.tenant_id), pytest.raises(DatabaseError), transaction.atomic():
            every = StatementLine.objects.with_withdrawn(other.tenant_id)
            every.filter(id=line.id).update(**change)


def test_undoing_says_and_undoes_what_stands_on_the_lines(tenant, other, by):
    file = applied(other, ofx(RENT), by)
    with tenant_scope(tenant.id):
        made = allocate(the_line(other), posted_for(other, tenant))
        assert effect_of_undoing(file).allocated == 1

    undone(file, by)
    assert lines(other) == []
    with tenant_scope(tenant.id):
        made.refresh_from_db()
    assert made.ended_at is not None


def test_nothing_is_allocated_to_a_line_that_was_withdrawn(tenant, other, by):
    undone(applied(other, ofx(RENT), by), by)
    with tenant_scope(tenant.id), pytest.raises(NotFree) as refused:
        allocate(the_line(other), posted_for(other, tenant))
    assert refused.value.code == "allocation_line_stands"

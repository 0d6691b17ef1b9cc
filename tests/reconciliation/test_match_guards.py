"""What the database refuses of matches, whoever asks; and two people at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.journal.entries import redate_entry
from banking.models import Allocation
from core.errors import Changed
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore
from reconciliation.matches.write import Origin, begin_match
from reconciliation.models import Match, MatchEffect, MatchLine, MatchPart
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import (
    DAY,
    choice,
    line,
    make_entry,
    match,
    matched,
    open_of,
)

pytestmark = pytest.mark.django_db

D = Decimal


def refused(tenant: Any, act: Any) -> str:
    """By the database; the name of what refuses."""
    with tenant_scope(tenant.id):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        return str(caught.value.__cause__.diag.constraint_name)


@pytest.fixture
def made(itau, ana) -> Match:
    return matched(line(itau, "-150.00"), make_entry(itau, "-150.00"), by=ana)


@pytest.mark.parametrize("model", [Match, MatchLine, MatchPart, MatchEffect])
def test_nothing_of_a_match_is_deleted(tenant, made, model):
    assert refused(tenant, lambda: model.objects.of(tenant)._raw_delete("default")).endswith(
        "_kept"
    )


@pytest.mark.parametrize("change", [{"why": "outro"}, {"degree": "id"}, {"kind": "create"}])
def test_what_a_match_says_is_never_changed(tenant, made, change):
    rows = Match.objects.of(tenant).filter(id=made.id)

    assert refused(tenant, lambda: rows.update(**change)) == "match_frozen"


def test_a_match_that_is_over_does_not_stand_again(tenant, made, ana):
    rows = Match.objects.of(tenant).filter(id=made.id)
    with tenant_scope(tenant.id):
        rows.update(ended_at=DAY.strftime("%Y-%m-%dT12:00Z"))

    assert refused(tenant, lambda: rows.update(ended_at=None)) == "match_frozen"


def test_no_more_of_a_line_is_ignored_than_is_open(tenant, itau, ana):
    row = line(itau, "-150.00")
    matched(row, make_entry(itau, "-100.00"), by=ana, leaves_open=True)
    with tenant_scope(tenant.id):
        writing = begin_match(tenant.id, "ignore", Origin(by=ana), why="x")

    name = refused(tenant, lambda: writing.add_line(row, D("-50.01"), is_ignored=True))

    assert name == "matchline_within_line"


def test_what_is_matched_and_what_is_ignored_of_a_line_are_no_more_than_it(tenant, itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-10.00")
    matched(row, make_entry(itau, "-100.00"), by=ana, leaves_open=True)
    with tenant_scope(tenant.id):
        ignore(row.id, by=ana, why="O resto não é nosso")
    part = {"statement_line": row, "journal_line": entry, "amount": D("-10.00")}

    name = refused(tenant, lambda: Allocation.objects.create(tenant=tenant, **part))

    assert (name, open_of(row)) == ("allocation_line_ignored", 0)


def test_a_match_goes_on_where_its_entry_is_written_on_another_day(tenant, itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-150.00")
    made = matched(row, entry, by=ana)

    with tenant_scope(tenant.id):
        redate_entry(entry.entry, date=DAY.replace(day=23), why="outro dia")

    with tenant_scope(tenant.id):
        part = Allocation.objects.of(tenant).standing().get()
        assert [each.match_id for each in part.match_parts.all()] == [made.id]
    assert (reread(made).ended_at, open_of(row)) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_matches_and_the_other_is_told_who(tenant):
    """R-ONE04."""
    account = make_bank_account(tenant)
    people = [membership(tenant), membership(tenant)]
    row = line(account, "-150.00")
    entries = [make_entry(account, "-150.00") for _ in people]
    with tenant_scope(tenant.id):
        seen = versions_of(tenant.id, [row.id])
    together = Barrier(2)

    def act(person: Any, entry: Any) -> str:
        together.wait(60)
        try:
            match(row, choice(entry), by=person, seen=seen)
        except Changed as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(act, people, entries))

    assert sorted(map(bool, told)) == [False, True]
    winner = people[told.index("")]
    assert winner.user.display_name in "".join(told)
    assert open_of(row) == 0

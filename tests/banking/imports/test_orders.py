"""A statement by API, the same period by OFX and by CSV, in any order: the same lines."""

from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banking.banks.contract.statement import Movement
from banking.models import LineSource
from banking.statements.imports.files import begin_apply
from banking.statements.store import store_movements
from tenants.scope import tenant_scope
from tests.banking.factories import make_account
from tests.banking.imports.making import (
    applied,
    compared,
    csv,
    lines,
    ofx,
    states,
    undone,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
ROWS = [
    ("2026-11-10", "-1.20", "TARIFA PIX"),
    ("2026-11-10", "-1.20", "TARIFA PIX"),
    ("2026-11-10", "500.00", "PIX RECEBIDO ALFA"),
    ("2026-11-11", "500.00", "PIX RECEBIDO BETA"),
    ("2026-11-12", "-2300.00", "ALUGUEL"),
]
EACH = sorted((day[5:], amount) for day, amount, _ in ROWS)


def tell_by_api(account, rows):
    """As a sync stores it: the same ids each time."""
    told = []
    places = Counter()
    for day, amount, text in rows:
        places[day, amount, text] += 1
        on = date.fromisoformat(day)
        told.append(
            Movement(
                bank_id=f"api-{day}-{amount}-{text}-{places[day, amount, text]}",
                booked_on=on,
                occurred_at=datetime.combine(on, time(13), UTC),
                amount=Decimal(amount),
                kind="other",
                description=f"Banco: {text.lower()}",
                counterparty_name="",
                counterparty_document="",
                raw="{}",
            )
        )
    with tenant_scope(account.tenant_id):
        store_movements(account, told)


def tell_by_file(account, content, by):
    file = compared(account, content, by)
    if {"new", "here"} & set(states(file)):
        with tenant_scope(account.tenant_id):
            begin_apply(file, by=by)
    return work(file)


def tell(source, account, rows, by):
    if source == "api":
        tell_by_api(account, rows)
    else:
        tell_by_file(account, (ofx if source == "ofx" else csv)(*rows), by)


@pytest.mark.parametrize("order", permutations(["api", "ofx", "csv"]))
def test_any_order_makes_the_same_lines(tenant, admin, by, order):
    account = make_account(tenant, admin)
    for source in order:
        tell(source, account, ROWS, by)

    assert sorted(lines(account)) == EACH
    tell_by_api(account, ROWS)  # the vínculo was undone and redone, and the bank tells it again
    assert sorted(lines(account)) == EACH


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    tellings=st.lists(
        st.tuples(st.sampled_from(["api", "ofx", "csv"]), st.integers(1, len(ROWS))),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_parts_of_a_period_add_up_to_the_longest(tenant, admin, by, tellings):
    account = make_account(tenant, admin)
    for source, count in tellings:
        tell(source, account, ROWS[:count], by)

    longest = max(count for _, count in tellings)
    expected = sorted((day[5:], amount) for day, amount, _ in ROWS[:longest])
    assert sorted(lines(account)) == expected


def test_a_line_that_the_api_told_too_outlives_its_file(tenant, admin, by):
    account = make_account(tenant, admin)
    file = applied(account, ofx(*ROWS), by)
    tell_by_api(account, ROWS[:2])
    with tenant_scope(account.tenant_id):
        assert LineSource.objects.of(account.tenant_id).filter(kind="api").count() == 2

    undone(file, by)
    assert lines(account) == [("11-10", "-1.20"), ("11-10", "-1.20")]


def test_undoing_a_file_leaves_what_the_api_told_first(tenant, admin, by):
    account = make_account(tenant, admin)
    tell_by_api(account, ROWS)
    undone(applied(account, csv(*ROWS), by), by)

    assert sorted(lines(account)) == EACH

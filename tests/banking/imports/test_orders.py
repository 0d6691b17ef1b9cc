"""A statement by API, the same period by OFX and by CSV, in any order: the same lines."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banking.models import LineSource
from banking.statements.imports.files import KnownFile, begin_apply
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, make_connection, reread
from tests.banking.imports.making import (
    applied,
    compared,
    csv,
    lines,
    ofx,
    states,
    tell_by_api,
    undone,
    work,
)
from tests.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
ROWS = [
    ("2026-11-10", "-1.20", "TARIFA PIX"),
    ("2026-11-10", "-1.20", "TARIFA PIX"),
    ("2026-11-10", "500.00", "PIX RECEBIDO ALFA"),
    ("2026-11-11", "500.00", "PIX RECEBIDO BETA"),
    ("2026-11-12", "-2300.00", "ALUGUEL"),
]
EACH = sorted((day[5:], amount) for day, amount, _ in ROWS)


def tell_by_file(account, content, by):
    try:
        file = compared(account, content, by)
    except KnownFile as known:
        return known.file  # it has told already
    if {"new", "here"} & set(states(file)):
        with tenant_scope(account.tenant_id):
            begin_apply(file, by=by)
    return work(file)


def tell(source, account, rows, by):
    """The file, where it is one."""
    if source == "api":
        return tell_by_api(account, rows)
    return tell_by_file(account, (ofx if source == "ofx" else csv)(*rows), by)


@pytest.mark.parametrize("order", [*permutations(["api", "ofx", "csv"])])
def test_any_order_makes_the_same_lines(tenant, admin, by, order):
    account = make_account(tenant, admin)
    for source in order:
        tell(source, account, ROWS, by)

    assert sorted(lines(account)) == EACH


AMOUNTS = ("-1.20", "500.00", "0.41", "-2300.00")
TEXTS = ("TARIFA PIX", "PIX RECEBIDO ALFA", "PIX RECEBIDO BETA")
DAYS = [f"2026-11-{day:02}" for day in range(9, 21)]
MOVEMENTS = st.tuples(st.sampled_from(DAYS), st.sampled_from(AMOUNTS), st.sampled_from(TEXTS))
PERIODS = st.lists(MOVEMENTS, min_size=1, max_size=8).map(sorted)
STEPS = st.permutations(["api", "ofx", "csv", "vinculo", "api", "undo"])


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=PERIODS, steps=STEPS)
def test_whatever_is_done_in_whichever_order_the_lines_are_those_of_the_period(
    tenant, admin, by, rows, steps
):
    """A file that is undone is brought again at the end, so that each source has told all."""
    account = make_account(tenant, admin)
    last = None
    for step in steps:
        if step == "vinculo":
            account = with_new_connection(account, admin)
        elif step == "undo":
            undo_if_applied(last, by)
        else:
            last = tell(step, account, rows, by) or last

    for step in ("api", "ofx", "csv"):
        tell(step, account, rows, by)
    assert sorted(lines(account)) == sorted((day[5:], amount) for day, amount, _ in rows)


def with_new_connection(account, admin):
    """The vínculo is undone and made anew; the bank then tells the statement again."""
    with tenant_scope(account.tenant_id):
        change(account, connection=None)
        change(account, connection=make_connection(account.tenant, admin))
    return reread(account)


def undo_if_applied(file, by):
    if file is not None and file.applied_at is not None and file.undone_at is None:
        undone(file, by)


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

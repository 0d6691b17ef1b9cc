"""Movements that the API tells some days away from a line that a file told first."""

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from banking.models import LineDoubt, LineSource, StatementLine
from banking.statements.answer_doubt import answer_doubt, effect_of_joining
from banking.statements.imports.files import begin_apply
from banking.statements.line_doubts import open_doubts
from core.errors import InvalidState, NotAllowed
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import make_account, make_daily_balance, reread
from tests.banking.imports.making import (
    applied,
    compared,
    csv,
    lines,
    movement,
    ofx,
    states,
    store_told,
    tell_by_api,
    undone,
    work,
)
from tests.cast import make_member
from tests.people.factories import membership_of
from tests.reconciliation.books import join, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
FIRST = ("2026-11-09", "-1.20", "TARIFA")
RENT = ("2026-11-11", "-2300.00", "ALUGUEL")
LATER = ("2026-11-12", "-2300.00", "ALUGUEL")
LAST = ("2026-11-18", "-1.20", "TARIFA")
FILE = csv(FIRST, RENT, LAST)
BOTH = [("11-09", "-1.20"), ("11-11", "-2300.00"), ("11-12", "-2300.00"), ("11-18", "-1.20")]
ONE = [("11-09", "-1.20"), ("11-12", "-2300.00"), ("11-18", "-1.20")]


@pytest.fixture
def account(tenant, admin):
    return make_account(tenant, admin)


@pytest.fixture
def file(account, by):
    """It books the rent a day before the bank's API does, which comes then."""
    file = applied(account, FILE, by)
    tell_by_api(account, [FIRST, LATER, LAST])
    return file


def doubts(account):
    with tenant_scope(account.tenant_id):
        return list(open_doubts(account).select_related("line", "told"))


def say(account, answer, by):
    (doubt,) = doubts(account)
    with tenant_scope(account.tenant_id):
        answer_doubt(doubt, answer, by=by)
    return doubt


def sources(account, day):
    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).get(bank_account=account, booked_on=day)
        return list(LineSource.objects.of(account.tenant_id).filter(line=line).values_list("kind"))


def test_the_api_does_not_wait_for_an_answer(account, file):
    assert lines(account) == BOTH


def test_the_same_value_on_a_day_nearby_is_asked_about(account, file):
    (doubt,) = doubts(account)

    assert (f"{doubt.line.booked_on}", f"{doubt.told.booked_on}") == (RENT[0], LATER[0])


def test_what_is_told_again_is_not_asked_again(account, file, by):
    tell_by_api(account, [FIRST, LATER, LAST])
    assert len(doubts(account)) == 1

    say(account, "two", by)
    tell_by_api(account, [FIRST, LATER, LAST])
    assert doubts(account) == []


def test_it_is_the_same_and_the_files_line_is_withdrawn(account, file, by):
    say(account, "same", by)

    assert lines(account) == ONE
    assert sources(account, LATER[0]) == [("csv",)]
    assert doubts(account) == []


def test_they_are_two_and_both_stay(account, file, by):
    say(account, "two", by)

    assert lines(account) == BOTH
    assert doubts(account) == []


def test_an_answer_is_given_once(account, file, by):
    doubt = say(account, "two", by)

    with tenant_scope(account.tenant_id), pytest.raises(InvalidState) as refused:
        answer_doubt(doubt, "same", by=by)
    assert refused.value.code == "answered"
    with tenant_scope(account.tenant_id), pytest.raises(DatabaseError), transaction.atomic():
        LineDoubt.objects.of(account.tenant_id).update(answer="", answered_by=None)


def test_who_does_not_work_on_the_statement_answers_nothing(tenant, account, file):
    reader = membership_of(tenant, make_member(tenant, Role.READER))
    with pytest.raises(NotAllowed):
        say(account, "same", reader)


def test_after_the_file_is_undone_the_banks_line_stays(account, file, by):
    say(account, "same", by)
    undone(file, by)

    assert lines(account) == ONE


def test_when_the_file_is_undone_there_is_nothing_left_to_ask(account, file, by):
    undone(file, by)

    assert doubts(account) == []
    assert lines(account) == ONE


def test_the_row_of_the_file_is_then_the_banks_line(account, file, by):
    say(account, "same", by)

    assert states(file) == ["applied", "here", "applied"]
    again = compared(account, ofx(FIRST, LATER, LAST), by)
    assert states(again) == ["here", "here", "here"]


def test_an_applied_file_that_is_compared_anew_keeps_the_answer(account, file, by):
    say(account, "same", by)
    store_told(account, movement("2026-11-13", "77.00", "novo"))
    with tenant_scope(account.tenant_id), pytest.raises(InvalidState):
        begin_apply(file, by=by)
    work(file)

    assert lines(account) == sorted([*ONE, ("11-13", "77.00")])


def test_what_was_said_of_the_files_line_is_told_and_taken_apart(tenant, account, by):
    applied(account, FILE, by)
    with tenant_scope(tenant.id):
        line = StatementLine.objects.of(tenant).get(booked_on=RENT[0])
    made = join(account, line, post(account, RENT[1]))
    tell_by_api(account, [FIRST, LATER, LAST])
    (doubt,) = doubts(account)
    with tenant_scope(tenant.id):
        assert len(effect_of_joining(doubt)) == 1

    say(account, "same", by)
    assert reread(made).ended_at is not None
    assert lines(account) == ONE


def test_when_the_bank_tells_the_files_line_too_they_are_two(account, file):
    tell_by_api(account, [RENT])

    assert doubts(account) == []
    assert lines(account) == BOTH


def test_when_a_file_has_both_they_are_two(account, file, by):
    applied(account, ofx(FIRST, RENT, LATER, LAST), by)

    assert doubts(account) == []
    assert lines(account) == BOTH


def test_a_day_that_the_file_does_not_have_is_not_asked_about(account, by):
    applied(account, csv(FIRST, RENT), by)
    tell_by_api(account, [FIRST, LATER])

    assert doubts(account) == []


def test_a_day_that_the_bank_has_not_told_is_not_asked_about(account, by):
    applied(account, csv(RENT, LAST), by)
    tell_by_api(account, [LATER, LAST])

    assert doubts(account) == []


def test_four_banking_days_apart_is_not_asked_about(account, by):
    make_daily_balance(account, date(2026, 11, 8), "0.00")  # the API has told all since
    applied(account, csv(FIRST, RENT, LAST), by)
    tell_by_api(account, [FIRST, ("2026-11-17", "-2300.00", "ALUGUEL"), LAST])

    assert doubts(account) == []
    tell_by_api(account, [("2026-11-16", "-2300.00", "ALUGUEL")])
    assert len(doubts(account)) == 1


def test_two_pix_whose_ids_differ_are_not_asked_about(account, by):
    ends = [f"E71027866202611101314{letter * 11}" for letter in "ab"]
    sale = ("2026-11-11", "500.00", f"PIX {ends[0]}")
    applied(account, ofx(FIRST, sale, LAST), by)
    store_told(
        account,
        movement(*FIRST),
        movement("2026-11-12", "500.00", "pix", pix=ends[1]),
        movement(*LAST),
    )

    assert doubts(account) == []


def test_of_two_lines_nearby_each_is_asked_about_once(account, by):
    applied(account, csv(FIRST, RENT, ("2026-11-13", *RENT[1:]), LAST), by)
    tell_by_api(account, [FIRST, LATER, ("2026-11-16", *RENT[1:]), LAST])

    days = [(f"{each.line.booked_on:%d}", f"{each.told.booked_on:%d}") for each in doubts(account)]
    assert sorted(days) == [("11", "12"), ("13", "16")]

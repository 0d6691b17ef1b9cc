"""Contracts: one charge a period, whatever runs twice, stops, or is asked for by hand."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from charges.issuing.issue import issue_queued
from charges.models import Charge, Recurrence, RecurrenceValue, Slip
from charges.recurrences.adjust import adjust_recurrence
from charges.recurrences.edit import edit_recurrence
from charges.recurrences.generate import advance
from charges.recurrences.issue_now import issue_period
from charges.recurrences.outlook import lock_recurrence
from charges.recurrences.pause import (
    pause_recurrence,
    resume_recurrence,
    skip_left_out,
    take_over,
)
from charges.recurrences.period import charge_id
from charges.states import ChargeStatus
from charges.tracking.cancellation import cancel_charge
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from parties.payers import archive_payer
from tenants.models import Membership, Role, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.contracts import (
    a_contract,
    charges_in,
    come_by,
    events_in,
    look,
    make_recurrence,
    told,
)
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import titles
from tests.clock import travel
from tests.payments.at_most_once.side_by_side import at_once

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


@pytest.fixture
def clock(monday):
    """At nine in the morning of that day."""

    def go(day: date) -> None:
        monday.move_to(f"{day}T09:00:00-03:00")

    return go


@pytest.fixture
def account(at_kamino):
    return at_kamino


def act(function, recurrence, *args, **kwargs):
    by = kwargs.pop("by", None) or membership(recurrence.tenant)
    with tenant_scope(recurrence.tenant_id):
        return function(recurrence, *args, by=by, **kwargs)


def test_a_period_is_issued_on_its_day_and_once(account, clock):
    recurrence = make_recurrence(account, description="Contrato {{competencia}}")
    assert come_by(account) == 0

    clock(date(2026, 12, 5))
    assert [come_by(account), come_by(account)] == [1, 0]

    (charge,) = charges_in(recurrence)
    assert (charge.due_date, charge.amount) == (date(2026, 12, 10), D("890.00"))
    assert charge.description == "Contrato 12/2026"
    assert (charge.recurrence_month, charge.competence_date) == (date(2026, 12, 1),) * 2
    assert charge.status == ChargeStatus.ISSUING
    assert charge.created_by_id is None
    issue_queued(account.tenant_id, account.id)
    assert reread(charge).status in {ChargeStatus.REGISTERING, ChargeStatus.OPEN}
    assert reread(recurrence).next_due == date(2027, 1, 10)


def test_a_contract_that_cannot_go_on_hides_no_other(account, clock):
    stuck, good = make_recurrence(account), make_recurrence(account)
    other = make_charge(account.tenant, account)
    with tenant_scope(account.tenant_id):  # the charge of its period is there, and is not its own
        other.id = charge_id(stuck, date(2026, 12, 1))
        other.save(force_insert=True)
    clock(date(2026, 12, 5))

    assert come_by(account) == 1
    assert (len(charges_in(stuck)), len(charges_in(good))) == (0, 1)


def test_after_an_outage_what_is_ahead_is_issued_with_its_own_due_date(account, clock):
    recurrences = [make_recurrence(account) for _ in range(3)]

    clock(date(2026, 12, 8))
    come_by(account)

    for recurrence in recurrences:
        assert told(recurrence) == [(date(2026, 12, 10), D("890.00"))]
        assert look(recurrence).left_out == []


def test_what_fell_due_without_a_charge_is_asked_about_and_not_billed(account, clock):
    recurrence = make_recurrence(account)

    clock(date(2027, 2, 7))
    come_by(account)
    assert told(recurrence) == [(date(2027, 2, 10), D("890.00"))]
    assert look(recurrence).left_out == [date(2026, 12, 1), date(2027, 1, 1)]
    assert reread(recurrence).left_out == 2

    with pytest.raises(InvalidInput):
        act(issue_period, recurrence, date(2026, 12, 1))
    act(issue_period, recurrence, date(2026, 12, 1), due_date=date(2027, 2, 20))
    assert look(recurrence).left_out == [date(2027, 1, 1)]
    act(skip_left_out, recurrence)
    assert reread(recurrence).left_out == 0
    assert come_by(account) == 0


def test_nothing_is_billed_for_a_pause(account, clock):
    recurrence = make_recurrence(account)
    clock(date(2026, 12, 5))
    come_by(account)
    clock(date(2026, 12, 20))
    act(pause_recurrence, recurrence)
    clock(date(2027, 2, 9))
    assert come_by(account) == 0

    clock(date(2027, 3, 6))
    act(resume_recurrence, recurrence)
    for _ in range(3):
        come_by(account)

    assert [due for due, _ in told(recurrence)] == [date(2026, 12, 10), date(2027, 3, 10)]
    assert look(recurrence).left_out == [date(2027, 1, 1), date(2027, 2, 1)]
    assert reread(recurrence).next_due == date(2027, 4, 10)
    assert any("01/2027, 02/2027" in each.text for each in events_in(recurrence))


def test_a_cancelled_charge_is_not_made_again_by_itself_and_may_be_by_hand(account, clock):
    recurrence = make_recurrence(account)
    clock(date(2026, 12, 5))
    come_by(account)
    (first,) = charges_in(recurrence)
    with pytest.raises(InvalidState) as caught:
        act(issue_period, recurrence, date(2026, 12, 1))
    assert caught.value.code == "has_charge"

    act(cancel_charge, first)
    assert come_by(account) == 0
    second = act(issue_period, recurrence, date(2026, 12, 1))

    assert second.id != first.id
    assert [charge.status for charge in charges_in(recurrence)] == [
        ChargeStatus.CANCELLED,
        ChargeStatus.ISSUING,
    ]
    # Money that comes for the first one all the same is taken in.
    act(cancel_charge, second)
    act(issue_period, recurrence, date(2026, 12, 1))
    with tenant_scope(account.tenant_id):
        Charge.objects.filter(id=first.id).update(status="paid", paid_after="cancellation")


def test_the_database_holds_one_charge_a_period(account, clock):
    recurrence = make_recurrence(account)
    clock(date(2026, 12, 5))
    come_by(account)
    (charge,) = charges_in(recurrence)

    with pytest.raises(IntegrityError), tenant_scope(account.tenant_id), transaction.atomic():
        charge.pk, charge._state.adding = None, True
        charge.id = membership(account.tenant).id
        charge.save(force_insert=True)


def test_a_database_that_forgot_a_period_makes_the_same_charge_with_the_same_key(account, clock):
    recurrence = make_recurrence(account)
    clock(date(2026, 12, 5))
    keys = []
    for _ in range(2):
        with tenant_scope(account.tenant_id):
            mark = transaction.savepoint()
            advance(lock_recurrence(recurrence))
            slip = Slip.objects.get(charge__recurrence=recurrence)
            keys.append((slip.charge_id, slip.key))
            transaction.savepoint_rollback(mark)

    assert keys[0] == keys[1]


def test_an_index_typed_in_time_holds_from_the_anniversary_and_once(account, clock):
    recurrence = yearly(account)
    clock(date(2027, 1, 20))
    come_by(account)
    adjust(recurrence)
    with pytest.raises(InvalidState) as caught:
        adjust(recurrence)
    assert caught.value.code == "adjusted"

    for day in (date(2027, 1, 31), date(2027, 2, 10), date(2027, 2, 28)):
        clock(day)
        come_by(account)

    assert told(recurrence)[-2:] == [
        (date(2027, 2, 10), D("1363.21")),
        (date(2027, 3, 10), D("1363.21")),
    ]


def test_an_index_typed_late_leaves_what_left_already_as_it_is(account, clock):
    recurrence = yearly(account)
    clock(date(2027, 1, 31))
    come_by(account)
    assert reread(recurrence).asks_adjustment
    clock(date(2027, 2, 5))
    adjust(recurrence)
    assert not reread(recurrence).asks_adjustment
    clock(date(2027, 2, 28))
    come_by(account)

    assert told(recurrence)[-2:] == [
        (date(2027, 2, 10), D("1299.90")),
        (date(2027, 3, 10), D("1363.21")),
    ]
    said = " ".join(event.text for event in events_in(recurrence))
    assert "10/02" in said
    assert "10/03" in said


def yearly(account):
    return make_recurrence(
        account,
        "1299.90",
        days_before=10,
        adjustment="typed",
        index_name="IPCA",
        adjust_month=2,
    )


def adjust(recurrence):
    return act(
        adjust_recurrence,
        recurrence,
        anniversary=date(2027, 2, 1),
        percent=D("4.87"),
        index_name="IPCA",
    )


def test_a_fixed_percentage_is_written_down_when_its_period_is_made(account, clock):
    recurrence = make_recurrence(
        account,
        "1000.00",
        adjustment="fixed",
        adjustment_percent=D("10.00"),
        adjust_month=1,
    )
    assert [period.amount for period in look(recurrence).periods[:3]] == [
        D("1000.00"),
        D("1100.00"),
        D("1100.00"),
    ]
    for day in (date(2026, 12, 6), date(2027, 1, 6), date(2027, 2, 6)):
        clock(day)
        come_by(account)

    assert [amount for _, amount in told(recurrence)] == [D("1000.00"), D("1100.00"), D("1100.00")]


def test_an_edit_holds_for_the_next_one(account, clock):
    payer = make_payer(account.tenant)
    recurrence = make_recurrence(account, payer=payer)
    clock(date(2026, 12, 5))
    come_by(account)
    changed = a_contract(account, "950.00", payer=payer, day=20)
    act(edit_recurrence, recurrence, changed)
    clock(date(2027, 1, 15))
    come_by(account)

    assert told(recurrence) == [
        (date(2026, 12, 10), D("890.00")),
        (date(2027, 1, 20), D("950.00")),
    ]
    other = a_contract(account, "950.00", payer=payer, every_months=3)
    with pytest.raises(InvalidInput) as caught:
        act(edit_recurrence, recurrence, other)
    assert caught.value.field == "every_months"


def test_without_the_role_of_who_answers_for_it_a_contract_waits(account, clock):
    by = membership(account.tenant)
    recurrence = make_recurrence(account, by=by)
    with tenant_scope(account.tenant_id):
        Membership.objects.filter(id=by.id).update(role=Role.READER)
    clock(date(2026, 12, 5))
    assert come_by(account) == 0
    assert reread(recurrence).trouble

    act(take_over, recurrence)
    assert come_by(account) == 1
    assert not reread(recurrence).trouble


def test_nothing_is_issued_in_the_name_of_who_was_locked_out(account, clock):
    by = membership(account.tenant)
    recurrence = make_recurrence(account, by=by)
    User.objects.filter(id=by.user_id).update(is_active=False)
    clock(date(2026, 12, 5))

    assert come_by(account) == 0
    assert reread(recurrence).trouble


def test_what_cannot_be_issued_stays_a_draft_that_says_so(account, clock):
    large = make_recurrence(account, "100000000.00")
    archived = make_recurrence(account)
    with tenant_scope(account.tenant_id):
        archive_payer(archived.payer, by=membership(account.tenant))
    clock(date(2026, 12, 5))
    come_by(account)

    (charge,) = charges_in(large)
    assert charge.status == ChargeStatus.DRAFT
    assert "Ficou em rascunho" in titles(charge)
    assert charges_in(archived) == []
    assert reread(archived).trouble
    with tenant_scope(account.tenant_id):
        waiting = list(Charge.objects.of(account.tenant_id).to_look_at())
    assert waiting == [charge]


def test_nothing_is_made_after_a_restore_until_it_is_released(account, clock):
    recurrence = make_recurrence(account)
    clock(date(2026, 12, 5))
    with tenant_scope(account.tenant_id):
        tenant = account.tenant
        tenant.sending_locked_at = recurrence.created_at
        tenant.save(update_fields=["sending_locked_at"])

    assert come_by(account) == 0


def test_years_pass_day_by_day_and_no_period_is_missing(account):
    with travel("2026-12-01T09:00:00-03:00") as traveller:
        recurrence = make_recurrence(account, day=31, days_before=12)
        day = date(2026, 12, 1)
        while day < date(2028, 3, 31):
            day += timedelta(days=9)
            traveller.move_to(f"{day}T09:00:00-03:00")
            come_by(account)

        made = [due for due, _ in told(recurrence)]
    assert made[:4] == [
        date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)
    ]  # fmt: skip
    assert made[-2:] == [date(2028, 2, 29), date(2028, 3, 31)]
    assert len(made) == 16


def test_of_a_hundred_each_has_one_charge_whoever_makes_them_at_once(account, clock):
    """Two workers, and a person who issues the last ones by hand, after days without a machine."""
    first = make_recurrence(account)
    with tenant_scope(account.tenant_id):
        row = Recurrence.objects.of(account.tenant_id).get(id=first.id)
        value = RecurrenceValue.objects.of(account.tenant_id).get(recurrence=first)
        copies = [copied(row) for _ in range(99)]
        Recurrence.objects.bulk_create(copies)
        values = [copied(value, recurrence_id=each.id) for each in copies]
        RecurrenceValue.objects.bulk_create(values)
    by, december = membership(account.tenant), date(2026, 12, 1)
    clock(date(2026, 12, 8))
    workers = iter(range(3))

    def make() -> int:
        if next(workers) < 2:
            return come_by(account)
        made = 0
        for recurrence in copies[-15:]:
            with suppress(InvalidState), tenant_scope(account.tenant_id):  # the clock was quicker
                issue_period(recurrence, december, by=by)
                made += 1
        return made

    assert sum(at_once(make, people=3)) == 100
    with tenant_scope(account.tenant_id):
        made = Charge.objects.of(account.tenant_id).values_list("recurrence_id", "due_date")
        assert dict(made) == {each.id: date(2026, 12, 10) for each in [first, *copies]}
        assert len(made) == 100
        following = Recurrence.objects.of(account.tenant_id).values_list("next_due", flat=True)
        assert set(following) == {date(2027, 1, 10)}


def copied(row, **changes):
    """Another row, alike in all but its id and the changes."""
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**kept, "id": uuid7(), **changes})

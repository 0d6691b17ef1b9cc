"""Charges through Cora, from issue to money in the books."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from charges.issuing.issue import issue_queued
from charges.issuing.missing import say_missing
from charges.models import Slip
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from core.errors import InvalidState
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import (
    entries,
    follow,
    issue,
    issued_charge,
    lines_of,
    queue,
    settlements,
    slip_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "/v2/invoices/"
D = Decimal


def test_a_charge_is_not_shown_before_the_bank_says_that_it_is_registered(at_cora, cora, later):
    charge = issued_charge(at_cora, form="boleto_pix")

    assert charge.status == ChargeStatus.REGISTERING
    assert not slip_of(charge).can_be_shown

    later(timedelta(seconds=10))
    follow(at_cora)

    slip = slip_of(charge)
    assert reread(charge).status == ChargeStatus.OPEN
    assert slip.can_be_shown
    assert slip.linha_digitavel and slip.barcode and slip.pix_code and slip.our_number


def open_charge(at_cora, later, amount="150.00", **changes):
    charge = issued_charge(at_cora, amount, **changes)
    later(timedelta(seconds=10))
    follow(at_cora)
    return reread(charge)


def test_what_was_paid_is_one_entry_on_the_day_of_the_money(at_cora, cora, later):
    charge = open_charge(at_cora, later)
    cora.pay_invoice(slip_of(charge).reference)

    follow(at_cora)
    follow(at_cora)

    (settlement,) = settlements(charge)
    assert reread(charge).status == ChargeStatus.PAID
    assert settlement.posted_on == date(2026, 11, 23)
    assert lines_of(settlement) == {"banco": D("150.00"), "4.1.01": D("-150.00")}


def test_a_lost_answer_is_asked_for_under_the_same_key_and_is_one_slip(at_cora, cora, later):
    charge = make_charge(at_cora.tenant, at_cora)
    cora.lose_next_answer(ISSUE)

    slip = issue(charge)
    assert (slip.status, reread(charge).status) == (SlipStatus.UNKNOWN, ChargeStatus.UNKNOWN)

    later(timedelta(minutes=1))
    follow(at_cora)

    assert len(cora.invoices()) == 1
    assert slip_of(charge).reference == cora.invoices()[0]["id"]
    assert reread(charge).status in {ChargeStatus.REGISTERING, ChargeStatus.OPEN}


def test_a_bank_that_will_tell_is_waited_for(at_cora, cora):
    charge = make_charge(at_cora.tenant, at_cora)
    cora.lose_next_answer(ISSUE)
    issue(charge)

    with tenant_scope(at_cora.tenant_id), pytest.raises(InvalidState) as refused:
        say_missing(charge, by=membership(at_cora.tenant))

    assert refused.value.code == "bank_tells"


def test_not_registered_in_the_clearing_house_is_no_refusal(at_cora, cora, later):
    cora.settings(invoice_clearing_seconds=120)
    charge = make_charge(at_cora.tenant, at_cora)

    issue(charge)
    assert reread(charge).status == ChargeStatus.UNKNOWN

    follow(at_cora)
    assert reread(charge).status == ChargeStatus.UNKNOWN

    later(timedelta(minutes=3))
    follow(at_cora)
    assert len(cora.invoices()) == 1
    assert reread(charge).status in {ChargeStatus.REGISTERING, ChargeStatus.OPEN}


def test_after_the_window_the_list_tells_by_our_code(at_cora, cora, later):
    payer = make_payer(at_cora.tenant)
    charge = make_charge(at_cora.tenant, at_cora, payer=payer)
    issued_charge(at_cora, payer=payer)  # alike in all but the code
    cora.lose_next_answer(ISSUE)
    issue(charge)
    issued_charge(at_cora, payer=payer)
    later(timedelta(hours=2))
    cora.clear_requests()

    follow(at_cora)

    assert slip_of(charge).reference == cora.invoices()[1]["id"]
    assert cora.invoices()[1]["code"] == slip_of(charge).code
    assert cora.count_requests("/v2/invoices", method="POST") == 0


def test_after_the_window_what_is_absent_twice_a_minute_apart_is_queued_again(at_cora, cora, later):
    charge = make_charge(at_cora.tenant, at_cora)
    slip = queue(charge)
    change(slip, status=SlipStatus.ISSUING, first_sent_at=slip.created_at)
    change(slip, status=SlipStatus.UNKNOWN)
    change(charge, status=ChargeStatus.UNKNOWN)
    later(timedelta(hours=2))

    follow(at_cora)
    follow(at_cora)
    assert reread(slip).status == SlipStatus.UNKNOWN

    later(timedelta(seconds=70))
    follow(at_cora)
    assert reread(slip).status == SlipStatus.QUEUED

    issue_queued(at_cora.tenant_id, at_cora.id)
    assert len(cora.invoices()) == 1


def test_a_sender_that_was_killed_before_it_stored_leaves_one_slip(at_cora, cora, later):
    charge = make_charge(at_cora.tenant, at_cora)
    slip = issue(charge)
    # As the row was when it had asked the bank and stored nothing.
    with tenant_scope(at_cora.tenant_id):
        row = Slip.objects.of(at_cora.tenant_id).filter(id=slip.id)
        kept = {"claim": slip.claim, "claimed_at": slip.claimed_at}
    second = make_charge(at_cora.tenant, at_cora)
    other = queue(second)
    change(other, status=SlipStatus.ISSUING, first_sent_at=other.created_at, **kept)
    later(timedelta(minutes=6))

    follow(at_cora)

    assert row is not None
    assert len(cora.invoices()) == 2
    assert slip_of(second).reference
    assert len({each["code"] for each in cora.invoices()}) == 2


def test_a_slip_that_the_bank_ended_by_itself_is_written_off_and_still_owed(at_cora, cora, later):
    charge = open_charge(at_cora, later)
    with tenant_scope(at_cora.tenant_id):
        cancel_charge(charge, by=membership(at_cora.tenant), still_owed=True)

    follow(at_cora)

    assert reread(charge).status == ChargeStatus.WRITTEN_OFF
    assert entries(at_cora) == 0


def test_what_the_bank_says_is_paid_in_part_stays_owed_for_the_rest(at_cora, cora, later):
    charge = open_charge(at_cora, later, "480.00")
    cora.pay_invoice(slip_of(charge).reference, amount=40000)

    follow(at_cora)

    charge = reread(charge)
    assert charge.status == ChargeStatus.PARTLY_PAID
    assert charge.rest == D("80.00")
    assert lines_of(settlements(charge)[0]) == {"banco": D("400.00"), "4.1.01": D("-400.00")}

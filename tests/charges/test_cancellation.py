"""Cancelling at each bank: believed when it is shown there, asked again when an answer is lost; and
a payer who was quicker has paid."""

from datetime import timedelta

import pytest

from charges.states import ChargeStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import MINUTE, entries, follow, settlements, slip_of, titles
from tests.charges.three_banks import open_charge

pytestmark = pytest.mark.django_db(transaction=True)


def cancel(charge, **more):
    with tenant_scope(charge.tenant_id):
        cancel_charge(charge, by=membership(charge.tenant), **more)


def go_on(bank, later, pause=MINUTE):
    for _ in range(4):
        follow(bank.account)
        later(pause)


@pytest.mark.parametrize(
    ("fault", "still_owed"), [("", True), ("drop", True), ("lose_answer", False)]
)
def test_it_ends_the_slip_at_the_bank_once_it_is_shown_there(at_bank, later, fault, still_owed):
    charge = open_charge(at_bank, later)
    if fault:
        at_bank.fault(fault)

    cancel(charge, still_owed=still_owed)
    go_on(at_bank, later)

    ended = ChargeStatus.WRITTEN_OFF if still_owed else ChargeStatus.CANCELLED
    assert (reread(charge).status, reread(charge).needs_person) == (ended, False)
    assert slip_of(charge).status == SlipStatus.CANCELLED
    assert at_bank.alive() == []
    assert entries(at_bank.account) == 0
    assert "O banco não cancelou" not in titles(charge)


@pytest.mark.parametrize("fault", ["", "lose_answer"])
def test_a_payer_who_was_quicker_has_paid(at_bank, later, fault):
    charge = open_charge(at_bank, later, "700.00")
    at_bank.pay(slip_of(charge).reference)
    if fault:
        at_bank.fault(fault)

    cancel(charge)
    go_on(at_bank, later)
    go_on(at_bank, later, timedelta(days=1))

    done = reread(charge)
    assert (done.status, done.paid_after, done.needs_person) == (ChargeStatus.PAID, "", False)
    assert titles(charge).count("O pagador foi mais rápido") == 1
    assert len(settlements(charge)) == 1

"""Charges through the Conta Kamino, whose statement names the charge of a credit."""

from datetime import timedelta
from decimal import Decimal

import pytest

from banking.models import Allocation
from banking.statements.allocation import undo_allocation
from banking.statements.sync import sync_account
from charges.models import Charge, Settlement
from charges.settlement.received import register_received
from charges.settlement.waive import waive_rest
from charges.states import ChargeStatus, SlipStatus
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import (
    follow,
    issue,
    issued_charge,
    lines_of,
    settlements,
    slip_of,
    titles,
)

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "/v1/charges"
D = Decimal


def test_an_issued_charge_is_open_at_once_with_its_codes(at_kamino, kamino):
    charge = issued_charge(at_kamino, form="boleto_pix", message="Obrigado")

    slip = slip_of(charge)
    assert charge.status == ChargeStatus.OPEN
    assert slip.fault == ""
    assert slip.can_be_shown and slip.linha_digitavel and slip.pix_code


@pytest.mark.parametrize("fault", ["lose_answer", "drop"])
def test_an_answer_that_is_lost_is_one_charge(at_kamino, kamino, later, fault):
    charge = make_charge(at_kamino.tenant, at_kamino)
    kamino.fault(fault, ISSUE)

    issue(charge)
    later(timedelta(minutes=1))
    follow(at_kamino)

    assert len(kamino.charges()) == 1
    assert slip_of(charge).reference == kamino.charges()[0]["id"]
    assert reread(charge).status == ChargeStatus.OPEN


def test_a_settlement_and_its_bank_line_are_joined_by_the_charges_id(at_kamino, kamino):
    charge = issued_charge(at_kamino, form="boleto_pix")
    kamino.pay_charge(slip_of(charge).reference)

    follow(at_kamino)
    sync_account(at_kamino.tenant_id, at_kamino.id)

    (settlement,) = settlements(charge)
    with tenant_scope(at_kamino.tenant_id):
        (allocation,) = Allocation.objects.of(at_kamino.tenant_id).select_related("journal_line")
    assert allocation.journal_line.entry_id == settlement.entry_id
    assert allocation.amount == D("150.00")

    with tenant_scope(at_kamino.tenant_id):
        undo_allocation(allocation, by=membership(at_kamino.tenant))
    follow(at_kamino)
    with tenant_scope(at_kamino.tenant_id):
        assert not Allocation.objects.of(at_kamino.tenant_id).standing().exists()
    assert "Conciliação desfeita" in titles(charge)


@pytest.mark.parametrize("by", ["pix", "boleto"])
def test_money_that_the_statement_tells_first_came_as_its_bank_says_later(at_kamino, kamino, by):
    charge = issued_charge(at_kamino, form="boleto_pix")
    kamino.pay_charge(slip_of(charge).reference, by)
    sync_account(at_kamino.tenant_id, at_kamino.id)
    assert [each.way for each in settlements(charge)] == [Settlement.Way.UNKNOWN]

    follow(at_kamino)

    assert [each.way for each in settlements(charge)] == [by]


def test_how_a_first_payment_came_says_nothing_of_a_second_one(at_kamino, kamino):
    charge = issued_charge(at_kamino, form="boleto_pix")
    reference = slip_of(charge).reference
    kamino.pay_charge(reference, "boleto")
    follow(at_kamino)
    sync_account(at_kamino.tenant_id, at_kamino.id)
    kamino.pay_charge(reference, "pix", again=True)
    sync_account(at_kamino.tenant_id, at_kamino.id)

    follow(at_kamino)

    assert [each.way for each in settlements(charge)] == ["boleto", "unknown"]


def test_late_money_is_split_by_the_charges_own_terms(at_kamino, kamino, later):
    charge = issued_charge(at_kamino, "250.00", fine_percent=D(2), interest_percent=D(1))
    later(timedelta(days=21))  # 14/12, due on the 10th
    kamino.pay_charge(slip_of(charge).reference, by="boleto")

    follow(at_kamino)

    assert lines_of(settlements(charge)[0]) == {
        "banco": D("255.33"),
        "4.1.01": D("-250.00"),
        "4.2.02": D("-5.33"),
    }
    assert not reread(charge).needs_person


def receive(charge: Charge, amount: str, **more: object):
    with tenant_scope(charge.tenant_id):
        return register_received(
            charge,
            by=membership(charge.tenant),
            amount=D(amount),
            day=more.pop("day"),
            way="cash",
            **more,
        )


def test_cash_for_a_part_leaves_the_rest_owed_and_the_rest_may_be_waived(at_kamino, monday):
    charge = issued_charge(at_kamino, "150.00")
    slip = slip_of(charge)

    receive(charge, "100.00", day=charge.created_at.date(), ends_slip=True)
    assert reread(charge).status == ChargeStatus.PARTLY_PAID

    with tenant_scope(charge.tenant_id):
        waive_rest(reread(charge), by=membership(charge.tenant), why="Acordo")
    follow(at_kamino)

    done = reread(charge)
    assert (done.status, done.waived, done.rest) == (ChargeStatus.PAID, D("50.00"), D("0.00"))
    assert lines_of(settlements(charge)[0]) == {"1.1.1.01": D("100.00"), "4.1.01": D("-100.00")}
    assert reread(slip).status == SlipStatus.CANCELLED

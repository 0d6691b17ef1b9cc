"""Notices of charges are hints: the bank is asked, and what it shows is what moves anything."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from banking.models import BankAccount, BankEvent
from charges.models import Slip
from charges.states import ChargeStatus
from charges.tracking.rounds import follow_account, unfinished
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge
from tests.charges.issued import entries, follow, issue, issued_charge, settlements, slip_of

pytestmark = pytest.mark.django_db(transaction=True)

ONE = "/v2/invoices/inv_*"


def tell(account: BankAccount, slip: Slip, kind: str) -> None:
    """As the inbox stores it."""
    with tenant_scope(account.tenant_id):
        BankEvent.objects.create(
            tenant_id=account.tenant_id,
            connection_id=account.connection_id,
            event_id=f"evt_{uuid4().hex}",
            kind=f"invoice.{kind}",
            reference=slip.reference,
        )


@pytest.fixture
def charge(at_cora, later):
    """Registered, and looked at a moment ago."""
    charge = issued_charge(at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    return reread(charge)


def go_round(account: BankAccount) -> None:
    """Nobody's time has come: only a notice makes the bank be asked."""
    with tenant_scope(account.tenant_id):
        later_on = database_now() + timedelta(days=1)
        Slip.objects.of(account.tenant_id).update(wait_until=later_on)
    follow_account(account.tenant_id, account.id)


def test_a_notice_makes_the_bank_be_asked_and_without_one_it_is_not(charge, at_cora, cora):
    cora.clear_requests()
    go_round(at_cora)
    assert cora.count_requests(ONE) == 0

    tell(at_cora, slip_of(charge), "paid")
    go_round(at_cora)
    go_round(at_cora)

    assert cora.count_requests(ONE) == 1


def test_a_notice_that_lies_moves_nothing(charge, at_cora, cora):
    tell(at_cora, slip_of(charge), "paid")

    go_round(at_cora)

    assert reread(charge).status == ChargeStatus.OPEN
    assert entries(at_cora) == 0


def test_a_notice_that_comes_before_the_state_is_looked_at_again(charge, at_cora, cora, later):
    tell(at_cora, slip_of(charge), "paid")
    go_round(at_cora)
    assert reread(charge).status == ChargeStatus.OPEN
    cora.pay_invoice(slip_of(charge).reference)

    later(timedelta(seconds=40))
    go_round(at_cora)

    assert reread(charge).status == ChargeStatus.PAID


@pytest.mark.parametrize("order", list(permutations(["paid", "overdue", "created"])))
def test_in_whatever_order_notices_come_it_is_paid_once(charge, at_cora, cora, order):
    cora.pay_invoice(slip_of(charge).reference)
    for kind in order:
        tell(at_cora, slip_of(charge), kind)
        go_round(at_cora)

    assert reread(charge).status == ChargeStatus.PAID
    assert len(settlements(charge)) == entries(at_cora) == 1


def test_a_notice_that_comes_before_the_answer_is_kept_for_the_slip(at_cora, cora, later):
    charge = make_charge(at_cora.tenant, at_cora)
    cora.lose_next_answer("/v2/invoices/")
    slip = issue(charge)
    invoice = cora.invoices()[0]["id"]
    slip.reference = invoice
    tell(at_cora, slip, "paid")
    later(timedelta(seconds=30))
    cora.pay_invoice(invoice)

    follow(at_cora)
    follow(at_cora)

    assert reread(charge).status == ChargeStatus.PAID
    assert len(settlements(charge)) == 1


def test_an_account_with_open_slips_is_found_when_its_list_is_due(charge, at_cora, later):
    pair = (at_cora.tenant_id, at_cora.id)
    change(slip_of(charge), wait_until=database_now() + timedelta(days=1))
    assert pair not in unfinished(database_now())

    later(timedelta(minutes=3))

    assert pair in unfinished(database_now())

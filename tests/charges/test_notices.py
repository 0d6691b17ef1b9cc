"""Notices of charges are hints: the bank is asked, and what it shows is what moves anything."""

from datetime import timedelta
from itertools import count, permutations
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from banking.connections.webhook_registration import digest
from banking.models import BankAccount, BankEvent
from charges.models import Slip
from charges.states import ChargeStatus
from charges.tracking.rounds import follow_account, unfinished
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge
from tests.charges.issued import entries, follow, issue, issued_charge, settlements, slip_of
from tests.payments.at_most_once.side_by_side import at_once

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


def test_in_whatever_order_notices_come_it_is_paid_once(at_cora, cora, later):
    """All orders of four, two of them alike; each is told of a charge of its own."""
    orders = sorted(set(permutations(["paid", "overdue", "paid", "created"])))
    charges = [issued_charge(at_cora) for _ in orders]
    later(timedelta(seconds=10))
    follow(at_cora)
    for charge in charges:
        cora.pay_invoice(slip_of(charge).reference)

    for kinds in zip(*orders, strict=True):
        for charge, kind in zip(charges, kinds, strict=True):
            tell(at_cora, slip_of(charge), kind)
        go_round(at_cora)

    assert {reread(charge).status for charge in charges} == {ChargeStatus.PAID}
    assert [len(settlements(charge)) for charge in charges] == [1] * len(orders)
    assert entries(at_cora) == len(orders)


@pytest.mark.parametrize("order", [("paid", "overdue"), ("overdue", "paid")])
def test_of_two_notices_of_one_second_neither_is_believed(charge, at_cora, cora, order):
    """One of them tells of the state before."""
    cora.pay_invoice(slip_of(charge).reference)
    for kind in order:
        tell(at_cora, slip_of(charge), kind)
    with tenant_scope(at_cora.tenant_id):
        BankEvent.objects.of(at_cora.tenant_id).update(received_at=database_now())

    go_round(at_cora)
    go_round(at_cora)

    assert reread(charge).status == ChargeStatus.PAID
    assert len(settlements(charge)) == entries(at_cora) == 1


def deliver(account: BankAccount, slip: Slip) -> int:
    """By our door, as the bank does it; the status of the answer."""
    door = reverse("banking:webhook", args=["cora", account.connection_id, "segredo"])
    told = {
        "webhook-event-id": "evt_once",
        "webhook-event-type": "invoice.paid",
        "webhook-resource-id": slip.reference,
    }
    answer = Client().post(door, b"", content_type="application/json", headers=told)
    return answer.status_code


def test_one_notice_eight_times_at_once_is_answered_and_settled_once(charge, at_cora, cora, later):
    slip = slip_of(charge)
    change(at_cora.connection, webhook_digest=digest("segredo"))
    cora.pay_invoice(slip.reference)
    turns = count()

    def deliver_or_handle() -> int:
        if next(turns) == 8:  # meanwhile a worker is at the first one
            go_round(at_cora)
            return 200
        return deliver(at_cora, slip)

    assert at_once(deliver_or_handle, people=9) == [200] * 9
    for _ in range(3):  # and by the hour
        later(timedelta(hours=1))
        assert deliver(at_cora, slip) == 200
        go_round(at_cora)

    with tenant_scope(at_cora.tenant_id):
        assert BankEvent.objects.of(at_cora.tenant_id).count() == 1
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

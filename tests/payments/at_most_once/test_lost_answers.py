"""Nobody knows whether it was done: the bank is asked, then the statement, then a person."""

from datetime import timedelta

import pytest
import time_machine

from banking.models import BankAccount
from core.errors import InvalidState, NotAllowed
from payments.models import Payable
from payments.orders import tracking
from payments.orders.manual_result import settle_by_hand
from payments.orders.send import send_queued
from payments.states import OrderStatus, PayableStatus
from payments.timeline import BACK_IN_QUEUE, NEEDS_CHECKING
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import follow, is_paid_once, order_of, send, sync
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import approve

pytestmark = pytest.mark.django_db(transaction=True)


def test_absence_is_believed_the_second_time_some_time_apart(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    cora.fault("drop", "/transfers/initiate")
    send(payable)
    monday.shift(timedelta(minutes=5))

    tracking.follow_account(tenant.id, account.id)
    change(bills.orders(tenant)[0], wait_until=None)  # somebody else looks at the same moment
    tracking.follow_account(tenant.id, account.id)
    assert bills.all_are(tenant, OrderStatus.UNKNOWN)

    follow(account, monday)
    (order,) = bills.orders(tenant)
    assert (order.status, order.first_sent_at) == (OrderStatus.QUEUED, None)
    assert BACK_IN_QUEUE in bills.timeline(payable)

    send_queued(tenant.id, account.id)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_of_those_who_ask_at_the_same_time_one_repeats_the_request(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    cora.fault("drop", "/transfers/initiate")
    send(bills.enter_ted(tenant))
    cora.settings(latency_ms=100)
    monday.shift(timedelta(minutes=1))

    at_once(lambda: tracking.follow_account(tenant.id, account.id), people=4)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert cora.count_requests("/transfers/initiate") == 2
    assert bills.effects(cora) == bills.once_each(tenant)


def test_past_the_window_of_its_key_nothing_is_repeated_and_a_person_is_called(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    cora.fault("drop", "/payments/initiate")
    send(payable)

    monday.shift(timedelta(minutes=26))  # the window is half an hour; a repeat takes its time
    follow(account, monday, times=3)
    assert NEEDS_CHECKING not in bills.timeline(payable)
    monday.shift(timedelta(hours=1))
    follow(account, monday, times=3)

    (order,) = bills.orders(tenant)
    assert (order.status, order.needs_person) == (OrderStatus.UNKNOWN, True)
    assert cora.count_requests("/payments/initiate") == 1
    assert bills.timeline(payable).count(NEEDS_CHECKING) == 1
    assert bills.read(payable).status == PayableStatus.SENT


def needs_a_person(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, clock: time_machine.Traveller
) -> Payable:
    """A bill whose order nobody can tell of: it never reached the bank."""
    payable = bills.enter_boleto(tenant)
    cora.fault("drop", "/payments/initiate")
    send(payable)
    clock.shift(timedelta(hours=2))
    follow(account, clock)
    return payable


@pytest.mark.parametrize("was_paid", [True, False])
def test_what_nobody_can_tell_a_person_who_looked_may_say(
    was_paid: bool,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = needs_a_person(tenant, account, cora, monday)
    with tenant_scope(tenant.id):
        approver = Membership.objects.of(tenant).get(user=payable.approved_by)
        settle_by_hand(order_of(payable), was_paid=was_paid, by=approver)

    settled = bills.read(payable)
    if was_paid:
        assert is_paid_once([payable], account, "1234.56")
    else:
        assert (settled.status, settled.hold) == (PayableStatus.PENDING, Payable.Hold.REFUSED)
        send(approve(payable))
        assert len(cora.payments()) == 1


def test_a_person_says_nothing_while_the_bank_is_asked_nor_without_the_role(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    waiting = bills.enter_ted(tenant)
    send(waiting)
    stuck = needs_a_person(tenant, account, cora, monday)
    with tenant_scope(tenant.id):
        members = Membership.objects.of(tenant)
        approver = members.get(user=stuck.approved_by)
        operator = members.get(user=stuck.created_by)
        with pytest.raises(InvalidState):
            settle_by_hand(order_of(waiting), was_paid=True, by=approver)
        with pytest.raises(NotAllowed):
            settle_by_hand(order_of(stuck), was_paid=False, by=operator)

    assert bills.read(stuck).status == bills.read(waiting).status == PayableStatus.SENT


def test_a_lost_answer_that_only_the_statement_can_tell_is_told_by_it(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    """Approved in the bank's app while we were down: no list shows it, no key is repeated."""
    payable = bills.enter_boleto(tenant)
    cora.lose_next_answer("/payments/initiate")
    send(payable)
    cora.approve_all()
    monday.shift(timedelta(hours=2))
    sync(account)

    follow(account, monday, times=2)

    assert is_paid_once([payable], account, "1234.56")
    assert cora.count_requests("/payments/initiate") == 1


def test_a_repeat_that_is_refused_does_not_prove_that_the_first_was(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    """The bank took the boleto, a person approved it, and now the bank says it is paid already."""
    payable = bills.enter_boleto(tenant)
    cora.lose_next_answer("/payments/initiate")
    send(payable)
    cora.approve_all()
    already = '{"code":"REC-0006","message":"Invoice already paid"}'
    cora.fault("status", "/payments/initiate", status=422, body=already, times=None)

    follow(account, monday, times=3)
    sync(account)
    follow(account, monday, times=3)

    assert bills.all_are(tenant, OrderStatus.UNKNOWN)
    assert bills.read(payable).status == PayableStatus.SENT

    monday.shift(timedelta(hours=1))
    follow(account, monday, times=2)
    assert is_paid_once([payable], account, "1234.56")


def test_a_boleto_that_never_arrived_and_is_refused_ends_refused(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    cora.fault("drop", "/payments/initiate")
    send(payable)
    cora.fault("status", "/payments/initiate", status=422, times=None)

    follow(account, monday, times=2)
    assert bills.all_are(tenant, OrderStatus.UNKNOWN)
    sync(account)
    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.QUEUED)
    send_queued(tenant.id, account.id)

    assert bills.all_are(tenant, OrderStatus.REJECTED)
    assert bills.read(payable).hold == Payable.Hold.REFUSED
    assert not cora.orders()


def test_a_transfer_whose_repeat_is_refused_is_decided_by_the_list(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    cora.fault("delay", "/transfers/initiate", ms=0)
    cora.lose_next_answer("/transfers/initiate")
    send(payable)
    cora.fault("status", "/transfers/initiate", status=422, times=None)

    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)

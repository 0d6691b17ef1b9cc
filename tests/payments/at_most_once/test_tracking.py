"""From the bank back to the books by polls and webhooks: in any order, twice, forged, or not."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.chart.archive import archive_account
from accounts.journal.entries import balances
from accounts.models import Account
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.models import BankAccount, BankEvent
from payments.models import Payable
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.orders.transitions import claim_queued
from payments.states import OrderStatus, PayableStatus
from payments.timeline import LEFT_THE_LIST, NEEDS_CHECKING
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of
from tests.banking.factories import change
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import (
    deliver,
    door,
    follow,
    is_paid_once,
    notice,
    post,
    send,
    sync,
)
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import approve

pytestmark = pytest.mark.django_db(transaction=True)


# --- Polls ---


def test_a_transfer_approved_in_the_bank_is_paid_by_the_poll_alone(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)
    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)

    cora.approve_all()
    follow(account, monday, times=3)

    assert is_paid_once([payable], account, "150.00")
    (order,) = bills.orders(tenant)
    with tenant_scope(tenant.id):
        assert order.entry is not None
        lines = {line.account_id: line.amount for line in order.entry.lines.all()}
    assert lines[payable.expense_account_id] == Decimal("150.00")


def test_a_refusal_in_the_bank_gives_the_bill_back_held(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)

    cora.refuse_all()
    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.REJECTED)
    given_back = bills.read(payable)
    assert (given_back.status, given_back.hold) == (PayableStatus.PENDING, Payable.Hold.REFUSED)
    assert bills.entries(tenant.id) == 0


def test_what_nobody_approves_in_time_has_expired(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)

    monday.shift(timedelta(days=1))
    cora.expire_all()
    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.EXPIRED)
    assert bills.read(payable).hold == Payable.Hold.EXPIRED


def test_a_bank_that_does_not_answer_changes_nothing(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)
    cora.approve_all()
    cora.fault("status", "/transfer/*", status=503, times=1)

    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)

    follow(account, monday)
    assert is_paid_once([payable], account, "150.00")


def test_rounds_at_the_same_time_post_one_entry(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in range(1, 11)]
    send(*payables)
    cora.approve_all()
    deliver(cora)
    monday.shift(timedelta(minutes=3))

    at_once(lambda: tracking.follow_account(tenant.id, account.id), people=4)

    follow(account, monday)
    assert is_paid_once(payables, account, "55.00")


def test_an_entry_that_the_books_refuse_calls_a_person_and_stops_nobody_else(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    stuck = bills.enter_ted(tenant)
    other = bills.enter_ted(tenant, "200.00", classification="5.3.01")
    send(stuck, other)
    with tenant_scope(tenant.id):
        expense = Account.objects.of(tenant).get(id=stuck.expense_account_id)
    archive_account(expense)
    cora.approve_all()

    follow(account, monday, times=2)

    assert bills.read(other).status == PayableStatus.PAID
    assert bills.read(stuck).status == PayableStatus.SENT
    assert bills.timeline(stuck).count(NEEDS_CHECKING) == 1

    change(expense, archived_at=None)
    follow(account, monday)
    assert is_paid_once([stuck, other], account, "350.00")


def test_a_claim_is_left_alone_within_its_lease(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    claim_queued(account)

    tracking.follow_account(tenant.id, account.id)
    assert bills.all_are(tenant, OrderStatus.SENDING)

    monday.shift(timedelta(minutes=6))
    tracking.follow_account(tenant.id, account.id)
    assert not bills.all_are(tenant, OrderStatus.SENDING)


def test_the_sweep_finds_what_is_unfinished_and_nothing_else(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    assert tracking.unfinished(timezone.now()) == []
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    assert tracking.unfinished(timezone.now()) == [(tenant.id, account.id)]
    send_queued(tenant.id, account.id)
    assert tracking.unfinished(timezone.now()) == []  # its poll is to come

    monday.shift(timedelta(minutes=3))
    assert tracking.unfinished(timezone.now()) == [(tenant.id, account.id)]
    cora.approve_all()
    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.PAID)
    assert tracking.unfinished(timezone.now() + timedelta(hours=5)) == []
    # A transfer may come back: it is looked at now and then, and after a week no more.
    assert tracking.unfinished(timezone.now() + timedelta(hours=7)) == [(tenant.id, account.id)]
    assert tracking.unfinished(timezone.now() + timedelta(days=8)) == []


# --- Webhooks ---


def test_a_boleto_is_paid_by_the_list_and_the_webhook_together(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()

    assert set(deliver(cora)) == {200}
    tracking.follow_account(tenant.id, account.id)  # at once: an event makes it its order's turn

    assert is_paid_once([payable], account, "1234.56")


def test_a_boleto_that_was_refused_is_given_back_by_the_list_and_the_webhook(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.refuse_all()
    deliver(cora)

    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.REJECTED)
    assert bills.read(payable).hold == Payable.Hold.REFUSED


def test_an_event_that_comes_twice_is_kept_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()

    first, second = deliver(cora), deliver(cora)
    follow(account, monday, times=2)
    third = deliver(cora)
    follow(account, monday)

    assert (set(first), set(second), set(third)) == ({200}, {200}, {200})
    assert is_paid_once([payable], account, "1234.56")


def test_events_in_the_wrong_order_end_the_same(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()

    for kind in ("completed", "created", "approved", "initiated"):
        assert deliver(cora, only=kind) == [200]
        follow(account, monday)

    assert is_paid_once([payable], account, "1234.56")


def test_an_event_that_comes_before_the_orders_own_answer_is_not_lost(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    cora.lose_next_answer("/payments/initiate")
    send(payable)
    cora.approve_all()
    deliver(cora)
    assert bills.all_are(tenant, OrderStatus.UNKNOWN)

    follow(account, monday, times=2)

    assert is_paid_once([payable], account, "1234.56")
    assert bills.effects(cora) == bills.once_each(tenant)


@pytest.mark.parametrize("kind", ["payment.completed", "payment.reproved"])
def test_a_forged_event_about_an_order_that_still_waits_changes_nothing(
    kind: str,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_boleto(tenant)
    (order,) = send(payable)

    assert post(door(cora), notice(kind, order.reference)) == 200
    follow(account, monday, times=2)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.read(payable).status == PayableStatus.SENT


def test_events_that_contradict_each_other_are_left_to_the_statement(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    (order,) = send(payable)
    cora.approve_all()
    deliver(cora)
    post(door(cora), notice("payment.reproved", order.reference))

    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert LEFT_THE_LIST in bills.timeline(payable)

    sync(account)
    follow(account, monday)
    assert is_paid_once([payable], account, "1234.56")


def test_an_event_at_a_wrong_address_is_not_kept(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    (order,) = send(bills.enter_boleto(tenant))
    wrong = door(cora).rstrip("/").rpartition("/")[0] + "/outro-segredo/"

    assert post(wrong, notice("payment.completed", order.reference)) == 404

    with tenant_scope(tenant.id):
        assert not BankEvent.objects.of(tenant).exists()


@pytest.mark.parametrize("older", ["INITIATED", "CANCELED"])
def test_news_that_a_paid_order_cannot_have_changes_nothing(
    older: str,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    (order,) = send(payable)
    cora.approve_all()
    follow(account, monday)
    cora.fault("unknown_enum", "/transfer/*", value=older, times=None)
    assert post(door(cora), notice("transfer.canceled", order.reference)) == 200

    follow(account, monday, times=2)

    assert is_paid_once([payable], account, "150.00")


def test_a_transfer_that_comes_back_is_in_the_books_again_and_held(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)
    cora.approve_all()
    follow(account, monday)
    assert is_paid_once([payable], account, "150.00")

    cora.refund(cora.transfers()[0]["id"])
    deliver(cora)
    follow(account, monday, times=2)

    assert bills.all_are(tenant, OrderStatus.RETURNED)
    given_back = bills.read(payable)
    assert (given_back.status, given_back.hold) == (PayableStatus.PENDING, Payable.Hold.RETURNED)
    assert bills.book_balance(account) == 0
    (order,) = bills.orders(tenant)
    assert bills.entries(tenant.id) == 2
    assert order.return_entry_id not in {None, order.entry_id}

    send(approve(payable))  # it was approved again and sent again: another order
    assert len(cora.transfers()) == 2


@pytest.mark.parametrize("entries", Entries)
def test_a_transfer_comes_back_after_its_account_was_tied_to_another_leaf(
    tenant: Tenant,
    admin: User,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
    entries: Entries,
) -> None:
    before, after = bills.enter_ted(tenant), bills.enter_ted(tenant, "200.00")
    send(before)
    cora.approve_all()
    follow(account, monday)
    send(after)
    old, new = account.ledger_account, account_of(tenant, "1.1.1.01")
    with tenant_scope(tenant.id):
        tie_account(account, new, entries=entries, seen=old.id, by=admin)

    cora.refund(cora.transfers()[0]["id"])
    cora.approve_all()
    deliver(cora)
    follow(account, monday, times=2)

    assert bills.read(before).hold == Payable.Hold.RETURNED
    assert bills.read(after).status == PayableStatus.PAID
    with tenant_scope(tenant.id):
        sums = balances(tenant, [old, new])
    assert (sums[old.id], sums[new.id]) == (0, Decimal("-200.00"))


def test_a_transfer_that_comes_back_is_noticed_though_no_webhook_tells(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)
    cora.approve_all()
    follow(account, monday)
    cora.refund(cora.transfers()[0]["id"])

    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.PAID)  # its turn is hours away
    monday.shift(timedelta(hours=7))
    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.RETURNED)
    assert bills.read(payable).hold == Payable.Hold.RETURNED
    assert bills.book_balance(account) == 0

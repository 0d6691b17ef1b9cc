"""Rounds of an account: one at a time, and one more for what comes during one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount
from core import lease
from core.clock import database_now
from core.errors import InvalidInput
from payments.models import TrackingRound
from payments.orders.tracking import ask_for_round, follow_account, round_of, unfinished
from payments.states import OrderStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, nudged
from tests.cast import sign_in
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import deliver, door, notice, post, send
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.at_most_once.worker_pool import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOW = "payments.tasks.follow_account"
STATES = "/transfer/*"


def ask(account: BankAccount) -> None:
    ask_for_round(account.tenant_id, account.id)


def follow(account: BankAccount) -> bool:
    return follow_account(account.tenant_id, account.id)


def row(account: BankAccount) -> TrackingRound:
    with tenant_scope(account.tenant_id):
        return TrackingRound.objects.of(account.tenant_id).get(bank_account=account)


def swept(account: BankAccount) -> bool:
    return (account.tenant_id, account.id) in unfinished(timezone.now())


@contextmanager
def round_under_way(account: BankAccount, cora: CoraSimulator) -> Iterator[list[bool]]:
    """Somebody is at a round, and waits for the bank; what it gave, at the end."""
    before = cora.count_requests(STATES)
    cora.fault("slow_answer", STATES, ms=1500)
    told: list[bool] = []

    def go() -> None:
        try:
            told.append(follow(account))
        finally:
            connection.close()

    thread = Thread(target=go)
    thread.start()
    wait_for(lambda: cora.count_requests(STATES) > before, "the round asks the bank")
    yield told
    thread.join()


@pytest.fixture
def at_bank(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> BankAccount:
    """The account has an order at the bank, whose turn it is."""
    send(bills.enter_ted(tenant))
    monday.shift(timedelta(minutes=3))
    return account


def test_many_who_ask_are_one_message(account: BankAccount) -> None:
    with nudged() as messages:
        for _ in range(50):
            ask(account)

    assert messages == [(FOLLOW, [str(account.tenant_id), str(account.id)])]


def test_many_who_ask_at_once_are_one_message(account: BankAccount) -> None:
    with nudged() as messages:
        at_once(lambda: ask(account), people=8)

    assert len(messages) == 1


def test_a_round_uses_up_what_was_asked_before_it(account: BankAccount) -> None:
    ask(account)

    assert follow(account) is False

    with nudged() as messages:
        ask(account)
    assert len(messages) == 1


def test_a_lost_message_is_found_by_the_sweep(account: BankAccount) -> None:
    assert not swept(account)
    ask(account)

    assert swept(account)

    follow(account)
    assert not swept(account)


def test_nobody_asks_before_what_is_written_is_committed(account: BankAccount) -> None:
    with transaction.atomic(), nudged() as messages:
        ask(account)

    assert messages == []
    assert row(account).wanted_at is not None


def test_one_that_comes_during_a_round_causes_one_more(
    at_bank: BankAccount, cora: CoraSimulator
) -> None:
    with nudged() as messages, round_under_way(at_bank, cora) as told:
        for _ in range(20):
            ask(at_bank)

    assert told == [True]
    assert len(messages) == 1
    assert follow(at_bank) is False


def test_two_do_not_follow_an_account_at_once(at_bank: BankAccount, cora: CoraSimulator) -> None:
    with round_under_way(at_bank, cora) as told:
        change_turn(at_bank)
        assert follow(at_bank) is False
        assert not swept(at_bank)

    assert told == [False]
    assert cora.count_requests(STATES) == 1


def change_turn(account: BankAccount) -> None:
    """Its order might be asked about now."""
    for order in bills.orders_in(account.tenant_id):
        change(order, wait_until=None)


def test_a_round_that_breaks_frees_the_account(account: BankAccount) -> None:
    change(account.connection, provider="none")  # a bank that nobody knows

    with pytest.raises(InvalidInput):
        follow(account)

    assert row(account).lease is None


def test_who_lost_the_account_frees_it_from_nobody(account: BankAccount) -> None:
    mine = take_round(account, timedelta(seconds=-1))
    theirs = take_round(account)

    with tenant_scope(account.tenant_id):
        assert lease.give_back(rounds_of(account), mine) is False
    assert row(account).lease == theirs


def rounds_of(account: BankAccount) -> QuerySet[TrackingRound]:
    return TrackingRound.objects.of(account.tenant_id).filter(bank_account=account)


def take_round(account: BankAccount, lasts: timedelta = timedelta(minutes=5)) -> UUID:
    with tenant_scope(account.tenant_id):
        token = lease.take(round_of(account.tenant_id, account.id), lasts)
    assert token is not None
    return token


def test_a_worker_that_died_frees_the_account_after_a_while(at_bank: BankAccount) -> None:
    ask(at_bank)
    change(row(at_bank), lease=uuid4(), leased_until=database_now() + timedelta(minutes=5))
    assert follow(at_bank) is False
    assert row(at_bank).wanted_at is not None

    change(row(at_bank), leased_until=database_now() - timedelta(seconds=1))
    assert swept(at_bank)
    follow(at_bank)

    assert row(at_bank).wanted_at is None


# --- What asks ---


def test_a_notice_wakes_its_account_and_no_other(
    tenant: Tenant, admin: User, at_bank: BankAccount, cora: CoraSimulator
) -> None:
    make_account(tenant, admin)
    cora.approve_all()

    with nudged() as messages:
        assert set(deliver(cora)) == {200}

    assert [m for m in messages if m[0] == FOLLOW] == [(FOLLOW, [str(tenant.id), str(at_bank.id)])]
    assert "payments.tasks.sweep_orders" not in [task for task, _ in messages]


def test_a_burst_of_notices_is_two_messages(
    tenant: Tenant, at_bank: BankAccount, cora: CoraSimulator
) -> None:
    cora.approve_all()
    address = door(cora)
    with nudged() as messages:
        for number in range(100):
            post(address, notice("transfer.completed", f"trn_{number:022}"))

    assert len(messages) <= 2


def test_who_asks_to_cancel_asks_for_a_round(
    client: Client, tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    """Also while a round is under way, which may be past the cancellations."""
    payable = bills.enter_boleto(tenant)
    send(payable)
    sign_in(client, payable.created_by, tenant)
    token = take_round(account)

    client.post(reverse("payments:take_back", args=[payable.id]))

    assert row(account).wanted_at is not None
    with tenant_scope(tenant.id):
        lease.give_back(rounds_of(account), token)
    follow(account)
    assert bills.all_are(tenant, OrderStatus.CANCELLED)

"""A flood of notices and a backlog delay neither payments nor ticks. Counted in messages and in
the order in which workers take them, not in seconds."""

import pytest
import time_machine

from banking.models import BankAccount
from payments.states import OrderStatus
from tenants.models import Tenant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import door, notice, post, send
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SEND, FOLLOW = "payments.tasks.send_queued", "payments.tasks.follow_account"
SYNC, SWEEP = "banking.tasks.sync_account", "payments.tasks.sweep_orders"
# How many a worker may have taken before it comes to a new message: its threads, and as many ahead.
TAKEN_AHEAD = 8
FLOOD = 300  # notices: sixty times the messages that may wait


def test_a_flood_of_notices_leaves_few_messages_and_an_order_goes_first(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: time_machine.Traveller,
) -> None:
    send(*(bills.enter_ted(tenant, f"{n}.00") for n in range(1, 6)))
    cora.approve_all()
    address = door(cora)
    references = [order.reference for order in bills.orders(tenant)]
    payments, _ = workers.one_of_each()
    most_waiting = 0

    with workers.broker.takes_our_messages():
        for number in range(FLOOD):
            reference = references[number] if number < 5 else f"trn_{number:022}"
            assert post(address, notice("transfer.completed", reference)) == 200
            most_waiting = max(most_waiting, workers.broker.waiting())
            if number == FLOOD // 2:
                bills.queue([bills.enter_ted(tenant, "999.00")])
                before = len(payments.received())
                workers.broker.send(SEND, tenant.id, account.id)

    wait_for(lambda: bills.statuses(tenant)[OrderStatus.QUEUED] == 0, "the order was sent")
    assert most_waiting <= 5
    assert payments.received()[before:].index(SEND) <= TAKEN_AHEAD
    wait_for(lambda: bills.statuses(tenant)[OrderStatus.PAID] == 5, "what was told of is paid")
    assert bills.effects(cora) == bills.once_each(tenant)


def test_ticks_are_not_dropped_behind_a_backlog(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    for _ in range(500):
        workers.broker.send(SYNC, tenant.id, account.id)
        workers.broker.send(FOLLOW, tenant.id, account.id)
    bills.queue([bills.enter_ted(tenant)])
    workers.broker.send(SWEEP)

    pair = workers.one_of_each()

    wait_for(lambda: any(SWEEP in each.received() for each in pair), "the tick is taken")
    (taker,) = (each for each in pair if SWEEP in each.received())
    assert taker.received().index(SWEEP) <= TAKEN_AHEAD


def test_readings_do_not_delay_payments(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    for _ in range(500):
        workers.broker.send(SYNC, tenant.id, account.id)
    bills.queue([bills.enter_ted(tenant)])
    payments, _ = workers.one_of_each()

    workers.broker.send(SEND, tenant.id, account.id)

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "it is at the bank")
    assert SYNC not in payments.received()


def test_a_worker_that_is_back_after_hours_runs_the_ticks_that_waited_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    workers.environment["TICK_SECONDS"] = "3600"
    bills.queue([bills.enter_ted(tenant)])
    for _ in range(100):
        workers.broker.send(SWEEP)

    worker = workers.worker()

    wait_for(lambda: worker.received().count(SWEEP) == 100, "all ticks were taken")
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "it is at the bank")
    assert worker.received().count(SEND) == 1

"""Several real workers and beats over one database: doubled messages, a lost Redis, two beats."""

from datetime import UTC, datetime

import pytest
import time_machine

from banking.models import BankAccount
from payments.states import OrderStatus
from payments.timeline import AT_BANK
from tenants.models import Tenant
from tests.banking.factories import change
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.worker_pool import Process, WorkerPool, wait_for
from tests.payments.factories import TODAY

pytestmark = pytest.mark.django_db(transaction=True)

SEND = "payments.tasks.send_queued"
BEFORE_SEVEN = datetime(2026, 11, 23, 9, 59, 59, tzinfo=UTC)  # 06:59:59 in São Paulo


def test_a_message_that_comes_many_times_sends_each_order_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in range(1, 81)])
    cora.settings(latency_ms=30)
    for _ in range(2):
        workers.one_of_each()

    for _ in range(6):
        workers.broker.send(SEND, tenant.id, account.id)
    workers.tick_until(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank")

    assert cora.count_requests("/transfers/initiate") == 80
    assert bills.effects(cora) == bills.once_each(tenant)


def test_two_beats_and_a_lost_redis_send_the_day_once_and_all_of_it(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: time_machine.Traveller,
) -> None:
    monday.move_to(BEFORE_SEVEN)
    change(account, modo_banking_from=TODAY)
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in range(1, 31)]
    payables.append(bills.enter_boleto(tenant))
    cora.settings(latency_ms=150)
    beats = [workers.beat(), workers.beat()]
    for _ in range(2):
        workers.one_of_each()

    wait_for(lambda: cora.count_requests("/*/initiate") > 0, "the run has begun")
    workers.broker.flush()  # messages of the run, and of the ticks, are gone
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank")

    looked = [looks(beat) for beat in beats]
    wait_for(
        lambda: all(looks(b) > n for b, n in zip(beats, looked, strict=True)),
        "both beats look again",
    )
    (run,) = bills.runs(tenant)
    assert run.day == TODAY
    assert {order.run_id for order in bills.orders(tenant)} == {run.id}
    assert len(bills.orders(tenant)) == len(payables)
    assert bills.effects(cora) == bills.once_each(tenant)
    assert all(bills.timeline(payable).count(AT_BANK) == 1 for payable in payables)


def looks(beat: Process) -> int:
    """How often it asked whose run is to be made."""
    return beat.log.read_text().count("payments.tasks.dispatch_due_accounts")


def test_a_redis_that_forgets_while_orders_wait_delays_them_only(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    workers.broker.send(SEND, tenant.id, account.id)
    workers.broker.flush()
    workers.one_of_each()
    workers.beat()
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "the first one is at the bank")

    workers.broker.flush()
    bills.queue([bills.enter_ted(tenant)])

    wait_for(lambda: bills.statuses(tenant) == {OrderStatus.AT_BANK: 2}, "the second one too")
    assert bills.effects(cora) == bills.once_each(tenant)

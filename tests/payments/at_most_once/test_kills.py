"""A worker dies by SIGKILL at each step of a send; another takes over. Real processes throughout.

The steps are pinned from outside: by a lock on the table that the worker comes to next, or by a
bank that takes its time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal

import pytest

from banking.models import BankAccount
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.database import CONNECTIONS, ORDERS, locked, wait_until_stuck
from tests.payments.at_most_once.token import let_the_token_end
from tests.payments.at_most_once.worker_pool import Process, WorkerPool, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

Killing = Callable[[Process, Callable[[], None], CoraSimulator], None]
SENDING = ("/transfers/initiate", "/payments/initiate")
SEND, SYNC = "payments.tasks.send_queued", "banking.tasks.sync_account"


def before_the_claim(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    with locked(ORDERS):
        send()
        wait_until_stuck(ORDERS)
        victim.kill()
    assert cora.count_requests("/*/initiate") == 0


def after_the_claim(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    # The claim looks at the connection too, so the lock on it comes right behind the claim's end,
    # before the new token that the sender then needs.
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        with locked(ORDERS):
            send()
            wait_until_stuck(ORDERS)
            token = pool.submit(stack.enter_context, locked(CONNECTIONS, "ACCESS EXCLUSIVE"))
            wait_until_stuck(CONNECTIONS)
        token.result()
        wait_until_stuck(CONNECTIONS)
        victim.kill()
    assert cora.count_requests("/*/initiate") == 0


def while_the_bank_works(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    for path in SENDING:
        cora.fault("delay", path, ms=1500)
    send()
    wait_for(lambda: cora.count_requests("/*/initiate") == 2, "the requests are at the bank")
    victim.kill()
    assert not cora.orders()


def after_the_request_left(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    for path in SENDING:
        cora.fault("slow_answer", path, ms=20_000)
    send()
    wait_for(lambda: len(cora.orders()) == 2, "the bank has done the work")
    victim.kill()


def before_the_outcome_is_stored(
    victim: Process, send: Callable[[], None], cora: CoraSimulator
) -> None:
    for path in SENDING:
        cora.fault("slow_answer", path, ms=1000)
    send()
    wait_for(lambda: len(cora.orders()) == 2, "the bank has done the work")
    with locked(ORDERS):
        wait_until_stuck(ORDERS)  # the answers are here
        victim.kill()


@pytest.mark.parametrize(
    "kill",
    [
        before_the_claim,
        after_the_claim,
        while_the_bank_works,
        after_the_request_left,
        before_the_outcome_is_stored,
    ],
)
def test_a_worker_killed_at_any_step_neither_doubles_nor_loses_a_payment(
    kill: Killing, tenant: Tenant, account: BankAccount, cora: CoraSimulator, workers: WorkerPool
) -> None:
    workers.environment["SEND_LEASE_SECONDS"] = "2"
    payables = [bills.enter_ted(tenant), bills.enter_boleto(tenant)]
    bills.queue(payables)
    let_the_token_end(account)
    kill(workers.worker(), lambda: workers.broker.send(SEND, tenant.id, account.id), cora)
    workers.broker.flush()

    workers.worker()
    workers.tick_until(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank")

    assert bills.effects(cora) == bills.once_each(tenant)
    assert {bills.read(p).status for p in payables} == {PayableStatus.SENT}
    assert bills.entries(tenant.id) == 0

    assert cora.approve_all() == 2
    workers.broker.send(SYNC, tenant.id, account.id)
    workers.tick_until(lambda: bills.all_are(tenant, OrderStatus.PAID), "all is paid")

    assert {bills.read(p).status for p in payables} == {PayableStatus.PAID}
    assert bills.entries(tenant.id) == 2
    assert bills.book_balance(account) == -Decimal("150.00") - Decimal(bills.BOLETO_AMOUNT)
    assert bills.effects(cora) == bills.once_each(tenant)

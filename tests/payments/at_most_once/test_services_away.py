"""Redis or PostgreSQL is away for a while: nobody dies of it, and all go on soon after."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from banking.models import BankAccount
from payments.states import OrderStatus
from tenants.models import Tenant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.cable import Cable
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

BACK = 20.0  # seconds after it returned
TRIES = 6


@pytest.fixture
def lay() -> Iterator[Callable[[str, int], Cable]]:
    """Makes cables, which are taken away at the end."""
    with ExitStack() as stack:
        yield lambda url, port: stack.enter_context(closing(Cable(url, port)))


def cut(cable: Cable) -> None:
    cable.cut()


def hang(cable: Cable) -> None:
    cable.hang()


@pytest.mark.parametrize("end", [cut, hang])
def test_a_redis_that_was_away_is_found_again_by_worker_and_beat(
    end: Callable[[Cable], None],
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
    lay: Callable[[str, int], Cable],
) -> None:
    cable = lay(workers.broker.url, 6379)
    workers.environment["REDIS_URL"] = cable.url
    worker, beat = workers.worker(), workers.beat()
    bills.queue([bills.enter_ted(tenant)])
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "the first one is at the bank")

    end(cable)
    wait_for(lambda: cable.turned_away >= TRIES, "they have tried in vain")
    bills.queue([bills.enter_ted(tenant)])
    cable.mend()

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank", BACK)
    assert worker.is_alive() and beat.is_alive()
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_postgresql_that_was_away_is_found_again_by_the_worker(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
    lay: Callable[[str, int], Cable],
) -> None:
    cable = lay(os.environ["DATABASE_URL"], 5432)
    workers.environment["DATABASE_URL"] = cable.url
    worker = workers.worker()
    workers.beat()
    bills.queue([bills.enter_ted(tenant)])
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "the first one is at the bank")

    cable.cut()
    wait_for(lambda: cable.turned_away >= TRIES, "it has tried in vain")
    bills.queue([bills.enter_ted(tenant)])
    cable.mend()

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank", BACK)
    assert worker.is_alive()
    assert bills.effects(cora) == bills.once_each(tenant)

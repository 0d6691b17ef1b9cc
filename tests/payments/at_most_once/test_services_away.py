"""Redis or PostgreSQL is away for a while: nobody dies of it, and all go on soon after."""

import os
from collections.abc import Callable

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
) -> None:
    cable = Cable(workers.broker.url, 6379)
    workers.environment["REDIS_URL"] = cable.url
    worker, beat = workers.worker(), workers.beat()
    bills.queue([bills.enter_ted(tenant)])
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "the first one is at the bank")

    end(cable)
    wait_for(lambda: worker.count("Trying again") > 2, "the worker has tried in vain")
    bills.queue([bills.enter_ted(tenant)])
    cable.mend()

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank", BACK)
    assert worker.is_alive() and beat.is_alive()
    assert bills.effects(cora) == bills.once_each(tenant)


@pytest.mark.parametrize("end", [cut, hang])
def test_a_postgresql_that_was_away_is_found_again_by_the_worker(
    end: Callable[[Cable], None],
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
) -> None:
    cable = Cable(os.environ["DATABASE_URL"], 5432)
    workers.environment["DATABASE_URL"] = cable.url
    worker = workers.worker()
    workers.beat()
    bills.queue([bills.enter_ted(tenant)])
    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "the first one is at the bank")

    end(cable)
    wait_for(lambda: worker.count("error connecting in 'pool") > 2, "it has tried in vain")
    bills.queue([bills.enter_ted(tenant)])
    cable.mend()

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank", BACK)
    assert worker.is_alive()
    assert bills.effects(cora) == bills.once_each(tenant)

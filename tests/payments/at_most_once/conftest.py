"""One company with an account at the simulated bank, and a clock that all of them agree on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from celery import current_app
from pytest_django import Settings

from banking.models import BankAccount
from tenants.models import Tenant, User
from tests.banking.factories import change, connect_account
from tests.clock import Traveller, travel
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once.every_bank import BankTraits, EveryBank
from tests.payments.at_most_once.worker_pool import Broker, WorkerPool

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # Monday, 09:00 in São Paulo


@pytest.fixture
def monday() -> Iterator[Traveller]:
    """It is Monday 23/11/2026, 09:00 in São Paulo, and time passes."""
    with travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def cora(bank_process: CoraSimulator, settings: Settings, monday: Traveller) -> CoraSimulator:
    """The bank as on its first start. Nobody answers at the address of our webhook door."""
    bank_process.reset(now=NOW)
    settings.CORA_BASE_URL = bank_process.base_url
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    return bank_process


@pytest.fixture
def bank(
    manners: BankTraits,
    bank_process: CoraSimulator,
    settings: Settings,
    monday: Traveller,
) -> EveryBank:
    """The one that the module's `manners` name, as on its first start and without a history.

    Nobody answers at our webhook door.
    """
    bank_process.reset(now=NOW)
    setattr(settings, f"{manners.slug.upper()}_BASE_URL", bank_process.addresses[manners.slug])
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    return EveryBank(bank_process, manners)


@pytest.fixture
def account(tenant: Tenant, admin: User, cora: CoraSimulator) -> BankAccount:
    """Ours at the bank, connected, the company's preferred one."""
    return connect_account(tenant, admin, cora)


@pytest.fixture
def modo_banking(account: BankAccount) -> None:
    """On since long ago."""
    change(account, modo_banking_from=date(2026, 1, 2))


@pytest.fixture
def run_tasks_here() -> Iterator[None]:
    """A task that is sent runs at once, in this process."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def workers(cora: CoraSimulator, worker_id: str, tmp_path: Path) -> Iterator[WorkerPool]:
    """Celery processes over this test's database, Redis and bank."""
    broker = Broker(worker_id)
    broker.flush()
    workers = WorkerPool(broker, tmp_path, CORA_BASE_URL=cora.base_url)
    yield workers
    workers.end()
    broker.flush()
    broker.close()

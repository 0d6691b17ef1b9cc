"""The simulator of Cora behind the product, and a clock that both agree on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from banking.models import BankAccount
from tenants.models import Tenant, User
from tests.banking.factories import connect_account
from tests.bs2_simulator import Bs2Simulator
from tests.cast import sign_in
from tests.clock import Traveller, travel
from tests.cora_simulator import CoraSimulator
from tests.kamino_simulator import KaminoSimulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # Monday, 09:00 in São Paulo


@pytest.fixture
def monday() -> Iterator[Traveller]:
    """It is Monday 23/11/2026, 09:00 in São Paulo, and time passes."""
    with travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def cora(bank_process: CoraSimulator, settings: Settings, monday: Traveller) -> CoraSimulator:
    """The bank as on its first start; the product's settings lead to it."""
    bank_process.reset(now=NOW)
    settings.CORA_BASE_URL = bank_process.base_url
    settings.PUBLIC_URL = "http://127.0.0.1"  # the bank sends people back to this machine only
    return bank_process


@pytest.fixture
def operator_in(client: Client, tenant: Tenant, operator: User) -> Client:
    """The operator, at the browser."""
    sign_in(client, operator, tenant)
    return client


@pytest.fixture
def account(tenant: Tenant, admin: User, cora: CoraSimulator) -> BankAccount:
    """Ours at Cora, connected; nothing was read yet."""
    return connect_account(tenant, admin, cora)


@pytest.fixture
def bs2(
    bank_process: CoraSimulator, settings: Settings, monday: Traveller
) -> Iterator[Bs2Simulator]:
    """BS2 as on its first start; the product's settings lead to it."""
    simulator = Bs2Simulator(bank_process)
    simulator.reset(now=NOW)
    settings.BS2_BASE_URL = simulator.base_url
    settings.PUBLIC_URL = "http://127.0.0.1"  # the bank sends people back to this machine only
    yield simulator
    simulator.stop()


@pytest.fixture
def kamino(
    bank_process: CoraSimulator, settings: Settings, monday: Traveller
) -> Iterator[KaminoSimulator]:
    """The Conta Kamino as on its first start; the product's settings lead to it."""
    bank_process.reset(now=NOW)
    with KaminoSimulator(bank_process) as simulator:
        settings.KAMINO_BASE_URL = simulator.base_url
        yield simulator

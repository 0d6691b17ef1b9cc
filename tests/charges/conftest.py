"""The three banks of the simulator, each with an account of ours."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks import registry
from banking.connections.begin import terms_version
from banking.connections.complete import open_connection
from banking.models import BankAccount, Connection
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.conftest import bs2, cora, kamino, monday
from tests.banking.factories import connect_account, make_bs2_connection
from tests.bs2_simulator import Bs2Simulator
from tests.cast import sign_in
from tests.charges.three_banks import BANKS, AtBank
from tests.clock import Traveller
from tests.cora_simulator import CoraSimulator
from tests.kamino_simulator import KaminoSimulator

__all__ = ["bs2", "cora", "kamino", "monday"]


@pytest.fixture
def at_cora(tenant: Tenant, admin: User, cora: CoraSimulator) -> BankAccount:
    account = connect_account(tenant, admin, cora)
    cora.pix_key(True)
    return account


@pytest.fixture
def at_bs2(tenant: Tenant, admin: User, bs2: Bs2Simulator) -> BankAccount:
    connection = make_bs2_connection(tenant, admin, bs2)
    account = open_connection(tenant.id, connection.id)
    assert account is not None
    return account


@pytest.fixture
def at_kamino(
    client: Client, tenant: Tenant, operator: User, kamino: KaminoSimulator
) -> BankAccount:
    mode = registry.info("kamino").modes[0]
    sign_in(client, operator, tenant)
    page = reverse("banking:mode", args=["kamino", mode.slug])
    client.post(page, {"accepted": "on", "version": terms_version(mode)})
    with tenant_scope(tenant.id):
        connection = Connection.objects.of(tenant).get(provider="kamino")
    account = open_connection(tenant.id, connection.id)
    assert account is not None
    return account


@pytest.fixture
def later(bank_process: CoraSimulator, monday: Traveller) -> Iterator[Callable[[timedelta], None]]:
    """Time passes for the product and for the banks."""

    def pass_time(span: timedelta) -> None:
        monday.shift(span)
        bank_process.advance(span.total_seconds())

    yield pass_time


@pytest.fixture(params=[*BANKS])
def at_bank(request: pytest.FixtureRequest) -> AtBank:
    """Each of the three, one after the other."""
    slug: str = request.param
    simulator = request.getfixturevalue(slug)
    return BANKS[slug](request.getfixturevalue(f"at_{slug}"), simulator)


@pytest.fixture
def at_banks(
    cora: CoraSimulator,
    bs2: Bs2Simulator,
    kamino: KaminoSimulator,
    at_cora: BankAccount,
    at_bs2: BankAccount,
    at_kamino: BankAccount,
) -> list[AtBank]:
    """All three at once, of one company. The banks come first: each of them begins anew."""
    accounts, simulators = (at_cora, at_bs2, at_kamino), (cora, bs2, kamino)
    made = zip(BANKS.values(), accounts, simulators, strict=True)
    return [at_bank(account, simulator) for at_bank, account, simulator in made]

"""«Conciliar», tried with the banks of the simulator."""

import pytest
from django.test import Client

from banking.models import BankAccount
from tenants.models import Membership, Tenant
from tests.banking.conftest import account, bs2, cora, kamino, monday, operator_in
from tests.cast import sign_in
from tests.charges.factories import membership
from tests.payments.factories import make_bank_account

__all__ = ["account", "bs2", "cora", "kamino", "monday", "operator_in"]


@pytest.fixture
def ana(tenant: Tenant) -> Membership:
    """Finance."""
    return membership(tenant)


@pytest.fixture
def itau(tenant: Tenant) -> BankAccount:
    """An account whose bank nobody asks."""
    return make_bank_account(tenant)


@pytest.fixture
def finance(client: Client, tenant: Tenant, ana: Membership) -> Client:
    sign_in(client, ana.user, tenant)
    return client

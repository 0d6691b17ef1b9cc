import pytest

from banking.models import BankAccount
from tenants.models import Membership, Tenant, User
from tests.banking.conftest import cora, monday, operator_in
from tests.banking.imports.making import make_other
from tests.people.factories import membership_of

__all__ = ["cora", "monday", "operator_in"]


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    """Who sends files: finance."""
    return membership_of(tenant, operator)


@pytest.fixture
def boss(tenant: Tenant, admin: User) -> Membership:
    return membership_of(tenant, admin)


@pytest.fixture
def other(tenant: Tenant, by: Membership) -> BankAccount:
    """An account at Itaú, whose statement comes by file."""
    return make_other(tenant, by)

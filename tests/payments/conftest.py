"""What the tests of bills share."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tenants.models import Tenant, User
from tests.cast import sign_in
from tests.clock import Traveller, travel
from tests.payments.factories import MORNING


@pytest.fixture
def monday() -> Iterator[Traveller]:
    """It is Monday 23/11/2026, 10:00 in São Paulo, and time passes."""
    with travel(MORNING) as traveller:
        yield traveller


@pytest.fixture
def as_operator(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


@pytest.fixture
def as_approver(operator: User, approver: User, tenant: Tenant) -> Client:
    client = Client()
    sign_in(client, approver, tenant)
    return client


@pytest.fixture
def as_outsider(outsider: User, other_tenant: Tenant) -> Client:
    client = Client()
    sign_in(client, outsider, other_tenant)
    return client

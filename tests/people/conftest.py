"""A Monday morning, and a second admin."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tenants.models import Tenant, User
from tests.clock import Traveller, travel
from tests.people.factories import make_admin

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # Monday, 09:00 in São Paulo


@pytest.fixture
def monday() -> Iterator[Traveller]:
    with travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def second_admin(tenant: Tenant) -> User:
    """Has signed in before."""
    return make_admin(tenant)

"""How often somebody may ask, and who cannot ask at all."""

from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings as product
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tenants.models import Role, Tenant, User
from tests.cast import make_member, sign_in

pytestmark = pytest.mark.django_db

API = "/api/v1/payables/"
EXPORTS = [reverse("audit:export"), reverse("accounts:export")]


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """No window ends while a test counts."""
    with time_machine.travel("2026-11-23T13:00:10+00:00", tick=False):
        yield


@pytest.fixture
def few(settings: Settings) -> None:
    settings.API_RATES = {"person": "2/m", "company": "3/m"}
    settings.COSTLY_RATE = "2/m"


def statuses(client: Client, times: int, address: str = API, **more: str) -> list[int]:
    return [client.get(address, headers=more).status_code for _ in range(times)]


@pytest.mark.usefixtures("few")
def test_a_person_who_calls_too_often_is_told_when_to_come_back(
    client: Client, admin: User, tenant: Tenant
) -> None:
    sign_in(client, admin, tenant)
    assert statuses(client, 2) == [200, 200]

    refused = client.get(API)

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.headers["Retry-After"] == "50"  # until the minute is over


@pytest.mark.usefixtures("few")
def test_another_address_in_front_gives_nobody_more_calls(
    client: Client, admin: User, tenant: Tenant
) -> None:
    sign_in(client, admin, tenant)
    statuses(client, 2)

    for forged in ("203.0.113.7", "198.51.100.1, 203.0.113.9", "::1"):
        assert statuses(client, 1, **{"x-forwarded-for": forged, "x-real-ip": forged}) == [429]


@pytest.mark.usefixtures("few")
def test_another_session_gives_the_same_person_no_more_calls(admin: User, tenant: Tenant) -> None:
    for expected in ([200, 200], [429]):
        browser = Client()
        sign_in(browser, admin, tenant)
        assert statuses(browser, len(expected)) == expected


@pytest.mark.usefixtures("few")
def test_many_people_give_their_company_no_more_calls_and_take_none_from_another(
    tenant: Tenant, outsider: User, other_tenant: Tenant
) -> None:
    people = [make_member(tenant, Role.FINANCE) for _ in range(2)]
    answers = []
    for person in people:
        browser = Client()
        sign_in(browser, person, tenant)
        answers += statuses(browser, 2)
    assert answers == [200, 200, 200, 429]

    neighbour = Client()
    sign_in(neighbour, outsider, other_tenant)
    assert statuses(neighbour, 1) == [200]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("address", EXPORTS)
def test_files_are_made_only_so_often(
    client: Client, admin: User, tenant: Tenant, address: str
) -> None:
    sign_in(client, admin, tenant)
    assert statuses(client, 2, address) == [200, 200]

    refused = client.get(address)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "50")


def test_without_the_cache_the_product_goes_on(
    client: Client, admin: User, tenant: Tenant, settings: Settings
) -> None:
    away = {**product.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert caches["default"].get("nada", "vazio") == "vazio"
    sign_in(client, admin, tenant)

    assert statuses(client, 1) == [200]
    assert statuses(client, 1, EXPORTS[0]) == [200]
    asked = Client().post(reverse("account_login"), {"login": admin.email, "password": "errada"})
    assert asked.status_code == 200


def test_the_schema_is_for_people_signed_in(client: Client, admin: User, tenant: Tenant) -> None:
    assert client.get(reverse("api-schema")).status_code == 403

    sign_in(client, admin, tenant)

    assert client.get(reverse("api-schema")).status_code == 200

"""Who came in and who tried: what is noted, who is shown it, what the clock deletes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from audit.agents import agent_in_words
from audit.models import SignIn
from audit.sign_ins import Outcome, purge_old
from core.clock import database_now
from tenants.models import Role, Tenant, User
from tests.cast import PASSWORD, make_member, sign_in
from tests.clock import travel

pytestmark = pytest.mark.django_db

PAGE = reverse("audit:sign_ins")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def attempt(email: str, password: str = PASSWORD, *, agent: str = FIREFOX, at: str = "") -> None:
    more = {"REMOTE_ADDR": at} if at else {}
    values = {"login": email, "password": password}
    Client().post("/conta/login/", values, headers={"user-agent": agent}, **more)


def noted(user: User | None) -> list[tuple[str, int, str, str]]:
    rows = SignIn.objects.filter(user=user).order_by("id")
    return [(row.outcome, row.count, row.origin, row.agent) for row in rows]


@pytest.fixture
def noon() -> object:
    """No hour ends while a test counts."""
    with travel("2026-11-23T12:10:00-03:00") as traveller:
        yield traveller


@pytest.mark.usefixtures("noon")
def test_who_came_in_is_counted_by_where_from_and_by_what(operator: User) -> None:
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        attempt(operator.email, at=address)

    assert noted(operator) == [
        (Outcome.IN, 2, "192.0.2.1", "Firefox, Linux"),
        (Outcome.IN, 1, "192.0.2.2", "Firefox, Linux"),
    ]


@pytest.mark.usefixtures("noon")
def test_refused_attempts_are_one_row_of_the_person_and_the_hour(operator: User) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        attempt(operator.email.upper(), "errada", at=address, agent=f"curl/{address}")

    ((outcome, count, last, _),) = noted(operator)
    assert (outcome, count, last) == (Outcome.REFUSED, 3, "192.0.2.3")


def test_another_hour_is_another_row(operator: User, noon: object) -> None:
    attempt(operator.email, "errada")
    noon.shift(timedelta(hours=1))  # type: ignore[attr-defined]
    attempt(operator.email, "errada")

    assert [count for _, count, *_ in noted(operator)] == [1, 1]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
    ],
)
def test_browsers_are_called_as_people_call_them(agent: str, words: str) -> None:
    assert agent_in_words(agent) == words


def shown(client: Client, address: str = PAGE) -> set[int]:
    return {row.user_id for row in client.get(address).context["rows"]}


def test_an_admin_sees_the_companys_people_and_others_see_themselves(
    tenant: Tenant, admin: User, operator: User, other_tenant: Tenant, outsider: User
) -> None:
    for person in (admin, operator, outsider):
        attempt(person.email)
    browser = Client()
    sign_in(browser, admin, tenant)
    assert shown(browser) == {admin.pk, operator.pk}
    assert shown(browser, f"{PAGE}?by={operator.pk}") == {operator.pk}
    assert browser.get(f"{PAGE}?by={outsider.pk}").status_code == 404

    sign_in(browser, operator, tenant)
    assert shown(browser) == {operator.pk}
    assert browser.get(f"{PAGE}?by={admin.pk}").status_code == 404


def test_what_is_over_is_deleted_and_the_rest_is_not(
    tenant: Tenant, settings: pytest.FixtureRequest
) -> None:
    settings.SIGN_INS_KEPT_DAYS = 60
    person = make_member(tenant, Role.READER)
    for day in ("2026-09-01", "2026-11-01"):
        with travel(f"{day}T12:00:00-03:00"):
            attempt(person.email)

    with travel("2026-11-23T12:00:00-03:00"):
        purge_old(database_now())

    (left,) = SignIn.objects.filter(user=person)
    assert left.last_at.month == 11

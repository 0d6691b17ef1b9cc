"""Two companies in two tabs: what a page of one sends is never done in the other."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from payments.models import Payable
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.cast import sign_in
from tests.payments.factories import make_payable, shown

pytestmark = pytest.mark.django_db

FIELD, HEADER = "_company", "HTTP_X_COMPANY"


@pytest.fixture
def both(tenant: Tenant, other_tenant: Tenant, approver: User) -> User:
    """An approver of both companies."""
    add_member(other_tenant, approver, Role.APPROVER)
    return approver


@pytest.fixture
def tab(client: Client, both: User, tenant: Tenant) -> Client:
    """Works for the first company; nothing that it sends says so by itself."""
    sign_in(client, both, tenant)
    del client.defaults[HEADER]
    return client


def switch(client: Client, tenant: Tenant) -> None:
    client.post(reverse("tenants:switch"), {"tenant": str(tenant.id)})


def status_of(payable: Payable) -> str:
    with tenant_scope(payable.tenant_id):
        payable.refresh_from_db()
    return payable.status


def approve(client: Client, payable: Payable, **more: Any) -> tuple[int, str]:
    more["data"] = {"shown": shown(payable), **more.get("data", {})}
    answer = client.post(reverse("payments:approve", args=[payable.id]), **more)
    return answer.status_code, status_of(payable)


def test_a_form_of_the_sessions_company_is_done(tab: Client, tenant: Tenant) -> None:
    assert approve(tab, make_payable(tenant), data={FIELD: str(tenant.id)})[1] == "approved"


def test_a_form_of_the_other_company_is_not(
    tab: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    ours, theirs = make_payable(tenant), make_payable(other_tenant)

    for payable in (ours, theirs):
        assert approve(tab, payable, data={FIELD: str(other_tenant.id)}) == (409, "pending")
    switch(tab, other_tenant)
    assert approve(tab, theirs, data={FIELD: str(tenant.id)}) == (409, "pending")


@pytest.mark.parametrize("said", [{}, {FIELD: ""}, {FIELD: "tudo"}, {FIELD: str(UUID(int=0))}])
def test_a_form_that_says_no_company_of_the_person_is_not_done(
    tab: Client, tenant: Tenant, said: dict[str, str]
) -> None:
    assert approve(tab, make_payable(tenant), data=said) == (409, "pending")


def test_an_act_of_htmx_says_it_in_a_header_and_is_told(
    tab: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    payable = make_payable(tenant)
    theirs = {"HX-Request": "true", "X-Company": str(other_tenant.id)}

    answer = tab.post(reverse("payments:approve", args=[payable.id]), headers=theirs)

    assert (answer.status_code, answer["HX-Reswap"], status_of(payable)) == (422, "none", "pending")
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "bad"


def test_no_fragment_of_one_company_comes_into_a_page_of_the_other(
    tab: Client, other_tenant: Tenant
) -> None:
    theirs = {"HX-Request": "true", "X-Company": str(other_tenant.id)}

    assert tab.get(reverse("payments:list"), headers=theirs).status_code == 422
    assert tab.get(reverse("payments:list")).status_code == 200


def test_the_page_leads_to_either_company(
    tab: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    payable = make_payable(tenant)

    page = tab.post(reverse("payments:approve", args=[payable.id]), {FIELD: str(other_tenant.id)})

    assert page.context["page_of"] == other_tenant
    assert page.context["request"].tenant == tenant


def test_a_company_that_was_left_is_not_named(
    tab: Client, both: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenant_scope(other_tenant.id):
        both.memberships.of(other_tenant).delete()  # type: ignore[attr-defined]

    page = tab.post(reverse("payments:send_late"), {FIELD: str(other_tenant.id)})

    assert page.status_code == 409
    assert page.context["page_of"] is None
    assert other_tenant.name not in page.content.decode()


def test_who_is_removed_does_nothing_more_and_lands_in_no_other_company(
    tab: Client, both: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    ours, theirs = make_payable(tenant), make_payable(other_tenant)
    with tenant_scope(tenant.id):
        both.memberships.of(tenant).delete()  # type: ignore[attr-defined]

    assert approve(tab, ours, data={FIELD: str(tenant.id)}) == (403, "pending")
    assert approve(tab, theirs, data={FIELD: str(other_tenant.id)}) == (403, "pending")


def test_every_form_of_a_page_says_its_company(client: Client, tenant: Tenant, admin: User) -> None:
    sign_in(client, admin, tenant)
    make_payable(tenant)

    for name in ("payments:list", "accounts:groups", "payments:new", "account_sessions"):
        page = client.get(reverse(name)).content.decode()
        assert page.count(f'name="{FIELD}" value="{tenant.id}"') == page.count(
            "csrfmiddlewaretoken"
        )
        assert f'"X-Company": "{tenant.id}"' in page


def test_a_program_that_says_its_company_is_held_to_it(
    client: Client, tenant: Tenant, other_tenant: Tenant, both: User
) -> None:
    sign_in(client, both, tenant)
    payable = make_payable(tenant)
    address = reverse("payments:api-payable-approve", args=[payable.id])

    answer = client.post(address, headers={"X-Company": str(other_tenant.id)})

    assert (answer.status_code, answer.json()["code"]) == (422, "other_company")
    assert status_of(payable) == "pending"


def acts(entries: list[URLPattern | URLResolver], space: str = "") -> list[tuple[str, str]]:
    """Name and address of every view of ours that is inside a company."""
    found = []
    for entry in entries:
        if isinstance(entry, URLResolver):
            found += acts(
                entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space
            )
        elif hasattr(entry.callback, "roles"):
            names = entry.pattern.converters
            address = reverse(
                f"{space}{entry.name}",
                kwargs={
                    name: uuid4() if "UUID" in type(c).__name__ else "x"
                    for name, c in names.items()
                },
            )
            found.append((f"{space}{entry.name}", address))
    return found


def test_no_page_takes_an_act_that_says_no_company(tab: Client) -> None:
    answers = {
        name: tab.post(address).status_code for name, address in acts(get_resolver().url_patterns)
    }

    assert len(answers) > 30
    assert {name for name, status in answers.items() if status not in {405, 409}} == set()

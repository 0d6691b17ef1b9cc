from importlib import import_module
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse

from tenants.access import SESSION_KEY, TenantRequest, member_required, role_required
from tenants.models import Role
from tenants.scope import current_scope, tenant_scope
from tenants.services import add_member
from tests.cast import make_member, make_tenant, make_user, sign_in

pytestmark = pytest.mark.urls(__name__)


@member_required
def whose(request: TenantRequest) -> HttpResponse:
    return HttpResponse(f"{request.tenant.name} · {request.membership.get_role_display()}")


@role_required(Role.APPROVER)
def approvers_only(request: TenantRequest) -> HttpResponse:
    return HttpResponse(str(current_scope()))


@role_required(Role.APPROVER, scoped=False)
def unscoped(request: TenantRequest) -> HttpResponse:
    return HttpResponse(str(current_scope()))


urlpatterns = [
    *import_module(settings.ROOT_URLCONF).urlpatterns,
    path("de-quem/", whose),
    path("aprovadores/", approvers_only),
    path("sem-escopo/", unscoped),
]


@pytest.fixture
def two_companies(tenant, other_tenant):
    """A reader of ours who is an approver of the other."""
    person = make_member(tenant, Role.READER)
    add_member(other_tenant, person, Role.APPROVER)
    return person


def switch(client, tenant_id):
    return client.post(reverse("tenants:switch"), {"tenant": str(tenant_id)})


def test_nobody_comes_in_without_signing_in(client, tenant):
    response = client.get("/de-quem/")

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_a_member_works_for_their_company(client, tenant, reader):
    client.force_login(reader)

    assert client.get("/de-quem/").content.decode() == "Oficina Modelo · Leitura"


def test_a_person_of_no_company_is_told_so(client, db):
    person = make_user("sozinha@example.com")
    client.force_login(person)

    response = client.get("/de-quem/")

    assert response.status_code == 403
    assert "sozinha@example.com" in response.content.decode()


def test_the_first_company_by_name_is_the_start(client, two_companies):
    client.force_login(two_companies)

    assert client.get("/de-quem/").content.decode() == "Oficina Modelo · Leitura"


def test_switching_changes_the_company_and_the_role(client, two_companies, other_tenant):
    client.force_login(two_companies)

    response = switch(client, other_tenant.id)

    assert (response.status_code, response.url) == (302, reverse("home"))
    assert client.get("/de-quem/").content.decode() == "Padaria Aurora · Aprovador"


def test_a_company_of_others_cannot_be_chosen(client, tenant, reader, other_tenant):
    sign_in(client, reader, tenant)

    assert switch(client, other_tenant.id).status_code == 404
    assert client.get("/de-quem/").content.decode() == "Oficina Modelo · Leitura"


@pytest.mark.parametrize("tenant_id", [UUID(int=7), "", "tudo", "*"])
def test_a_company_that_is_none_is_not_found(client, tenant, reader, tenant_id):
    sign_in(client, reader, tenant)

    assert switch(client, tenant_id).status_code == 404


def test_switching_is_not_a_link(client, tenant, reader):
    sign_in(client, reader, tenant)

    assert client.get(reverse("tenants:switch")).status_code == 405


def test_no_other_company_takes_the_place_of_one_that_was_left(
    client, two_companies, tenant, other_tenant
):
    sign_in(client, two_companies, other_tenant)
    with tenant_scope(other_tenant.id):
        two_companies.memberships.of(other_tenant).delete()

    page = client.get("/de-quem/")

    assert page.status_code == 403
    assert [m.tenant for m in page.context["request"].memberships] == [tenant]
    switch(client, tenant.id)
    assert client.get("/de-quem/").content.decode() == "Oficina Modelo · Leitura"


def test_a_session_that_names_a_company_of_others_opens_none(client, tenant, reader):
    stranger = make_tenant("Aaa Primeira")
    client.force_login(reader)
    session = client.session
    session[SESSION_KEY] = str(stranger.id)
    session.save()

    assert client.get("/de-quem/").status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.APPROVER, 200), (Role.ADMIN, 403), (Role.FINANCE, 403), (Role.READER, 403)],
)
def test_a_role_opens_its_pages_and_no_other_does(client, tenant, role, status):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get("/aprovadores/").status_code == status


def test_a_role_in_one_company_opens_nothing_in_another(client, two_companies, tenant):
    sign_in(client, two_companies, tenant)

    assert client.get("/aprovadores/").status_code == 403


def test_a_view_runs_in_its_companys_scope(client, tenant, approver):
    sign_in(client, approver, tenant)

    assert client.get("/aprovadores/").content.decode() == str(tenant.id)


def test_a_view_that_calls_banks_runs_in_none(client, tenant, approver):
    sign_in(client, approver, tenant)

    assert client.get("/sem-escopo/").content.decode() == "None"

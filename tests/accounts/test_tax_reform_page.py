"""The company's switch for what the tax reform asks for."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:tax_reform")


def test_an_admin_switches_it_on_and_off(client: Client, tenant: Tenant, admin: User) -> None:
    sign_in(client, admin, tenant)

    for typed, is_on in [({"on": "on"}, True), ({"on": "on"}, True), ({}, False)]:
        assert client.post(PAGE, typed).status_code == 302
        with tenant_scope(tenant.id):
            assert Tenant.objects.get(id=tenant.id).uses_tax_reform is is_on
        assert client.get(PAGE).context["form"]["on"].value() is is_on

    assert len(audit_of(tenant, Act.TAX_REFORM_CHANGED)) == 2


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_it_is_an_admin_s(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"on": "on"}).status_code == 403

"""What people do to their own way in is on record in each company that they work for."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from audit.acts import Act
from people.tasks import send_password_links
from tenants.models import Role, Tenant, User
from tenants.services import add_member
from tests.audit.reading import audit_of
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "outra senha de teste"


@pytest.fixture
def person(client: Client, operator: User) -> User:
    """Signed in with the password, a moment ago."""
    client.post("/conta/login/", {"login": operator.email, "password": PASSWORD})
    return operator


def acts(tenant: Tenant) -> list[str]:
    return [told.act for told in audit_of(tenant)]


def test_a_new_password_is_told_in_each_company_and_by_whom(
    client: Client, person: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    add_member(other_tenant, person, Role.READER)

    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), values)

    for company in (tenant, other_tenant):
        (told,) = audit_of(company)
        assert (told.act, told.by, told.whence) == (Act.PASSWORD_CHANGED, person, "127.0.0.1")
        assert NEW not in told.canonical()


def test_a_company_that_the_person_does_not_work_for_is_told_nothing(
    client: Client, person: User, other_tenant: Tenant
) -> None:
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), values)

    assert acts(other_tenant) == []


def test_a_password_by_the_link_of_an_email_is_told_as_one(
    client: Client, operator: User, tenant: Tenant
) -> None:
    client.post(reverse("account_reset_password"), {"email": operator.email})
    send_password_links()
    (link,) = [w for w in str(mail.outbox[-1].body).split() if "/password/reset/key/" in w]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    (told,) = audit_of(tenant)
    assert (told.act, told.by) == (Act.PASSWORD_CHANGED, operator)
    assert told.after != {}


def test_an_address_is_told_when_it_comes_moves_and_goes(
    client: Client, person: User, tenant: Tenant
) -> None:
    page, old, new = reverse("account_email"), person.email, f"nova-{person.pk}@example.com"
    client.post("/conta/reauthenticate/", {"password": PASSWORD})
    client.post(page, {"action_add": "", "email": new})
    (link,) = [w for w in str(mail.outbox[-1].body).split() if "/confirm-email/" in w]
    client.post(link)
    client.post(page, {"action_primary": "", "email": new})
    client.post(page, {"action_remove": "", "email": old})

    assert acts(tenant) == [
        Act.EMAIL_ADDED,
        Act.EMAIL_CONFIRMED,
        Act.EMAIL_CHANGED,
        Act.EMAIL_REMOVED,
    ]
    changed = audit_of(tenant)[2]
    assert (changed.before, changed.after) == ({"E-mail": old}, {"E-mail": new})


@pytest.mark.parametrize("kind", [kind.value for kind in Authenticator.Type])
def test_a_factor_is_told_when_it_comes_and_goes(
    operator: User, admin: User, tenant: Tenant, kind: str
) -> None:
    request = RequestFactory().post("/")
    request.user = admin  # who takes it away may be another than whose it is
    factor = {"user": operator, "authenticator": Authenticator(user=operator, type=kind)}

    authenticator_added.send(Authenticator, request=request, **factor)
    authenticator_removed.send(Authenticator, request=request, **factor)

    added, removed = audit_of(tenant)
    assert (added.act, removed.act) == (Act.FACTOR_ADDED, Act.FACTOR_REMOVED)
    assert added.after == removed.before != {}
    assert added.by == removed.by == admin
    assert operator.email in added.on_label

"""«Perdi o celular»: what a reset of a factor gives to who only has the password. Nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from audit.models import Record
from core.errors import NotAllowed
from people.factor_reset import reset_factor
from people.models import FactorReset, PendingChange
from people.tasks import send_password_links
from tenants.models import Membership, Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.cast import PASSWORD, make_member, sign_in
from tests.clock import travel
from tests.payments.factories import make_payable, shown
from tests.people.factories import confirm, make_admin
from tests.people.factors import add_app, note_proof

pytestmark = pytest.mark.django_db


def member(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("tenant").get(user=user)
        return found


def reset(tenant: Tenant, user: User, by: User, capture: Any) -> FactorReset:
    with capture(execute=True), tenant_scope(tenant.id):
        return reset_factor(member(tenant, user), member(tenant, by))


@pytest.fixture
def done(
    tenant: Tenant, approver: User, admin: User, django_capture_on_commit_callbacks: Any
) -> FactorReset:
    """The approver's app was taken away by the admin."""
    add_app(approver)
    return reset(tenant, approver, admin, django_capture_on_commit_callbacks)


def test_one_admin_alone_resets_nobody(
    client: Client, tenant: Tenant, approver: User, admin: User
) -> None:
    other = make_admin(tenant)
    add_app(approver)
    sign_in(client, admin, tenant)
    page = reverse("people:reset_factor", args=[member(tenant, approver).id])

    client.post(page)

    assert Authenticator.objects.filter(user=approver).exists()
    with tenant_scope(tenant.id):
        (asked,) = PendingChange.objects.of(tenant).select_related("tenant")
    for person in (admin, approver):
        with pytest.raises(NotAllowed):
            confirm(asked, person)
    confirm(asked, other)
    assert not Authenticator.objects.filter(user=approver).exists()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_others_ask_for_no_reset(
    client: Client, tenant: Tenant, approver: User, role: Role
) -> None:
    add_app(approver)
    sign_in(client, make_member(tenant, role), tenant)

    answer = client.post(reverse("people:reset_factor", args=[member(tenant, approver).id]))

    assert answer.status_code == 403
    with tenant_scope(tenant.id):
        assert not PendingChange.objects.of(tenant).exists()


def come_in(client: Client, user: User) -> bool:
    client.post("/conta/login/", {"login": user.email, "password": PASSWORD})
    return "_auth_user_id" in client.session


def approve(client: Client, tenant: Tenant) -> str:
    payable = make_payable(tenant)
    seen = {"shown": shown(payable)}
    headers = {"X-Company": str(tenant.id)}
    client.post(reverse("payments:approve", args=[payable.id]), seen, headers=headers)
    with tenant_scope(tenant.id):
        payable.refresh_from_db()
    return str(payable.status)


def link() -> str:
    texts = "\n".join(str(message.body) for message in mail.outbox)
    found = re.search(r"/conta/nao-fui-eu/\S+", texts)
    assert found
    return found[0]


def test_the_factors_go_and_the_reset_is_on_record(
    tenant: Tenant, approver: User, admin: User, done: FactorReset
) -> None:
    assert not Authenticator.objects.filter(user=approver).exists()
    with tenant_scope(tenant.id):
        written = Record.objects.of(tenant).get(act=Act.FACTOR_RESET)
    assert (written.by, written.on_id) == (admin, member(tenant, approver).id)


def test_the_sessions_end(
    client: Client, tenant: Tenant, approver: User, admin: User,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    come_in(client, approver)
    reset(tenant, approver, admin, django_capture_on_commit_callbacks)

    assert client.get(reverse("payments:list")).status_code == 302


def test_the_person_and_those_who_approve_are_told(
    tenant: Tenant, approver: User, admin: User, operator: User, done: FactorReset
) -> None:
    with tenant_scope(tenant.id):
        told = set(Notice.objects.of(tenant).values_list("user_id", flat=True))

    assert [message.to for message in mail.outbox] == [[approver.email]]
    assert told == {approver.id, admin.id}


def test_for_a_day_they_read_and_do_not_act_even_with_a_new_factor(
    client: Client, tenant: Tenant, approver: User, done: FactorReset
) -> None:
    add_app(approver)
    sign_in(client, approver, tenant)
    note_proof(client, approver)

    assert client.get(reverse("payments:list")).status_code == 200
    assert approve(client, tenant) == "pending"
    address = reverse("payments:api-payable-approve", args=[make_payable(tenant).id])
    answer = client.post(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "reads_only")


@pytest.mark.parametrize(("hours", "status"), [(23.9, "pending"), (24.1, "approved")])
def test_after_a_day_they_act_again(
    client: Client, tenant: Tenant, approver: User, done: FactorReset, hours: float, status: str
) -> None:
    add_app(approver)
    with travel(timezone.now() + timedelta(hours=hours)):
        sign_in(client, approver, tenant)
        note_proof(client, approver)
        assert approve(client, tenant) == status


def test_it_holds_in_the_other_companies_of_the_person_too(
    client: Client, other_tenant: Tenant, approver: User, done: FactorReset
) -> None:
    add_member(other_tenant, approver, Role.APPROVER)
    sign_in(client, approver, other_tenant)

    assert approve(client, other_tenant) == "pending"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_an_admin_resets(tenant: Tenant, approver: User, role: Role) -> None:
    other = make_member(tenant, role)

    with pytest.raises(NotAllowed), tenant_scope(tenant.id):
        reset_factor(member(tenant, approver), member(tenant, other))


def test_no_admin_of_another_company_resets(
    tenant: Tenant, approver: User, other_tenant: Tenant, outsider: User
) -> None:
    theirs = member(other_tenant, outsider)

    with pytest.raises(NotAllowed), tenant_scope(tenant.id):
        reset_factor(member(tenant, approver), theirs)


def test_nobody_resets_their_own_where_there_is_another_admin(
    tenant: Tenant, admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    reset(tenant, admin, admin, django_capture_on_commit_callbacks)
    make_member(tenant, Role.ADMIN)

    with pytest.raises(NotAllowed):
        reset(tenant, admin, admin, django_capture_on_commit_callbacks)


def test_not_me_locks_at_once(
    client: Client, tenant: Tenant, approver: User, done: FactorReset
) -> None:
    thief = Client()
    assert come_in(thief, approver)
    add_app(approver)

    assert client.get(link()).status_code == 200
    assert thief.get(reverse("payments:list")).status_code == 200  # a link alone does nothing
    client.post(link())

    assert thief.get(reverse("payments:list")).status_code == 302
    assert not come_in(Client(), approver)
    assert not Authenticator.objects.filter(user=approver).exists()


def test_the_person_comes_back_by_the_mailbox_alone(
    client: Client, approver: User, done: FactorReset
) -> None:
    client.post(link())
    mail.outbox.clear()

    client.post("/conta/password/reset/", {"email": approver.email})
    send_password_links()

    assert [message.to for message in mail.outbox] == [[approver.email]]
    assert reverse("account_reset_password") + "key/" in str(mail.outbox[0].body)


@pytest.mark.parametrize("days", [0, 8])
def test_a_link_that_is_false_or_old_locks_nobody(
    client: Client, approver: User, done: FactorReset, days: int
) -> None:
    address = link() if days else "/conta/nao-fui-eu/x:y:z/"

    with travel(timezone.now() + timedelta(days=days)):
        assert client.post(address).status_code == 404

    approver.refresh_from_db()
    assert approver.has_usable_password()

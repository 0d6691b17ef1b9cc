"""Roles and removal, as pages do them; what each sees of «Pessoas»."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from people.models import PendingChange
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.cast import make_member, sign_in
from tests.payments.factories import make_payable
from tests.people.factories import ask_role, membership_of, reread, role_of

pytestmark = pytest.mark.django_db

LIST = "/configuracoes/pessoas/"


def address(name: str, tenant: Tenant, user: User) -> str:
    return reverse(f"people:{name}", args=[membership_of(tenant, user).id])


@pytest.fixture
def as_admin(client: Client, tenant: Tenant, admin: User) -> Client:
    sign_in(client, admin, tenant)
    return client


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_who_works_here(client: Client, tenant: Tenant, role: Role) -> None:
    person = make_member(tenant, role)
    other = make_member(tenant, Role.READER)
    sign_in(client, person, tenant)

    page = client.get(LIST).content.decode()

    assert person.email in page
    assert other.email in page
    assert ('href="/configuracoes/pessoas/convidar/"' in page) is (role == Role.ADMIN)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_admins_see_how_others_sign_in_and_change_them(
    client: Client, tenant: Tenant, admin: User, role: Role
) -> None:
    person = make_member(tenant, role)
    sign_in(client, person, tenant)

    assert 'data-label="Segundo fator"' not in client.get(LIST).content.decode()
    for name in ("member", "remove"):
        assert client.get(address(name, tenant, admin)).status_code == 403
        assert client.post(address(name, tenant, admin)).status_code == 403
    assert client.get(reverse("people:invite")).status_code == 403


def test_the_second_factor_is_told_of(as_admin: Client, tenant: Tenant, operator: User) -> None:
    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={})

    people = {each.membership.user_id: each for each in as_admin.get(LIST).context["people"]}

    assert len(people[operator.id].factors) == 1
    assert len([each for each in people.values() if not each.factors]) == 1


def test_members_of_another_company_are_not_among_them(
    as_admin: Client, other_tenant: Tenant, outsider: User
) -> None:
    assert outsider.email not in as_admin.get(LIST).content.decode()


def test_a_role_is_changed(as_admin: Client, tenant: Tenant, approver: User) -> None:
    page = address("member", tenant, approver)
    assert as_admin.get(page).status_code == 200

    as_admin.post(page, {"role": Role.READER, "seen": Role.APPROVER})

    assert role_of(tenant, approver) == Role.READER


def test_a_stale_page_changes_no_role(as_admin: Client, tenant: Tenant, approver: User) -> None:
    as_admin.post(address("member", tenant, approver), {"role": Role.READER, "seen": Role.FINANCE})

    assert role_of(tenant, approver) == Role.APPROVER


def test_the_person_is_told(as_admin: Client, tenant: Tenant, approver: User) -> None:
    as_admin.post(address("member", tenant, approver), {"role": Role.READER, "seen": Role.APPROVER})
    as_admin.post(address("remove", tenant, approver), {"knowing": 0})

    with tenant_scope(tenant.id):
        mine = Notice.objects.of(tenant).filter(user=approver, closed_at=None)
        subjects = [subject.split(":")[0] for subject in mine.values_list("subject", flat=True)]
    assert subjects == ["people.removed"]
    assert role_of(tenant, approver) is None


def test_what_was_lowered_or_removed_holds_at_the_next_request(
    as_admin: Client, tenant: Tenant, other_tenant: Tenant, approver: User
) -> None:
    """On every device; the other company goes on."""
    add_member(other_tenant, approver, Role.FINANCE)
    laptop, phone = Client(), Client()
    for device in (laptop, phone):
        sign_in(device, approver, tenant)
    bill = make_payable(tenant)
    approve = reverse("payments:approve", args=[bill.id])

    as_admin.post(address("member", tenant, approver), {"role": Role.READER, "seen": Role.APPROVER})
    assert {laptop.post(approve).status_code, phone.post(approve).status_code} == {403}

    as_admin.post(address("remove", tenant, approver), {"knowing": 0})
    detail = reverse("payments:detail", args=[bill.id])
    assert {laptop.get(detail).status_code, phone.get(detail).status_code} == {403}
    assert reread(bill).is_pending
    sign_in(laptop, approver, other_tenant)
    assert laptop.get("/pagamentos/").status_code == 200


def test_removal_names_the_bills_that_wait_for_that_person_alone(
    client: Client, tenant: Tenant, admin: User, approver: User
) -> None:
    make_payable(tenant)
    make_payable(tenant, by=admin)
    sign_in(client, admin, tenant)
    page = address("remove", tenant, approver)
    knowing = client.get(page).context["knowing"]

    client.post(page, {"knowing": knowing - 1})
    assert role_of(tenant, approver) == Role.APPROVER
    client.post(page, {"knowing": knowing})

    assert knowing == 1  # what the admin entered
    assert role_of(tenant, approver) is None


def test_a_change_is_confirmed_on_the_page(
    client: Client, tenant: Tenant, admin: User, second_admin: User, operator: User
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    sign_in(client, second_admin, tenant)
    page = client.get(LIST)
    assert page.context["to_confirm"] == 1
    confirm = reverse("people:confirm", args=[change.id])
    assert f'action="{confirm}"' in page.content.decode()

    client.post(confirm)

    assert role_of(tenant, operator) == Role.APPROVER
    assert client.get(LIST).context["changes"] == []


@pytest.mark.parametrize(
    ("who", "may_confirm", "may_stop"),
    [("admin", False, True), ("second_admin", True, True), ("approver", False, True),
     ("operator", False, False)],
)  # fmt: skip
def test_each_is_offered_what_they_may_answer(
    client: Client, tenant: Tenant, admin: User, reader: User, second_admin: User,
    request: pytest.FixtureRequest, who: str, may_confirm: bool, may_stop: bool,
) -> None:  # fmt: skip
    person = request.getfixturevalue(who)
    change = ask_role(tenant, reader, Role.APPROVER, admin)
    sign_in(client, person, tenant)

    page = client.get(LIST).content.decode()

    assert (reverse("people:confirm", args=[change.id]) in page) is may_confirm
    assert (reverse("people:stop", args=[change.id]) in page) is may_stop


def test_a_change_is_stopped_on_the_page(
    client: Client, tenant: Tenant, admin: User, operator: User, approver: User
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    sign_in(client, approver, tenant)

    client.post(reverse("people:stop", args=[change.id]))

    assert reread(change).outcome == PendingChange.Outcome.STOPPED


def test_inviting_on_the_page(as_admin: Client, tenant: Tenant) -> None:
    response = as_admin.post(
        reverse("people:invite"), {"email": "Rui@Empresa.test", "role": Role.READER}
    )

    assert response.url == LIST
    [invited] = as_admin.get(LIST).context["invited"]
    assert invited.invitation.email == "rui@empresa.test"
    for name in ("resend", "revoke"):
        as_admin.post(reverse(f"people:{name}", args=[invited.invitation.id]))
    assert as_admin.get(LIST).context["invited"] == []


@pytest.mark.parametrize("email", ["", "rui", "rui@"])
def test_an_address_that_is_none_is_marked(as_admin: Client, email: str) -> None:
    response = as_admin.post(reverse("people:invite"), {"email": email, "role": Role.READER})

    assert "email" in response.context["form"].errors


def test_the_menu_leads_there(as_admin: Client) -> None:
    assert re.search(rf'href="{LIST}"[^>]*aria-current', as_admin.get(LIST).content.decode())

"""The link of an invitation, as people, other people and mail scanners open it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.test import Client

from kamino.observability import without_secrets
from people import invitations
from people.models import Invitation
from tenants.access import SESSION_KEY
from tenants.models import Role, Tenant, User
from tests.cast import PASSWORD, make_user, sign_in
from tests.clock import Traveller
from tests.people.factories import (
    acts,
    ask_removal,
    invited,
    membership_of,
    reread,
    role_of,
)

pytestmark = pytest.mark.django_db

ADDRESS = "bia.souza@empresa.test"
NEW = {"name": "Bia Souza", "password": "girassol amarelo 7"}
State = Invitation.State


@pytest.fixture
def link(tenant: Tenant, admin: User, monday: Traveller) -> str:
    """To read; the address was typed with capitals."""
    return invited(tenant, "Bia.Souza@empresa.test", Role.READER, admin)[1]


def user_of(client: Client) -> User | None:
    return User.objects.filter(id=client.session.get(SIGNED_IN)).first()


def templates(response) -> set[str]:
    return {template.name for template in response.templates}


def test_a_new_person_says_name_and_password_and_is_in(
    client: Client, tenant: Tenant, link: str
) -> None:
    assert client.get(link).status_code == 200

    response = client.post(link, NEW)

    bia = user_of(client)
    assert (response.status_code, response.url) == (302, "/")
    assert bia is not None
    assert (bia.email, bia.display_name) == (ADDRESS, "Bia Souza")
    assert bia.check_password(NEW["password"])
    assert role_of(tenant, bia) == Role.READER
    assert client.session[SESSION_KEY] == str(tenant.id)
    assert acts(tenant)[-1] == "member_joined"


@pytest.mark.parametrize("password", ["curta", "qwertyuiop", "bia.souza@empresa", "12345678901234"])
def test_a_weak_password_is_refused(client: Client, link: str, password: str) -> None:
    response = client.post(link, NEW | {"password": password})

    assert "password" in response.context["form"].errors
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_name_without_a_letter_is_refused(client: Client, link: str) -> None:
    response = client.post(link, NEW | {"name": "\u200b…"})

    assert "name" in response.context["form"].errors
    assert not User.objects.filter(email=ADDRESS).exists()


def test_opening_it_consumes_nothing(client: Client, tenant: Tenant, link: str) -> None:
    for _ in range(3):
        assert client.head(link).status_code == 200
        assert client.get(link).status_code == 200

    client.post(link, NEW)

    assert user_of(client) is not None


def test_who_has_an_account_signs_in_first_and_accepts(
    client: Client, tenant: Tenant, link: str
) -> None:
    bia = make_user(ADDRESS)
    assert templates(client.get(link)) >= {"people/join_sign_in.html"}
    client.post(link, NEW)
    assert role_of(tenant, bia) is None

    login = {"login": ADDRESS, "password": PASSWORD, "next": link}
    assert client.post("/conta/login/", login).url == link
    assert templates(client.get(link)) >= {"people/join_accept.html"}
    client.post(link)

    assert role_of(tenant, bia) == Role.READER


def test_another_person_is_told_both_addresses_and_gets_nothing(
    client: Client, tenant: Tenant, link: str, outsider: User, other_tenant: Tenant
) -> None:
    sign_in(client, outsider, other_tenant)

    for response in (client.get(link), client.post(link, NEW)):
        page = response.content.decode()
        assert response.status_code == 403
        assert ADDRESS in page
        assert outsider.email in page
    assert role_of(tenant, outsider) is None

    left = client.post(f"{link}sair/")
    assert left.url == link
    assert user_of(client) is None
    client.post(link, NEW)
    assert role_of(tenant, User.objects.get(email=ADDRESS)) == Role.READER


def test_the_address_of_a_new_person_is_the_invitations_own(
    client: Client, tenant: Tenant, link: str
) -> None:
    client.post(link, NEW | {"email": "bia@gmail.test"})

    assert not User.objects.filter(email="bia@gmail.test").exists()
    assert role_of(tenant, User.objects.get(email=ADDRESS)) == Role.READER


@pytest.mark.parametrize("is_verified", [True, False])
def test_another_address_of_a_person_counts_once_it_is_confirmed(
    client: Client,
    tenant: Tenant,
    other_tenant: Tenant,
    outsider: User,
    link: str,
    is_verified: bool,
) -> None:
    EmailAddress.objects.create(user=outsider, email=ADDRESS, verified=is_verified)
    sign_in(client, outsider, other_tenant)

    client.post(link)

    assert role_of(tenant, outsider) == (Role.READER if is_verified else None)


def test_one_that_was_used_brings_nobody_back(
    client: Client, tenant: Tenant, admin: User, link: str
) -> None:
    client.post(link, NEW)
    bia = user_of(client)
    assert bia is not None
    ask_removal(tenant, bia, admin)

    Client().post(link, NEW)
    response = Client().get(link)

    assert response.status_code == 410
    assert response.context["code"] == State.USED
    assert role_of(tenant, bia) is None


def test_it_says_that_it_was_revoked(
    client: Client, tenant: Tenant, admin: User, monday: Traveller
) -> None:
    invitation, link = invited(tenant, ADDRESS, Role.READER, admin)
    invitations.revoke(invitation, by=membership_of(tenant, admin))

    response = client.post(link, NEW)

    assert (response.status_code, response.context["code"]) == (410, State.REVOKED)
    assert not User.objects.filter(email=ADDRESS).exists()


def test_it_says_that_it_has_expired(client: Client, link: str, monday: Traveller) -> None:
    monday.shift(timedelta(hours=72, seconds=1))

    response = client.post(link, NEW)

    assert (response.status_code, response.context["code"]) == (410, State.EXPIRED)
    assert not User.objects.filter(email=ADDRESS).exists()


def test_an_unknown_link_is_a_page_of_its_own(client: Client, db: None) -> None:
    response = client.get("/convite/nenhum/")

    assert response.status_code == 404
    assert templates(response) >= {"people/join_unknown.html"}


def test_who_accepted_and_opens_it_again_is_led_in(client: Client, link: str) -> None:
    client.post(link, NEW)

    assert client.get(link).url == "/"


def test_no_open_invitation_brings_a_removed_person_back(
    tenant: Tenant, admin: User, reader: User, client: Client, monday: Traveller
) -> None:
    """One to another address of theirs, confirmed since."""
    second, link = invited(tenant, ADDRESS, Role.READER, admin)
    EmailAddress.objects.create(user=reader, email=ADDRESS, verified=True)

    ask_removal(tenant, reader, admin)
    sign_in(client, reader, tenant)
    response = client.post(link)

    assert response.context["code"] == State.REVOKED
    assert reread(second).accepted_at is None
    assert role_of(tenant, reader) is None


def test_a_member_who_accepts_another_is_told_so_and_keeps_their_role(
    client: Client, tenant: Tenant, admin: User, operator: User, monday: Traveller
) -> None:
    _, link = invited(tenant, ADDRESS, Role.READER, admin)
    EmailAddress.objects.create(user=operator, email=ADDRESS, verified=True)
    sign_in(client, operator, tenant)

    client.post(link)

    assert role_of(tenant, operator) == Role.FINANCE


def test_no_line_of_the_log_holds_a_link(link: str) -> None:
    assert link.split("/")[2] not in without_secrets(f"GET {link} 200")

"""`manage.py create_company`: the first people come in by their own links, and nothing waits."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from people import emails
from people.models import PendingChange
from tenants.models import Role, Tenant, User
from tenants.scope import across_tenants, tenant_scope
from tests.cast import make_tenant, make_user
from tests.people.factories import acts, role_of

pytestmark = pytest.mark.django_db

CNPJ = "11.222.333/0001-81"
ADMIN, APPROVER = "ana@aurora.test", "lia@aurora.test"
NEW = {"name": "Ana Souza", "password": "girassol amarelo 7"}


def create(**changes: str) -> None:
    values = {"name": "Padaria Aurora", "legal_name": "Padaria Aurora Ltda", "admin": ADMIN}
    call_command("create_company", CNPJ, **{**values, **changes})


def the_company() -> Tenant:
    with across_tenants():
        tenant: Tenant = Tenant.objects.get(cnpj="11222333000181")
    return tenant


def links() -> dict[str, str]:
    """The path in each message, by its address."""
    emails.send_waiting(timezone.now())
    paths = {}
    for message in mail.outbox:
        url = next(word for word in str(message.body).split() if "/convite/" in word)
        paths[message.to[0]] = "/convite/" + url.split("/convite/")[1]
    return paths


def test_a_company_with_its_books_and_two_invitations(db: None) -> None:
    create(approver=APPROVER)

    tenant = the_company()
    with tenant_scope(tenant.id):
        assert Account.objects.of(tenant).exists()
        assert not PendingChange.objects.of(tenant).exists()
    assert set(links()) == {ADMIN, APPROVER}
    assert acts(tenant) == ["company_created", "person_invited", "person_invited"]


def test_both_come_in_with_their_roles_at_once() -> None:
    create(approver=APPROVER)

    for address, link in links().items():
        assert Client().post(link, NEW).status_code == 302, address

    tenant = the_company()
    roles = {email: role_of(tenant, User.objects.get(email=email)) for email in (ADMIN, APPROVER)}
    assert roles == {ADMIN: Role.ADMIN, APPROVER: Role.APPROVER}


def test_until_somebody_administers_it_the_links_are_made_anew() -> None:
    create()
    first = links()[ADMIN]

    create()
    second = links()[ADMIN]

    assert Client().get(first).status_code != 200
    Client().post(second, NEW)
    assert role_of(the_company(), User.objects.get(email=ADMIN)) == Role.ADMIN
    with across_tenants():
        assert Tenant.objects.filter(cnpj="11222333000181").count() == 1


def test_a_company_that_has_an_admin_is_left_alone() -> None:
    create()
    Client().post(links()[ADMIN], NEW)

    with pytest.raises(CommandError):
        create(admin="eu@mesmo.test")

    assert "eu@mesmo.test" not in links()


def test_a_person_of_another_company_comes_in_by_signing_in() -> None:
    make_tenant("Oficina Modelo")
    ana = make_user(ADMIN)
    create()

    client = Client()
    client.force_login(ana, backend="tenants.emails.ConfirmedEmailBackend")
    client.post(links()[ADMIN])

    assert role_of(the_company(), ana) == Role.ADMIN


@pytest.mark.parametrize(
    "changes", [{"approver": ADMIN.upper()}, {"admin": "ana"}, {"name": "…"}, {"approver": "x@"}]
)
def test_what_is_wrong_makes_nothing(changes: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        create(**changes)

    with across_tenants():
        assert not Tenant.objects.exists()

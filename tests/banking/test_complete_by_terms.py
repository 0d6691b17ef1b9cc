"""An account opened in the product: terms shown, accepted once, and who accepted them."""

import pytest
from django.urls import reverse

from banking.banks import registry
from banking.connections.begin import terms_version
from banking.gateway.credentials import unseal
from banking.models import Connection
from tenants.models import Plan, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import make_connection, nudged
from tests.cast import make_member, sign_in
from tests.reading import codes

BANK = registry.info("kamino")
MODE = BANK.modes[0]
PAGE = reverse("banking:mode", args=[BANK.slug, MODE.slug])
ACCEPTED = {"accepted": "on", "version": terms_version(MODE)}


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def connections_of(tenant):
    with tenant_scope(tenant.id):
        return list(Connection.objects.of(tenant).order_by("connected_at"))


@pytest.fixture
def operator_in(client, tenant, operator):
    """The operator, at the browser."""
    sign_in(client, operator, tenant)
    return client


def test_the_choice_offers_it_to_who_has_no_account_yet(operator_in):
    response = operator_in.get(reverse("banking:choose"))

    assert response.context["opened_here"].url == PAGE
    assert f'href="{PAGE}"' in words(response)


def test_the_terms_are_shown_with_whose_account_it_will_be(operator_in, operator, tenant):
    page = words(operator_in.get(PAGE))

    for text in (MODE.terms.split("\n")[0][:40], tenant.legal_name, operator.email):
        assert text in page


@pytest.mark.django_db(transaction=True)
def test_accepted_terms_are_kept_with_who_and_when_and_a_worker_goes_on(
    operator_in, operator, tenant
):
    with nudged() as sent:
        response = operator_in.post(PAGE, ACCEPTED)

    (connection,) = connections_of(tenant)
    assert response.headers["Location"] == reverse("banking:connection", args=[connection.id])
    assert ("banking.tasks.open_connection", [str(tenant.id), str(connection.id)]) in sent
    assert connection.connected_by == operator
    assert connection.terms_version == terms_version(MODE)
    assert connection.terms_accepted_at is not None
    assert unseal(connection.credentials, connection.id).mode == MODE.slug


def test_terms_that_are_not_accepted_open_nothing(operator_in, tenant):
    response = operator_in.post(PAGE, {"version": terms_version(MODE)})

    assert codes(response.context["form"]) == {"accepted": ["required"]}
    assert connections_of(tenant) == []


def test_terms_that_changed_since_they_were_shown_are_to_be_read_again(operator_in, tenant):
    response = operator_in.post(PAGE, {"accepted": "on", "version": "0" * 16})

    assert codes(response.context["form"]) == {"accepted": ["terms_changed"]}
    page = words(response)
    assert f'value="{terms_version(MODE)}"' in page
    assert "checked" not in page
    assert connections_of(tenant) == []


def test_two_clicks_open_one_account(operator_in, tenant):
    first, second = operator_in.post(PAGE, ACCEPTED), operator_in.post(PAGE, ACCEPTED)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(connections_of(tenant)) == 1


def test_who_has_one_already_is_told(operator_in, tenant, admin):
    make_connection(tenant, admin, provider=BANK.slug)

    response = operator_in.post(PAGE, ACCEPTED, follow=True)

    (message,) = response.context["messages"]
    assert message.level_tag == "error"
    assert len(connections_of(tenant)) == 1


def test_one_that_was_lost_may_be_opened_again(operator_in, tenant, admin):
    make_connection(tenant, admin, provider=BANK.slug, status=Connection.Status.LOST)

    operator_in.post(PAGE, ACCEPTED)

    assert len(connections_of(tenant)) == 2


def test_every_plan_has_it(operator_in, tenant):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    operator_in.post(PAGE, ACCEPTED)

    assert len(connections_of(tenant)) == 1


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_only_admins_and_finance_accept_terms(client, tenant, role):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, ACCEPTED).status_code == 403
    assert connections_of(tenant) == []


def test_the_steps_are_those_of_an_opening(operator_in, tenant, admin):
    connection = make_connection(
        tenant, admin, provider=BANK.slug, status=Connection.Status.OPENING
    )

    page = words(operator_in.get(reverse("banking:connection", args=[connection.id])))

    assert "Termos aceitos" in page
    assert "Abrir a conta" in page

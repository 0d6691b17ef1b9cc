"""The way that brings back one account's vínculo names it at each step, and after each failure."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from banking.banks import registry
from banking.connections.begin import connect_by_terms, terms_version
from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, undo_connection
from banking.models import BankAccount, Connection, ConsentAttempt
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.made import consent, make_account, reread
from tests.cast import make_member, sign_in

GO = reverse("banking:go", args=["cora"])
RETURN = reverse("banking:consent_return", args=["cora"])
WAYS = reverse("banking:ways", args=["bs2"])
CONSENT = reverse("banking:mode", args=["bs2", "consentimento"])
KEYS = reverse("banking:mode", args=["bs2", "chaves"])
PARTNER = reverse("banking:mode", args=["cora", registry.info("cora").modes[0].slug])
TERMS = registry.info("kamino").modes[0]
calls_banks = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def values_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def admin_in(client, tenant, admin):
    sign_in(client, admin, tenant)
    return client


@pytest.fixture
def cora_account(tenant, admin):
    return make_account(tenant, admin)


@pytest.fixture
def bs2_account(tenant, admin):
    return make_account(tenant, admin, provider="bs2")


# --- After a failure ----------------------------------------------------------------------


def test_a_consent_refused_at_the_bank_begins_again_for_the_same_account(admin_in, cora_account):
    state = values_of(admin_in.get(f"{GO}?conta={cora_account.id}").headers["Location"])["state"]

    page = words(admin_in.get(RETURN, {"error": "access_denied", "state": state}))

    assert f'href="{GO}?conta={cora_account.id}"' in page
    assert f"O vínculo de {cora_account} continua como estava." in page
    assert reverse("integrations:account", args=[cora_account.id]) in page


@calls_banks
def test_a_consent_whose_code_expired_begins_again_for_the_same_account(
    cora, admin_in, cora_account
):
    at_bank = admin_in.get(f"{GO}?conta={cora_account.id}").headers["Location"]
    answer = values_of(consent(at_bank))
    cora.advance(61)

    page = words(admin_in.get(RETURN, answer))

    assert f'href="{GO}?conta={cora_account.id}"' in page


def test_a_refused_consent_begins_again_by_the_way_that_was_chosen(admin_in, bs2_account):
    typed = {"branch": "0001", "account": "765432-1", "document": "11.444.777/0001-61"}
    address = f"{CONSENT}?conta={bs2_account.id}"
    state = values_of(admin_in.post(address, typed).context["address"])["state"]
    back = reverse("banking:consent_return", args=["bs2"])

    page = words(admin_in.get(back, {"error": "access_denied", "state": state}))

    assert f'href="{address}"' in page
    assert 'value="765432-1"' in words(admin_in.get(address))


def test_what_another_person_was_redoing_is_not_told(
    admin_in, client, tenant, operator, cora_account
):
    state = values_of(admin_in.get(f"{GO}?conta={cora_account.id}").headers["Location"])["state"]
    sign_in(client, operator, tenant)

    page = words(client.get(RETURN, {"error": "access_denied", "state": state}))

    assert f'href="{GO}"' in page
    assert str(cora_account.id) not in page


# --- Step by step -------------------------------------------------------------------------


def test_the_direct_way_leads_to_the_form_of_the_same_account(admin_in, bs2_account):
    response = admin_in.get(f"{reverse('banking:go', args=['bs2'])}?conta={bs2_account.id}")

    assert response.headers["Location"] == f"{CONSENT}?conta={bs2_account.id}"


def test_the_choice_of_a_way_is_for_the_same_account(admin_in, bs2_account):
    page = words(admin_in.get(f"{WAYS}?conta={bs2_account.id}"))

    assert f"Como você quer refazer o vínculo de {bs2_account}" in page
    assert f'href="{CONSENT}?conta={bs2_account.id}"' in page
    assert f'href="{KEYS}?conta={bs2_account.id}"' in page


def test_a_form_leads_back_to_the_ways_of_the_same_account(admin_in, bs2_account):
    page = words(admin_in.get(f"{KEYS}?conta={bs2_account.id}"))

    assert f"Refazer o vínculo de {bs2_account}" in page
    assert "Só esta conta é aceita" in page
    assert f'href="{WAYS}?conta={bs2_account.id}"' in page


def test_a_page_without_a_form_leads_to_the_bank_for_the_same_account(admin_in, cora_account):
    page = words(admin_in.get(f"{PARTNER}?conta={cora_account.id}"))

    assert f'href="{GO}?conta={cora_account.id}"' in page


def test_a_form_that_has_to_be_corrected_is_still_for_the_same_account(
    admin_in, tenant, bs2_account
):
    address = f"{CONSENT}?conta={bs2_account.id}"
    typed = {"branch": "agência", "account": "765432-1", "document": "11.444.777/0001-61"}
    assert "Só esta conta é aceita" in words(admin_in.post(address, typed))

    admin_in.post(address, {**typed, "branch": "0001"})

    with tenant_scope(tenant.id):
        assert ConsentAttempt.objects.of(tenant).get().redoes_id == bs2_account.id


def test_a_first_connection_names_no_account(admin_in, tenant):
    page = words(admin_in.get(KEYS))

    assert f'href="{WAYS}"' in page
    assert "Só esta conta é aceita" not in page


# --- Who and which ------------------------------------------------------------------------


@pytest.mark.parametrize("address", [WAYS, CONSENT, KEYS])
def test_an_account_of_another_company_is_not_found(
    client, address, bs2_account, other_tenant, outsider
):
    sign_in(client, outsider, other_tenant)

    assert client.get(f"{address}?conta={bs2_account.id}").status_code == 404


@pytest.mark.parametrize("address", [GO, PARTNER])
def test_an_account_of_another_bank_is_not_found(admin_in, tenant, address, bs2_account):
    assert admin_in.get(f"{address}?conta={bs2_account.id}").status_code == 404
    with tenant_scope(tenant.id):
        assert not ConsentAttempt.objects.of(tenant).exists()


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_only_admins_and_finance_bring_a_vinculo_back(client, tenant, role, bs2_account):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(f"{KEYS}?conta={bs2_account.id}").status_code == 403


# --- By terms -----------------------------------------------------------------------------


@calls_banks
def test_terms_accepted_again_bring_back_the_same_account(kamino, admin_in, tenant, admin):
    page = reverse("banking:mode", args=["kamino", TERMS.slug])
    version = terms_version(TERMS)
    with tenant_scope(tenant.id):
        first = connect_by_terms(tenant, "kamino", TERMS, version=version, by=admin)
    account = open_connection(tenant.id, first.id)
    with tenant_scope(tenant.id):
        undone = undo_connection(account, tenant, by=admin, typed=tenant.name)
    close_connection(tenant.id, undone.id)

    admin_in.post(f"{page}?conta={account.id}", {"accepted": "on", "version": version})

    with tenant_scope(tenant.id):
        redone = Connection.objects.of(tenant).get(status=Connection.Status.OPENING)
    assert redone.redoes_id == account.id
    assert open_connection(tenant.id, redone.id) == account
    assert reread(account).connection_id == redone.id
    with tenant_scope(tenant.id):
        assert BankAccount.objects.of(tenant).count() == 1

"""An account at Cora by Integração Direta: client id, certificate and key uploaded in a form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, undo_connection
from banking.gateway.credentials import unseal
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from tenants.scope import tenant_scope
from tests.banking.factories import reread, stored_lines
from tests.cast import sign_in
from tests.cora_simulator import OFICINA, PADARIA

FORM = reverse("banking:mode", args=["cora", "direta"])
calls_banks = pytest.mark.django_db(transaction=True)


@pytest.fixture
def direct(cora, settings):
    """Cora's host that wants a certificate."""
    settings.CORA_DIRECT_BASE_URL = cora.addresses["cora_direta"]
    settings.BANK_CA_FILE = cora.addresses["ca_file"]
    return cora


@pytest.fixture
def operator_in(client, tenant, operator):
    sign_in(client, operator, tenant)
    return client


def upload(client, credential, to=FORM, **changes):
    """The form as a person sends it, with what the bank gave out."""
    files = {"certificate": credential["certificate"], "private_key": credential["key"]}
    values = {"client_id": credential["client_id"], **files, **changes}
    sent = {
        name: SimpleUploadedFile(f"{name}.pem", value.encode()) if name in files else value
        for name, value in values.items()
    }
    return client.post(to, sent)


def connections_of(tenant):
    with tenant_scope(tenant.id):
        return list(Connection.objects.of(tenant).order_by("connected_at"))


@calls_banks
def test_a_certificate_ends_with_the_account_and_its_statement(direct, operator_in, tenant):
    upload(operator_in, direct.direct_credential(OFICINA))
    (connection,) = connections_of(tenant)

    account = open_connection(tenant.id, connection.id)
    sync_account(tenant.id, account.id)

    assert account.holder_document == OFICINA
    assert reread(account).sync_error == ""
    assert stored_lines(account) > 100


@calls_banks
def test_an_account_undone_by_consent_comes_back_by_certificate(
    direct, account, operator_in, tenant, admin
):
    sync_account(tenant.id, account.id)
    lines = stored_lines(account)
    with tenant_scope(tenant.id):
        undone = undo_connection(account, tenant, by=admin, typed=tenant.name)
    close_connection(tenant.id, undone.id)

    form = f"{FORM}?conta={account.id}"
    upload(operator_in, direct.direct_credential(OFICINA), to=form)
    (redone,) = [each for each in connections_of(tenant) if each.id != undone.id]
    assert open_connection(tenant.id, redone.id) == account
    sync_account(tenant.id, account.id)

    assert redone.redoes_id == account.id
    assert reread(account).connection_id == redone.id
    assert reread(account).ledger_account_id == account.ledger_account_id
    assert stored_lines(account) == lines
    assert reread(account).proof == BankAccount.Proof.PROVED


@calls_banks
def test_the_private_key_is_readable_nowhere(direct, operator_in, tenant):
    credential = direct.direct_credential(OFICINA)
    upload(operator_in, credential)

    (connection,) = connections_of(tenant)
    assert connection.typed == {"client_id": credential["client_id"]}
    assert b"PRIVATE" not in bytes(connection.credentials)
    held = unseal(connection.credentials, connection.id).secrets
    assert "PRIVATE KEY" in held["private_key"]


@calls_banks
def test_another_companys_certificate_leads_back_to_the_form(direct, operator_in, tenant):
    ours, theirs = direct.direct_credential(OFICINA), direct.direct_credential(PADARIA)
    upload(operator_in, theirs | {"client_id": ours["client_id"]})
    (connection,) = connections_of(tenant)

    assert open_connection(tenant.id, connection.id) is None

    page = operator_in.get(reverse("banking:connection", args=[connection.id]))
    assert f"{FORM}?de={connection.id}" in page.content.decode()
    assert reread(connection).status == Connection.Status.FAILED


@calls_banks
def test_a_key_of_another_certificate_is_told_at_its_field(direct, operator_in, tenant):
    ours, theirs = direct.direct_credential(OFICINA), direct.direct_credential(PADARIA)

    response = upload(operator_in, ours | {"key": theirs["key"]})

    assert list(response.context["form"].errors) == ["private_key"]
    assert ours["client_id"] in response.content.decode()
    assert connections_of(tenant) == []


def test_a_request_that_is_far_too_large_keeps_no_file(operator_in, tenant):
    big = "x" * 4_000_000

    response = upload(operator_in, {"client_id": "int-1", "certificate": big, "key": big})

    assert set(response.context["form"].errors) == {"certificate", "private_key"}
    assert response.wsgi_request.FILES == {}
    assert connections_of(tenant) == []


def test_after_a_mistake_the_page_asks_for_the_files_again(operator_in):
    page = operator_in.post(FORM, {"client_id": "int-1"}).content.decode()

    assert 'type="file"' in page
    assert 'enctype="multipart/form-data"' in page
    assert 'value="int-1"' in page

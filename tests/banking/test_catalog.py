"""The ways to connect an account: their pages, what they keep, and what they refuse."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from banking.banks.contract.info import ConnectBy, FieldKind, Mode, ModeField
from banking.connections.addresses import redo_address, typed_of
from banking.connections.begin import terms_version
from banking.connections.forms import ConnectForm
from banking.gateway.credentials import unseal
from banking.models import Connection, ConsentAttempt
from tenants.models import Plan, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import make_connection, nudged
from tests.cast import make_member, sign_in
from tests.reading import codes

WAYS = reverse("banking:ways", args=["bs2"])
KEYS = reverse("banking:mode", args=["bs2", "chaves"])
CONSENT = reverse("banking:mode", args=["bs2", "consentimento"])
ACCOUNT = {"branch": "0001", "account": "765432-1", "document": "11.444.777/0001-61"}
TYPED = {
    "api_key": "l7chave",
    "api_secret": "muito-secreto",
    "scope": "saldo extrato",
    "refresh_token": "0b7e6c11-93fd",
    **ACCOUNT,
}


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


# --- The choice of a way ------------------------------------------------------------------


def test_every_way_is_told_with_what_it_asks(operator_in):
    page = words(operator_in.get(WAYS))

    for text in ("Chaves do BS2 Empresas", "Para quem prefere criar", "abra API Banking", KEYS):
        assert text in page


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
@pytest.mark.parametrize("address", [WAYS, KEYS, CONSENT])
def test_only_admins_and_finance_see_the_ways(client, tenant, role, address):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(address).status_code == 403
    assert client.post(address, TYPED).status_code in (403, 405)
    assert connections_of(tenant) == []


def test_an_unknown_way_is_not_found(operator_in):
    for name in ("mode", "go"):
        address = reverse(f"banking:{name}", args=["bs2", "fumaca"])
        assert operator_in.get(address).status_code == 404
    assert operator_in.get(reverse("banking:ways", args=["itau"])).status_code == 404


@pytest.mark.parametrize("address", [WAYS, KEYS, CONSENT])
def test_a_plan_without_the_bank_goes_no_way(operator_in, tenant, address):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    assert operator_in.get(address).headers["Location"] == "/"


def test_a_plan_that_ended_while_the_form_was_open_stores_nothing(operator_in, tenant):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    operator_in.post(KEYS, TYPED)

    assert connections_of(tenant) == []


# --- By a form ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_is_kept_sealed_and_a_worker_goes_on(operator_in, operator, tenant):
    with nudged() as sent:
        response = operator_in.post(KEYS, TYPED)

    (connection,) = connections_of(tenant)
    assert response.headers["Location"] == reverse("banking:connection", args=[connection.id])
    assert ("banking.tasks.open_connection", [str(tenant.id), str(connection.id)]) in sent
    assert (connection.provider, connection.mode) == ("bs2", "chaves")
    assert connection.status == Connection.Status.OPENING
    assert connection.connected_by == operator
    grant = unseal(connection.credentials, connection.id)
    assert grant.refresh_token == TYPED["refresh_token"]
    assert grant.secrets["api_secret"] == "muito-secreto"
    assert connection.keep_alive_at == grant.keep_alive_at is not None


def test_no_secret_is_readable_in_the_row(operator_in, tenant):
    operator_in.post(KEYS, TYPED)

    (connection,) = connections_of(tenant)
    assert connection.typed["scope"] == "saldo extrato"
    assert set(connection.typed) & {"api_secret", "refresh_token"} == set()
    assert b"muito-secreto" not in bytes(connection.credentials)


def test_a_mistake_is_told_at_its_field_and_what_is_no_secret_stays(operator_in, tenant):
    response = operator_in.post(KEYS, {**TYPED, "account": "conta"})

    form = response.context["form"]
    page = words(response)
    assert list(form.errors) == ["account"]
    assert 'value="l7chave"' in page
    assert 'value="saldo extrato"' in page
    assert "muito-secreto" not in page
    assert connections_of(tenant) == []


def test_what_is_missing_is_told_at_its_field(operator_in, tenant):
    response = operator_in.post(KEYS, {})

    assert set(response.context["form"].errors) == set(TYPED)
    assert connections_of(tenant) == []


def test_the_holders_document_is_the_companys_to_begin_with(operator_in):
    assert 'value="11.444.777/0001-61"' in words(operator_in.get(KEYS))


def test_what_failed_leads_back_to_the_form_with_the_reason_and_what_was_typed(
    operator_in, tenant, admin
):
    connection = make_connection(
        tenant,
        admin,
        provider="bs2",
        mode="chaves",
        status=Connection.Status.FAILED,
        status_reason="Recusado pelo BS2.",
        typed={"api_key": "l7velha", "branch": "0001"},
    )

    shown = words(operator_in.get(reverse("banking:connection", args=[connection.id])))
    assert "Corrigir os dados" in shown
    assert redo_address(connection) in shown

    form = words(operator_in.get(redo_address(connection)))
    assert "Recusado pelo BS2." in form
    assert 'value="l7velha"' in form


def test_another_companys_connection_fills_in_nothing(
    client, tenant, admin, other_tenant, outsider
):
    connection = make_connection(
        tenant, admin, provider="bs2", mode="chaves", typed={"api_key": "l7nossa"}
    )
    sign_in(client, outsider, other_tenant)

    assert "l7nossa" not in words(client.get(redo_address(connection)))


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_connection_that_is_not_there_fills_in_nothing(operator_in, named):
    assert operator_in.get(KEYS, {"de": named}).status_code == 200


def test_the_steps_of_a_form_are_its_own(operator_in, tenant, admin):
    connection = make_connection(
        tenant, admin, provider="bs2", mode="chaves", status=Connection.Status.OPENING
    )

    page = words(operator_in.get(reverse("banking:connection", args=[connection.id])))

    assert "Dados informados" in page
    assert "Autorização" not in page


# --- By consent, with something to tell before --------------------------------------------


def state_of(address):
    return parse_qs(urlsplit(address).query)["state"][0]


def test_a_consent_that_asks_first_leads_to_the_bank_from_a_page_of_ours(operator_in, tenant):
    response = operator_in.post(CONSENT, ACCOUNT)

    address = response.context["address"]
    assert f'content="0; url={escape(address)}"' in words(response)
    assert state_of(address)
    with tenant_scope(tenant.id):
        attempt = ConsentAttempt.objects.of(tenant).get()
    assert attempt.mode == "consentimento"
    assert b"765432" not in bytes(attempt.typed)
    assert unseal(attempt.typed, attempt.id).secrets["branch"] == "0001"


def test_a_mistake_before_the_bank_is_told_at_its_field(operator_in, tenant):
    response = operator_in.post(CONSENT, {**ACCOUNT, "branch": "agência"})

    assert list(response.context["form"].errors) == ["branch"]
    with tenant_scope(tenant.id):
        assert not ConsentAttempt.objects.of(tenant).exists()


def test_the_direct_way_leads_to_the_form_when_there_is_something_to_tell(operator_in):
    response = operator_in.get(reverse("banking:go", args=["bs2"]))

    assert response.headers["Location"] == CONSENT


def test_who_comes_back_without_a_consent_finds_what_was_typed(operator_in):
    operator_in.post(CONSENT, {**ACCOUNT, "branch": "0077"})

    assert 'value="0077"' in words(operator_in.get(CONSENT))


def test_what_another_person_typed_is_not_shown(operator_in, client, tenant, admin):
    operator_in.post(CONSENT, {**ACCOUNT, "branch": "0077"})
    sign_in(client, admin, tenant)

    assert 'value="0077"' not in words(client.get(CONSENT))


# --- Files and terms ----------------------------------------------------------------------

CERTIFICATE = Mode(
    slug="certificado",
    name="Certificado",
    by=ConnectBy.FORM,
    pitch="",
    fields=(
        ModeField("client_id", "Client ID"),
        ModeField("certificate", "Certificado", FieldKind.FILE),
        ModeField("note", "Nota", FieldKind.FILE, is_required=False),
    ),
)
TERMS = Mode(slug="abertura", name="Abrir", by=ConnectBy.OPENING, pitch="", terms="São estes.")
PEM = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def filled(mode, data, **files):
    uploads = {name: SimpleUploadedFile(name, content) for name, content in files.items()}
    return ConnectForm(mode, data, uploads)


def test_a_file_is_read_as_text():
    form = filled(CERTIFICATE, {"client_id": "a"}, certificate=b"\xef\xbb\xbf" + PEM)

    assert form.is_valid(), form.errors
    assert form.typed == {"client_id": "a", "certificate": PEM.decode(), "note": ""}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * (64 * 1024 + 1), "too_large"),
        (b"", "empty"),
        (b"\x30\x82\xff\xfe", "no_text"),
    ],
)
def test_a_file_that_cannot_be_it_is_told(content, code):
    form = filled(CERTIFICATE, {"client_id": "a"}, certificate=content)

    assert codes(form) == {"certificate": [code]}


def test_a_missing_file_is_told():
    form = filled(CERTIFICATE, {"client_id": "a"})

    assert codes(form) == {"certificate": ["required"]}


def test_what_was_typed_openly_leaves_out_secrets_and_files():
    assert typed_of(CERTIFICATE, {"client_id": "a", "certificate": "PEM"}) == {"client_id": "a"}


def test_terms_have_to_be_accepted():
    form = ConnectForm(TERMS, {"version": terms_version(TERMS)})

    assert codes(form) == {"accepted": ["required"]}


def test_other_terms_are_another_version():
    other = Mode(slug="abertura", name="", by=ConnectBy.OPENING, pitch="", terms="São outros.")

    assert terms_version(TERMS) != terms_version(other)

"""An account at BS2, connected by each of its ways against the bank over HTTP, and read."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.errors import BankError
from banking.banks.contract.info import Capability
from banking.connections.complete import open_connection
from banking.connections.token_renewal import due_connections, keep_alive
from banking.gateway.connect import connect
from banking.gateway.credentials import unseal
from banking.models import BankAccount, Connection, ConsentAttempt, StatementLine
from banking.statements.sync import sync_account
from tenants.scope import tenant_scope
from tests.banking.made import bs2_keys, consent, make_bs2_connection, reread, stored_lines
from tests.bs2_simulator import OFICINA, PADARIA
from tests.cast import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = reverse("banking:mode", args=["bs2", "chaves"])
CONSENT = reverse("banking:mode", args=["bs2", "consentimento"])
RETURN = reverse("banking:consent_return", args=["bs2"])
TOKEN = "/auth/oauth/v2/token"


@pytest.fixture
def operator_in(client, tenant, operator):
    sign_in(client, operator, tenant)
    return client


def last_connection(tenant):
    with tenant_scope(tenant.id):
        return Connection.objects.of(tenant).latest("connected_at")


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def typed_account(bs2, cnpj=OFICINA):
    account = bs2.account(cnpj)
    number = f"{account['number']}-{account['digit']}"
    return {"branch": account["branch"], "account": number, "document": cnpj}


def is_proved(bs2, account):
    """Whether its statement came, adds up, and ends with what the bank has."""
    sync_account(account.tenant_id, account.id)
    read = reread(account)
    assert read.sync_error == ""
    assert stored_lines(account) > 20
    return (read.proof, read.balance) == (
        BankAccount.Proof.PROVED,
        Decimal(bs2.account()["balance"]).scaleb(-2),
    )


def test_portal_keys_end_with_the_account_and_its_statement(bs2, operator_in, tenant):
    operator_in.post(KEYS, bs2_keys(bs2))
    connection = last_connection(tenant)
    assert bs2.count_requests() == 0  # nobody waits for the bank

    account = open_connection(tenant.id, connection.id)

    assert (account.bank_code, account.branch, account.number) == ("218", "0001", "302715-4")
    assert account.holder_name == tenant.legal_name  # the bank never says it
    assert account.holder_document == OFICINA
    assert is_proved(bs2, account)


def test_a_consent_ends_with_the_account_and_its_statement(bs2, operator_in, tenant):
    page = operator_in.post(CONSENT, typed_account(bs2))
    back = parse_qs(urlsplit(consent(page.context["address"])).query)
    operator_in.get(RETURN, {name: values[0] for name, values in back.items()})
    connection = last_connection(tenant)

    account = open_connection(tenant.id, connection.id)

    grant = unseal(connection.credentials, connection.id)
    assert (connection.mode, grant.mode) == ("consentimento", "consentimento")
    assert grant.secrets["account"] == "302715-4"
    assert connection.typed["branch"] == "0001"
    with tenant_scope(tenant.id):  # what was typed is in one place now
        assert not bytes(ConsentAttempt.objects.of(tenant).get().typed)
    assert is_proved(bs2, account)


def test_a_second_sync_stores_nothing_new(bs2, tenant, admin):
    account = open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)
    sync_account(tenant.id, account.id)
    lines = stored_lines(account)

    assert sync_account(tenant.id, account.id).new_lines == 0
    assert stored_lines(account) == lines


def test_new_money_arrives_with_its_sender(bs2, tenant, admin):
    account = open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)
    sync_account(tenant.id, account.id)
    bs2.credit(150075, name="Cliente Exemplo Ltda", document=PADARIA, kind="PIX")

    sync_account(tenant.id, account.id)

    with tenant_scope(tenant.id):
        line = StatementLine.objects.of(tenant).filter(amount=Decimal("1500.75")).get()
    assert (line.kind, line.counterparty_document) == (StatementLine.Kind.PIX, PADARIA)


def test_wrong_keys_lead_back_to_the_form_with_the_reason(bs2, operator_in, tenant):
    operator_in.post(KEYS, bs2_keys(bs2, api_secret="outro"))
    connection = last_connection(tenant)

    assert open_connection(tenant.id, connection.id) is None

    shown = words(operator_in.get(reverse("banking:connection", args=[connection.id])))
    assert "não reconheceu a API Key" in shown
    assert f"{KEYS}?de={connection.id}" in shown
    failed = reread(connection)
    assert (failed.status, bytes(failed.credentials)) == (Connection.Status.FAILED, b"")
    assert failed.typed["account"] == "302715-4"


def test_the_account_of_another_company_is_refused(bs2, operator_in, tenant):
    operator_in.post(KEYS, bs2_keys(bs2, PADARIA))
    connection = last_connection(tenant)

    assert open_connection(tenant.id, connection.id) is None

    reason = reread(connection).status_reason
    assert "A conta é de 11.222.333/0001-81" in reason
    assert "Corrija os dados" in reason


def test_an_opening_waits_while_the_bank_does_not_answer(bs2, tenant, admin):
    connection = make_bs2_connection(tenant, admin, bs2)
    bs2.fault("status", TOKEN, status=503)

    assert open_connection(tenant.id, connection.id) is None

    assert reread(connection).status == Connection.Status.OPENING


# --- A refresh token that lives 48 hours --------------------------------------------------


def days_go_by(bs2, monday, *, with_ticks):
    """Four days of ten hours' steps, longer than a refresh token lives."""
    for _ in range(10):
        monday.shift(timedelta(hours=10))
        bs2.advance(36_000)
        if with_ticks:
            for due in due_connections(timezone.now()):
                keep_alive(*due)


@pytest.fixture
def quiet(bs2, tenant, admin):
    """An account that nobody reads or pays from."""
    return open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)


def balance_of(account):
    with connect(reread(account.connection), needing=Capability.FETCH_BALANCE) as bank:
        return bank.fetch_balance()


def test_the_clock_keeps_it_alive(bs2, quiet, monday):
    days_go_by(bs2, monday, with_ticks=True)

    assert balance_of(quiet) > 0


def test_without_the_clock_it_dies_and_the_connection_is_marked(bs2, quiet, monday):
    days_go_by(bs2, monday, with_ticks=False)

    with pytest.raises(BankError):
        balance_of(quiet)

    assert reread(quiet.connection).status == Connection.Status.LOST

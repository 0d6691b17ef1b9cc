"""A Conta Kamino, from the accepted terms to its statement and its signed notices."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from banking.banks import registry
from banking.connections.begin import terms_version
from banking.connections.complete import open_connection
from banking.models import BankAccount, BankEvent, Connection
from banking.statements.sync import due_accounts, sync_account
from tenants.scope import tenant_scope
from tests.banking.made import change, reread, stored_lines
from tests.cast import sign_in
from tests.cora_simulator import OFICINA
from tests.payments.law_one.processes import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
MODE = registry.info("kamino").modes[0]
PAGE = reverse("banking:mode", args=["kamino", MODE.slug])
OPEN = "/v1/accounts"


@pytest.fixture
def accepted(kamino, client, tenant, operator):
    """A connection as it is when somebody has accepted the terms."""
    sign_in(client, operator, tenant)
    client.post(PAGE, {"accepted": "on", "version": terms_version(MODE)})
    with tenant_scope(tenant.id):
        return Connection.objects.of(tenant).get()


def events(tenant):
    with tenant_scope(tenant.id):
        return list(BankEvent.objects.of(tenant).values_list("kind", flat=True))


def test_accepting_calls_nobody(kamino, accepted):
    assert kamino.requests() == []


def test_the_account_is_opened_in_the_companys_name_and_read(kamino, accepted, tenant):
    account = open_connection(tenant.id, accepted.id)
    kamino.credit(150075)

    sync_account(tenant.id, account.id)

    opened = kamino.account()
    assert account.number == f"{opened['number']}-{opened['digit']}"
    assert account.holder_document == OFICINA
    read = reread(account)
    assert (read.sync_error, read.proof) == ("", BankAccount.Proof.PROVED)
    assert read.balance == Decimal(kamino.account()["balance"]).scaleb(-2)
    assert stored_lines(account) >= 1


def test_an_opening_whose_answer_is_lost_opens_one_account(kamino, accepted, tenant, monday):
    kamino.fault("lose_answer", OPEN)
    assert open_connection(tenant.id, accepted.id) is None
    assert reread(accepted).status == Connection.Status.OPENING
    monday.shift(timedelta(minutes=3))

    account = open_connection(tenant.id, accepted.id)

    assert account is not None
    ours = [each for each in kamino.accounts() if each["cnpj"] == OFICINA]
    assert len(ours) == 1


def test_access_that_the_company_took_back_marks_the_connection(kamino, accepted, tenant, monday):
    account = open_connection(tenant.id, accepted.id)
    for each in kamino.clients():
        kamino.end_client(each["client_id"])
    monday.shift(timedelta(days=1))
    kamino.process.advance(86_400)

    sync_account(tenant.id, account.id)

    assert reread(accepted).status == Connection.Status.LOST


def test_its_notices_come_signed_through_the_door_and_hurry_the_statement(
    kamino, client, tenant, operator, live_server, settings
):
    settings.PUBLIC_URL = live_server.url
    sign_in(client, operator, tenant)
    client.post(PAGE, {"accepted": "on", "version": terms_version(MODE)})
    with tenant_scope(tenant.id):
        connection = Connection.objects.of(tenant).get()
    account = open_connection(tenant.id, connection.id)
    change(account, sync_started_at=timezone.now() - timedelta(minutes=1))

    kamino.credit(150075)

    wait_for(lambda: events(tenant), "the notice came")
    assert [kind.partition(".")[0] for kind in events(tenant)] == ["entry"]
    assert due_accounts(timezone.now()) == [(tenant.id, account.id)]

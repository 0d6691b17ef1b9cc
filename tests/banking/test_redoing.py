"""What an undone connection leaves behind, and what may bring it back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from banking.banks import registry
from banking.banks.contract.errors import BankError
from banking.connections.begin import connect_by_terms, terms_version
from banking.connections.complete import open_connection
from banking.connections.disconnect import (
    NO_WAY,
    NOT_CONFIRMED,
    REVOKE_LASTS,
    REVOKED,
    close_connection,
    unclosed_connections,
    undo_connection,
)
from banking.gateway.tokens import StoredTokens
from banking.models import BankAccount, Connection
from core.errors import InvalidInput
from tenants.scope import tenant_scope
from tests.banking.made import change, consent, granted, make_account, make_connection, reread
from tests.cast import sign_in
from tests.cora_simulator import PADARIA
from tests.payments.law_one.processes import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
GO = reverse("banking:go", args=["cora"])
RETURN = reverse("banking:consent_return", args=["cora"])
OPENING = Connection.Status.OPENING
TOKEN = "/oauth/token"


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def undo(account, tenant, by):
    with tenant_scope(tenant.id):
        return undo_connection(account, tenant, by=by, typed=tenant.name)


def connection_of(account):
    now = reread(account)
    with tenant_scope(account.tenant_id):
        return Connection.objects.of(account.tenant_id).get(id=now.connection_id)


@pytest.fixture
def opened(kamino, client, tenant, admin):
    """A Conta Kamino, open: a bank that can be told to forget us."""
    mode = registry.info("kamino").modes[0]
    with tenant_scope(tenant.id):
        connection = connect_by_terms(tenant, "kamino", mode, version=terms_version(mode), by=admin)
    return open_connection(tenant.id, connection.id)


@pytest.fixture
def admin_in(client, tenant, admin):
    sign_in(client, admin, tenant)
    return client


def back_from_the_bank(client, address):
    back = urlsplit(consent(client.get(address).headers["Location"]))
    return {name: values[0] for name, values in parse_qs(back.query).items()}


# --- What is left ------------------------------------------------------------------------


def test_a_bank_that_offers_no_way_is_said_to_be_for_the_person(account, tenant, admin):
    undone = undo(account, tenant, admin)

    assert close_connection(tenant.id, undone.id)

    closed = reread(undone)
    assert (bytes(closed.credentials), closed.status_reason) == (b"", NO_WAY)
    assert unclosed_connections() == []


def test_the_bank_forgets_us_where_it_can(kamino, opened, tenant, admin):
    undone = undo(opened, tenant, admin)

    assert close_connection(tenant.id, undone.id)

    assert reread(undone).status_reason == REVOKED
    (ours,) = [each for each in kamino.clients() if each["account_id"]]
    assert ours["ended_at"]


def test_a_bank_that_does_not_answer_is_asked_again_and_then_no_more(
    kamino,
    opened,
    tenant,
    admin,
    monday,
):
    undone = undo(opened, tenant, admin)
    kamino.fault("drop", "/*", times=99)

    assert not close_connection(tenant.id, undone.id)
    assert reread(undone).credentials
    monday.shift(REVOKE_LASTS + timedelta(minutes=1))

    assert close_connection(tenant.id, undone.id)
    closed = reread(undone)
    assert (bytes(closed.credentials), closed.status_reason) == (b"", NOT_CONFIRMED)


def test_a_token_that_is_renewed_meanwhile_does_not_come_back(cora, account, tenant, admin):
    tokens = StoredTokens(tenant.id, account.connection_id, "cora")
    rejected = tokens.access_token()
    cora.clear_requests()
    cora.fault("slow_answer", TOKEN, ms=1500)
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(tokens.renew, rejected)
        wait_for(lambda: cora.count_requests(TOKEN) == 1, "the bank is asked for a token")
        undone = undo(account, tenant, admin)
        change(undone, credentials=b"", refresh_leased_until=None)
        renewing.result()

    assert bytes(reread(undone).credentials) == b""
    assert reread(undone).is_undone


def test_nobody_calls_the_bank_with_it_any_more(cora, account, tenant, admin):
    undone = undo(account, tenant, admin)
    fresh = StoredTokens(tenant.id, undone.id, "cora")

    with pytest.raises(BankError, match="precisa ser refeita"):
        fresh.access_token()


def test_the_name_has_to_be_the_companys(account, tenant, admin):
    with pytest.raises(InvalidInput, match="Oficina Modelo"), tenant_scope(tenant.id):
        undo_connection(account, tenant, by=admin, typed="Oficina")

    assert connection_of(account).is_active


# --- What brings it back -----------------------------------------------------------------


def test_the_link_brings_back_the_same_account(cora, account, tenant, admin, admin_in):
    undo(account, tenant, admin)
    page = words(admin_in.get(reverse("integrations:list")))
    address = f"{GO}?conta={account.id}"
    assert f'href="{address}"' in page

    admin_in.get(RETURN, back_from_the_bank(admin_in, address))
    with tenant_scope(tenant.id):
        redone = Connection.objects.of(tenant).get(status=OPENING)
    assert redone.redoes_id == account.id
    assert open_connection(tenant.id, redone.id).id == account.id

    assert connection_of(account).id == redone.id
    with tenant_scope(tenant.id):
        assert BankAccount.objects.of(tenant).count() == 1


def test_another_account_is_refused_with_both_told(cora, tenant, admin, admin_in):
    other = make_account(tenant, admin, number="7654321-0")
    undo(other, tenant, admin)
    connection = make_connection(tenant, admin, grant=granted(cora), status=OPENING, redoes=other)

    assert open_connection(tenant.id, connection.id) is None

    page = words(admin_in.get(reverse("banking:connection", args=[connection.id])))
    assert "0001 / 7654321-0" in page
    assert cora.account()["number"][:6] in page
    assert f'href="{GO}?conta={other.id}"' in page
    assert connection_of(other).is_undone
    with tenant_scope(tenant.id):
        assert BankAccount.objects.of(tenant).count() == 1


def test_another_companys_account_at_the_bank_is_refused(cora, account, tenant, admin):
    undo(account, tenant, admin)
    grant = granted(cora, PADARIA)
    connection = make_connection(tenant, admin, grant=grant, status=OPENING, redoes=account)

    assert open_connection(tenant.id, connection.id) is None

    assert "PADARIA AURORA LTDA" in reread(connection).status_reason
    assert connection_of(account).is_undone


def test_a_consent_from_before_the_undo_does_not_bring_it_back(
    cora, account, tenant, admin, admin_in
):
    query = back_from_the_bank(admin_in, GO)
    undo(account, tenant, admin)

    page = words(admin_in.get(RETURN, query))

    assert "foi desfeito depois que esta autorização começou" in page
    assert connection_of(account).is_undone


def test_a_connection_that_was_being_made_does_not_bring_it_back(cora, account, tenant, admin):
    connection = make_connection(tenant, admin, grant=granted(cora), status=OPENING)
    undo(account, tenant, admin)

    assert open_connection(tenant.id, connection.id) is None

    assert "desfez o vínculo desta conta" in reread(connection).status_reason
    assert connection_of(account).is_undone


@pytest.mark.parametrize("named", ["x", "01a210f3-2e9c-7925-adb3-45f78a404856"])
def test_an_account_that_is_not_ours_cannot_be_named(cora, admin_in, named):
    assert admin_in.get(f"{GO}?conta={named}").status_code == 404

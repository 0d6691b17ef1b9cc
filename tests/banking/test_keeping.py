"""Grants that die unless they are used, and what a dead one leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from banking.banks.contract.errors import ConsentLost
from banking.connections.token_renewal import due_connections, keep_alive
from banking.gateway.connect import tokens_of
from banking.gateway.credentials import unseal
from banking.models import BankHealth, Connection
from banking.statements.sync import due_accounts, sync_account
from tests.audit.reading import audit_of
from tests.banking.banks.conftest import LOST, Answer, TinyBank
from tests.banking.made import change, make_account, make_connection, make_grant, reread
from tests.cast import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]
FRESH = Answer(200, b'{"access_token":"a-1","refresh_token":"r-1","expires_in":300}')
DEAD = Answer(400, b'{"error":"invalid_grant","error_description":"refresh token expired"}')


@pytest.fixture
def bank(settings):
    """BS2's token address."""
    bank = TinyBank()
    settings.BS2_BASE_URL = bank.base_url
    bank.will_answer(FRESH)
    yield bank
    bank.stop()


@pytest.fixture
def connection(tenant, admin):
    """By portal keys; its refresh token dies in two days, and it has not been used for one."""
    return connect(tenant, admin)


def connect(tenant, person, **changes):
    now = timezone.now()
    values = {
        "mode": "chaves",
        "secrets": {"api_key": "chave", "api_secret": "segredo"},
        "expires_at": now + timedelta(days=1),
        "keep_alive_at": now - timedelta(minutes=1),
        "refresh_by": now + timedelta(hours=24),
    }
    grant = make_grant(**{**values, **changes})
    return make_connection(tenant, person, provider="bs2", mode="chaves", grant=grant)


def test_a_grant_is_renewed_though_nobody_asks_for_a_token(bank, connection):
    assert due_connections(timezone.now()) == [(connection.tenant_id, connection.id)]

    assert keep_alive(connection.tenant_id, connection.id)

    kept = reread(connection)
    assert unseal(kept.credentials, kept.id).refresh_token == "r-1"
    assert kept.keep_alive_at > timezone.now()
    assert kept.refresh_by > timezone.now() + timedelta(hours=47)
    assert due_connections(timezone.now()) == []


def test_a_message_that_comes_twice_renews_once(bank, connection):
    for _ in range(2):
        keep_alive(connection.tenant_id, connection.id)

    assert len(bank.received) == 1


def test_a_renewal_on_demand_counts_as_one(bank, connection):
    tokens_of(connection).renew("access-0")

    assert due_connections(timezone.now()) == []


def test_those_that_would_die_first_come_first_and_a_tick_takes_a_batch(
    bank, tenant, admin, connection
):
    urgent = connect(tenant, admin, refresh_by=timezone.now() + timedelta(minutes=9))

    assert due_connections(timezone.now(), at_most=1) == [(tenant.id, urgent.id)]


def test_a_bank_that_does_not_answer_is_asked_again_later(bank, connection, monday):
    bank.will_answer(Answer(429, b"{}"))

    assert not keep_alive(connection.tenant_id, connection.id)

    assert reread(connection).status == Connection.Status.ACTIVE
    assert due_connections(timezone.now()) == []
    monday.shift(timedelta(minutes=3))
    assert due_connections(timezone.now()) == [(connection.tenant_id, connection.id)]


def test_a_lost_answer_keeps_the_old_grant_for_a_later_try(bank, connection, monday):
    bank.will_answer(LOST, FRESH)
    keep_alive(connection.tenant_id, connection.id)
    monday.shift(timedelta(minutes=3))

    assert keep_alive(connection.tenant_id, connection.id)


def test_a_bank_that_is_away_is_not_asked(bank, connection):
    now = timezone.now()
    BankHealth.objects.create(provider="bs2", failures=5, open_until=now + timedelta(seconds=60))

    assert due_connections(now) == []
    keep_alive(connection.tenant_id, connection.id)
    assert bank.received == []


# --- A dead grant -------------------------------------------------------------------------


@pytest.fixture
def dead(bank, tenant, admin, connection):
    """The account of a connection whose grant the bank does not know any more."""
    account = make_account(tenant, admin, provider="bs2", connection=connection)
    bank.will_answer(DEAD)
    keep_alive(connection.tenant_id, connection.id)
    return account


def test_a_dead_grant_marks_the_connection_with_why_and_when(dead):
    lost = reread(dead.connection)

    assert lost.status == Connection.Status.LOST
    assert "gere um novo token" in lost.status_reason
    assert lost.lost_at is not None


def test_a_dead_grant_is_in_the_audit(dead, tenant):
    (lost,) = audit_of(tenant)

    assert (lost.act, lost.by, lost.on_id) == (Act.CONNECTION_LOST, None, dead.connection_id)
    assert lost.why == reread(dead.connection).status_reason


def test_after_it_nothing_calls_the_bank_any_more(bank, dead, monday):
    asked = len(bank.received)
    monday.shift(timedelta(hours=1))

    keep_alive(dead.tenant_id, dead.connection_id)
    sync_account(dead.tenant_id, dead.id)
    with pytest.raises(ConsentLost):
        tokens_of(dead.connection).renew("access-0")

    assert due_connections(timezone.now()) == []
    assert due_accounts(timezone.now()) == []
    assert len(bank.received) == asked


def test_the_page_says_who_connected_it_when_why_it_stopped_and_leads_to_the_same_form(
    client, tenant, operator, admin, dead
):
    change(dead.connection, typed={"branch": "0001"})
    sign_in(client, operator, tenant)

    page = client.get(reverse("integrations:list")).content.decode()

    assert f"Chaves do BS2 Empresas, por {admin.email} em 23/11/2026" in page
    assert "Parado desde 23/11: O Refresh_Token do BS2 não vale mais" in page
    form = reverse("banking:mode", args=["bs2", "chaves"])
    assert f"{form}?de={dead.connection_id}" in page

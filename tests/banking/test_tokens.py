"""One refresh at a time, and credentials at rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from banking.banks.contract.errors import BankUnavailable, ConsentLost
from banking.banks.contract.info import Capability
from banking.connections.disconnect import undo_connection
from banking.gateway.connect import connect
from banking.gateway.connect import tokens_of as kept_tokens
from banking.gateway.credentials import CredentialsUnreadable, seal, unseal
from banking.gateway.tokens import StoredTokens
from banking.models import BankHealth, Connection
from core.ids import uuid7
from tenants.scope import tenant_scope
from tests.banking.factories import (
    change,
    connect_account,
    granted,
    make_connection,
    make_grant,
    reread,
)

calls_banks = pytest.mark.django_db(transaction=True)
TOKEN = "/oauth/token"


@pytest.fixture
def connection(tenant, admin, cora):
    """Its access token has expired."""
    expired = granted(cora, expires_at=timezone.now() - timedelta(minutes=1))
    cora.clear_requests()
    return make_connection(tenant, admin, grant=expired)


def tokens_of(connection):
    """As another process has them: sharing nothing but the row."""
    return StoredTokens(connection.tenant_id, connection.id, connection.provider)


@calls_banks
def test_twenty_workers_with_one_expired_token_refresh_it_once(cora, connection):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: tokens_of(connection).access_token(), range(20)))

    assert len(set(answers)) == 1
    assert cora.count_requests(TOKEN) == 1
    stored = unseal(reread(connection).credentials, connection.id)
    assert stored.access_token == answers[0]
    assert reread(connection).refresh_leased_until is None


@calls_banks
def test_twenty_refusals_of_one_token_refresh_it_once(cora, tenant, admin):
    connection = make_connection(tenant, admin, grant=granted(cora))
    cora.clear_requests()
    rejected = tokens_of(connection).access_token()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: tokens_of(connection).renew(rejected), range(20)))

    assert set(answers) != {rejected}
    assert cora.count_requests(TOKEN) == 1


@calls_banks
def test_a_token_that_is_good_is_not_refreshed(cora, tenant, admin):
    connection = make_connection(tenant, admin, grant=granted(cora))
    cora.clear_requests()

    tokens_of(connection).access_token()

    assert cora.count_requests(TOKEN) == 0


@calls_banks
def test_a_lost_answer_leaves_the_old_token_for_a_later_attempt(cora, connection):
    cora.lose_next_answer(TOKEN)
    with pytest.raises(BankUnavailable):
        tokens_of(connection).access_token()
    assert reread(connection).refresh_leased_until > timezone.now()  # nobody hurries
    change(connection, refresh_leased_until=timezone.now())

    token = tokens_of(connection).access_token()

    assert token == unseal(reread(connection).credentials, connection.id).access_token
    assert reread(connection).status == Connection.Status.ACTIVE


@calls_banks
def test_a_consent_that_is_over_marks_the_connection_and_asks_no_more(cora, connection):
    for grant in cora.grants():
        cora.revoke(grant["id"])
    with pytest.raises(ConsentLost):
        tokens_of(connection).access_token()
    asked = cora.count_requests(TOKEN)

    with pytest.raises(ConsentLost):
        tokens_of(connection).access_token()

    assert reread(connection).status == Connection.Status.LOST
    assert cora.count_requests(TOKEN) == asked


@calls_banks
def test_a_worker_that_died_while_refreshing_frees_it_in_time(cora, connection, monday):
    change(connection, refresh_leased_until=timezone.now() + timedelta(seconds=75))
    monday.shift(timedelta(seconds=76))

    assert tokens_of(connection).access_token()
    assert cora.count_requests(TOKEN) == 1


# --- At rest ------------------------------------------------------------------------------


def test_an_older_key_still_reads(settings):
    connection_id = uuid7()
    sealed = seal(make_grant(access_token="antigo"), connection_id)

    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]

    assert unseal(sealed, connection_id).access_token == "antigo"


def test_without_the_key_nobody_reads(settings):
    connection_id = uuid7()
    sealed = seal(make_grant(), connection_id)

    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CredentialsUnreadable):
        unseal(sealed, connection_id)


def test_credentials_do_not_work_in_another_row():
    with pytest.raises(CredentialsUnreadable):
        unseal(seal(make_grant(), uuid7()), uuid7())


def test_a_grant_does_not_show_its_tokens():
    assert "access-0" not in repr(make_grant())
    assert "refresh-0" not in repr(make_grant())


def test_rotation_moves_every_companys_credentials_to_the_newest_key(
    tenant, other_tenant, admin, settings, capsys
):
    ours = make_connection(tenant, admin, grant=make_grant(access_token="nosso"))
    theirs = make_connection(other_tenant, admin, grant=make_grant(access_token="deles"))
    change(make_connection(tenant, admin), credentials=b"")
    newest = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [newest, *settings.CREDENTIAL_KEYS]

    call_command("rotate_credentials")

    settings.CREDENTIAL_KEYS = [newest]
    assert unseal(reread(ours).credentials, ours.id).access_token == "nosso"
    assert unseal(reread(theirs).credentials, theirs.id).access_token == "deles"
    assert capsys.readouterr().out.startswith("2 connections")


@calls_banks
def test_a_connected_account_still_works_after_rotation(cora, tenant, admin, settings):
    account = connect_account(tenant, admin, cora)
    newest = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [newest, *settings.CREDENTIAL_KEYS]

    call_command("rotate_credentials")

    settings.CREDENTIAL_KEYS = [newest]
    assert tokens_of(account.connection).access_token()


# --- Undone meanwhile ---------------------------------------------------------------------


def undo(account, tenant, by):
    """As the web does it: this process's own grants know nothing of it."""
    with tenant_scope(tenant.id):
        undo_connection(account, tenant, by=by, typed=tenant.name)


@calls_banks
def test_a_connection_undone_elsewhere_is_not_used_with_the_grant_that_is_kept(
    cora, account, tenant, admin
):
    seen = reread(account.connection)  # a worker read it a moment ago
    with connect(seen, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()
    undo(account, tenant, admin)
    cora.clear_requests()

    with pytest.raises(ConsentLost), connect(seen, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()

    assert cora.count_requests() == 0


@calls_banks
def test_nothing_of_it_stays_in_memory(cora, account, tenant, admin):
    with connect(account.connection, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()
    kept = kept_tokens(account.connection)
    undo(account, tenant, admin)

    with (
        pytest.raises(ConsentLost),
        connect(account.connection, needing=Capability.FETCH_BALANCE),
    ):
        pass

    assert kept_tokens(account.connection) is not kept
    with pytest.raises(ConsentLost):
        kept.stored_grant()


@calls_banks
def test_who_holds_a_bank_for_long_looks_again(cora, account, tenant, admin, monkeypatch):
    with connect(account.connection, needing=Capability.FETCH_BALANCE) as bank:
        bank.fetch_balance()
        undo(account, tenant, admin)
        monkeypatch.setattr("banking.gateway.tokens.TRUSTED_SECONDS", 0.0)
        cora.clear_requests()

        with pytest.raises(ConsentLost):
            bank.fetch_balance()

    assert cora.count_requests() == 0


@calls_banks
def test_a_probe_of_a_bank_is_not_taken_by_a_connection_that_is_over(
    cora, account, tenant, admin, settings
):
    """Else nobody would try the bank again until the probe's lease is over."""
    # Its row is there when it was time to note the bank's clock: every five minutes of a process.
    BankHealth.objects.update_or_create(
        provider="cora",
        defaults={"failures": settings.CIRCUIT_FAILURES, "open_until": timezone.now()},
    )
    undo(account, tenant, admin)

    with (
        pytest.raises(ConsentLost),
        connect(account.connection, needing=Capability.FETCH_BALANCE),
    ):
        pass

    assert BankHealth.objects.get(provider="cora").probe_leased_until is None

"""A connection that the bank no longer accepts: told at once, to those who can act, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from banking import tasks
from banking.banks.contract.errors import BankAccessDenied, ConsentLost
from banking.connections.addresses import redo_address_of
from banking.connections.loss_notices import notify_of_losses
from banking.gateway.tokens import StoredTokens
from banking.models import Connection
from tenants import notices
from tenants.models import Notice, Plan
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.banking.factories import (
    change,
    connect_account,
    make_account,
    make_bs2_connection,
    make_connection,
    reread,
)
from tests.payments.at_most_once.side_by_side import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LOST, ACTIVE = Connection.Status.LOST, Connection.Status.ACTIVE


def told(tenant):
    """To whom, and whether it is still shown."""
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).order_by("made_at", "id")
        return [(notice.user_id, notice.closed_at is None) for notice in rows]


def lose(account, **changes):
    change(account.connection, **{"status": LOST, "lost_at": timezone.now(), **changes})


def renew(connection):
    StoredTokens(connection.tenant_id, connection.id, connection.provider).access_token()


@pytest.fixture
def account(tenant, admin):
    """Ours at Cora; the bank need not know it."""
    return make_account(tenant, admin)


def test_a_consent_that_the_bank_ended_is_told_by_email_and_in_the_product(
    tenant, admin, operator, approver, reader, cora
):
    account = connect_account(tenant, admin, cora)
    for grant in cora.grants():
        cora.revoke(grant["id"])
    connection = reread(account.connection)
    with pytest.raises(ConsentLost):
        StoredTokens(tenant.id, connection.id, "cora").renew(
            StoredTokens(tenant.id, connection.id, "cora").access_token()
        )

    tasks.tell_of_lost_connections()
    assert notices.send_waiting(timezone.now()) == 2

    assert set(told(tenant)) == {(admin.id, True), (operator.id, True)}
    assert redo_address_of(account) in mail.outbox[0].body


def test_it_is_told_once_however_often_it_is_looked_at(tenant, admin, account):
    lose(account)

    for _ in range(3):
        notify_of_losses(timezone.now())
    at_once(lambda: notify_of_losses(timezone.now()))

    assert told(tenant) == [(admin.id, True)]


def test_two_workers_tell_it_once(tenant, admin, operator, account):
    lose(account)

    at_once(lambda: notify_of_losses(timezone.now()), people=4)

    assert len(told(tenant)) == 2
    assert notices.send_waiting(timezone.now()) == 2


def test_it_is_taken_back_when_the_account_is_connected_again(tenant, admin, account):
    lose(account)
    notify_of_losses(timezone.now())

    change(account, connection=make_connection(tenant, admin))
    notify_of_losses(timezone.now())

    assert told(tenant) == [(admin.id, False)]


@pytest.mark.parametrize("nothing", ["undone", "long_ago", "out_of_plan"])
def test_what_is_no_news_is_not_told(tenant, admin, account, nothing):
    now = timezone.now()
    if nothing == "undone":
        lose(account, status=Connection.Status.UNDONE)
    elif nothing == "long_ago":
        lose(account, lost_at=now - timedelta(days=8))
    else:
        lose(account)
        change_plan(tenant, Plan.COMPASS)

    notify_of_losses(now)

    assert told(tenant) == []


def test_credentials_of_the_company_that_the_bank_refuses_are_told(tenant, admin, bs2):
    connection = make_bs2_connection(tenant, admin, bs2)
    change(connection, status=ACTIVE)
    make_account(tenant, admin, provider="bs2", connection=connection)
    renew(connection)
    bs2.fault("status", "/auth/oauth/v2/token", status=401, times=1)
    token = StoredTokens(tenant.id, connection.id, "bs2").access_token()
    with pytest.raises(BankAccessDenied):
        StoredTokens(tenant.id, connection.id, "bs2").renew(token)

    notify_of_losses(timezone.now())
    notify_of_losses(timezone.now())
    assert told(tenant) == [(admin.id, True)]

    StoredTokens(tenant.id, connection.id, "bs2").renew(token)
    notify_of_losses(timezone.now())

    assert told(tenant) == [(admin.id, False)]


def test_our_own_credentials_that_a_bank_refuses_are_no_news_to_a_company(tenant, admin, account):
    change(account.connection, denied_at=timezone.now())

    notify_of_losses(timezone.now())

    assert told(tenant) == []


def test_another_company_is_told_nothing(tenant, other_tenant, outsider, account):
    lose(account)

    notify_of_losses(timezone.now())

    assert told(other_tenant) == []

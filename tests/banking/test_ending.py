"""Consents that end: seen in the list, told 15, 7 and 1 days before, renewed without a gap."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from banking import tasks
from banking.connections.complete import open_connection
from banking.connections.expiry_notices import tell_of_endings
from banking.models import Connection
from tenants import notices
from tenants.models import Notice, Plan, Role
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.banking.conftest import NOW
from tests.banking.made import (
    change,
    connect_account,
    granted,
    make_account,
    make_connection,
    make_grant,
    reread,
)
from tests.cast import make_member, sign_in

LIST = reverse("integrations:list")
DIRECT = "direta"  # by a certificate
RENEW = reverse("banking:mode", args=["cora", DIRECT])
pytestmark = pytest.mark.usefixtures("monday")


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def make_ending(tenant, person, days, **changes):
    """An account whose certificate ends in so many days."""
    grant = make_grant(refresh_by=NOW + timedelta(days=days), **changes)
    connection = make_connection(tenant, person, mode=DIRECT, grant=grant)
    return make_account(tenant, person, connection=connection)


def told(tenant):
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).order_by("made_at", "id")
        return [(notice.step, notice.closed_at is None) for notice in rows]


# --- When ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "step"), [(15, "15"), (8, "15"), (7, "7"), (2, "7"), (1, "1"), (0.4, "1")]
)
def test_it_is_told_for_the_nearest_of_the_three_days(tenant, admin, days, step):
    make_ending(tenant, admin, days)

    tell_of_endings(NOW)

    assert told(tenant) == [(step, True)]


@pytest.mark.parametrize("days", [16, 90, -1])
def test_long_before_and_afterwards_nothing_is_told(tenant, admin, days):
    make_ending(tenant, admin, days)

    tell_of_endings(NOW)

    assert told(tenant) == []


def test_over_the_whole_time_three_are_told_and_emailed_once_each(tenant, admin):
    make_ending(tenant, admin, 20)

    for hour in range(0, 20 * 24, 6):
        now = NOW + timedelta(hours=hour)
        tell_of_endings(now)
        notices.send_waiting(now)

    assert [step for step, _ in told(tenant)] == ["15", "7", "1"]
    assert len(mail.outbox) == 3


def test_the_days_are_sao_paulos(tenant, admin):
    # 23:30 in São Paulo, fifteen days on: in UTC it is the sixteenth day.
    make_ending(tenant, admin, 15 + 14.5 / 24)

    tell_of_endings(NOW)

    assert told(tenant) == [("15", True)]


# --- What ends, and what does not ---------------------------------------------------------


def test_a_grant_that_is_kept_alive_does_not_end(tenant, admin):
    make_ending(tenant, admin, 2, keep_alive_at=NOW + timedelta(hours=12))

    tell_of_endings(NOW)

    assert told(tenant) == []


def test_a_mode_that_makes_its_own_new_tokens_does_not_end(tenant, admin):
    grant = make_grant(refresh_by=NOW + timedelta(minutes=10), mode="senha")
    connection = make_connection(tenant, admin, provider="bs2", mode="senha", grant=grant)
    make_account(tenant, admin, provider="bs2", connection=connection)

    tell_of_endings(NOW)

    assert told(tenant) == []


def test_an_account_outside_of_the_plan_is_not_told_of(tenant, admin):
    make_ending(tenant, admin, 7)
    change_plan(tenant, Plan.COMPASS)

    tell_of_endings(NOW)

    assert told(tenant) == []


# --- To whom, and where -------------------------------------------------------------------


def test_those_who_may_renew_are_told(tenant, admin, operator, approver, reader):
    make_ending(tenant, admin, 7)

    tell_of_endings(NOW)

    with tenant_scope(tenant.id):
        people = set(Notice.objects.of(tenant).values_list("user_id", flat=True))
    assert people == {admin.id, operator.id}


def test_the_tick_tells_and_the_next_one_emails(tenant, admin):
    account = make_ending(tenant, admin, 7)

    tasks.tell_of_ending_consents()
    notices.send_waiting(NOW)

    (message,) = mail.outbox
    assert f"A autorização de {account} termina em 7 dias, 30/11/2026." in message.subject
    assert RENEW in message.body


@pytest.mark.parametrize(
    ("days", "tag"), [(15, "vence em 15 dias"), (1, "vence amanhã"), (0.4, "vence hoje")]
)
def test_the_list_shows_how_many_days_are_left(client, tenant, admin, days, tag):
    make_ending(tenant, admin, days)
    sign_in(client, admin, tenant)

    page = words(client.get(LIST))

    assert f"{tag}</span>" in page
    assert f'href="{RENEW}?' in page


def test_far_from_its_end_the_list_says_nothing_of_it(client, tenant, admin):
    make_ending(tenant, admin, 16)
    sign_in(client, admin, tenant)

    page = words(client.get(LIST))

    assert "vence" not in page
    assert ">ativo</span>" in page


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_may_not_renew_sees_the_days_and_no_link(client, tenant, admin, role):
    make_ending(tenant, admin, 7)
    sign_in(client, make_member(tenant, role), tenant)

    page = words(client.get(LIST))

    assert "vence em 7 dias" in page
    assert RENEW not in page


# --- Renewed in time, or too late ---------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_renewed_before_its_end_the_account_is_connected_all_the_time(cora, tenant, admin):
    account = connect_account(tenant, admin, cora)
    change(account.connection, keep_alive_at=None, refresh_by=NOW + timedelta(days=7))
    tell_of_endings(NOW)
    new = make_connection(tenant, admin, grant=granted(cora), status=Connection.Status.OPENING)
    assert is_connected(account)  # while the other opens

    renewed = open_connection(tenant.id, new.id)
    tell_of_endings(NOW)

    assert renewed == account
    assert is_connected(account)
    assert told(tenant) == [("7", False)]


def test_what_was_lost_meanwhile_is_taken_back(tenant, admin):
    account = make_ending(tenant, admin, 7)
    tell_of_endings(NOW)
    change(account.connection, status=Connection.Status.LOST)

    tell_of_endings(NOW)

    assert told(tenant) == [("7", False)]


def is_connected(account):
    with tenant_scope(account.tenant_id):
        return reread(account).is_connected

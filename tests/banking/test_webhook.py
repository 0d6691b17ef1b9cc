from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.models import BankEvent
from banking.statements.sync import due_accounts
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import SIGNING_KEY, change, make_account, make_connection, nudged

HEADERS = {
    "webhook-event-id": "evt_4RtYuIoPaSdFgHjKlZxCvB",
    "webhook-event-type": "transfer.completed",
    "webhook-resource-id": "trn_2Zx9CvBnM7aSdFgH5jKlQw",
}


@pytest.fixture
def connection(tenant, admin):
    return make_connection(tenant, admin, secret="segredo")


def door(connection, *, secret="segredo", provider="cora", connection_id=None):
    return reverse("banking:webhook", args=[provider, connection_id or connection.id, secret])


def call(client, address, *, body=b"", **changes):
    return client.post(
        address, body, content_type="application/json", headers={**HEADERS, **changes}
    )


def stored(tenant):
    with tenant_scope(tenant.id):
        return list(BankEvent.objects.of(tenant).values_list("kind", "reference", "claims"))


def test_a_notice_is_stored_and_answered(client, tenant, connection):
    response = call(client, door(connection))

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert stored(tenant) == [("transfer.completed", "trn_2Zx9CvBnM7aSdFgH5jKlQw", "paid")]


def test_a_notice_needs_no_csrf_token(tenant, connection):
    response = call(Client(enforce_csrf_checks=True), door(connection))

    assert response.status_code == 200


def test_a_notice_that_comes_again_is_answered_alike_and_stored_once(client, tenant, connection):
    call(client, door(connection))

    response = call(client, door(connection))

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert len(stored(tenant)) == 1


@pytest.mark.parametrize(
    "forged", [{"secret": "outro"}, {"provider": "bs2"}, {"connection_id": uuid4()}]
)
def test_a_forged_address_is_not_found(client, tenant, connection, forged):
    response = call(client, door(connection, **forged))

    assert response.status_code == 404
    assert stored(tenant) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-event-type": "???"},
        {"webhook-event-id": ""},
        {"webhook-resource-id": "x" * 500},
        {"webhook-resource-id": "pay_2Zx9CvBnM7aSdFgH5jKlQw"},
        {"webhook-event-type": "\x01\x7f"},
        {"body": b"\x00" * 5000},
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_is_kept_once_and_wakes_nobody(client, tenant, just_synced, changes):
    with nudged() as sent:
        answers = [call(client, door(just_synced.connection), **changes) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert stored(tenant) == [("", "", "")]
    assert sent == []
    assert not is_due(just_synced)


def test_a_body_over_64_kib_is_refused(client, tenant, connection):
    response = call(client, door(connection), body=b"x" * (64 * 1024 + 1))

    assert response.status_code == 413
    assert stored(tenant) == []


def test_a_declared_length_over_64_kib_is_refused_unread(client, tenant, connection):
    response = client.post(
        door(connection), b"", content_type="application/json", CONTENT_LENGTH="70000"
    )

    assert response.status_code == 413


def test_the_door_takes_only_post(client, connection):
    assert client.get(door(connection)).status_code == 405


# --- Banks that say who they are ----------------------------------------------------------

PIX = b'{"EndToEndId": "E71027866202611231200abcdefghijk", "Evento": "Recebimento"}'


@pytest.mark.parametrize(("key", "status"), [(SIGNING_KEY, 200), (bytes(32), 400)])
def test_a_notice_that_says_who_sends_it_is_held_against_the_key_of_its_connection(
    client, tenant, admin, key, status
):
    connection = make_connection(tenant, admin, provider="bs2", secret="segredo")

    response = client.post(
        door(connection, provider="bs2"),
        PIX,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key.hex()}"},
    )

    assert response.status_code == status
    assert len(stored(tenant)) == (status == 200)


@pytest.mark.parametrize("key", [bytes(32), None])
def test_what_cannot_be_read_is_not_kept_when_its_bearer_is_wrong_or_missing(
    client, tenant, admin, key
):
    """A Pix has to have one; anything else may come without."""
    connection = make_connection(tenant, admin, provider="bs2", secret="segredo")
    bearer = f"Bearer {key.hex()}" if key else None

    response = client.post(
        door(connection, provider="bs2"),
        PIX if bearer is None else b"{",
        content_type="application/json",
        headers={"Authorization": bearer} if bearer else {},
    )

    assert response.status_code == 400
    assert stored(tenant) == []


# --- Hints for the statement --------------------------------------------------------------


@pytest.fixture
def just_synced(tenant, admin, monday):
    """An account that was read two minutes ago."""
    account = make_account(tenant, admin, connection=make_connection(tenant, admin))
    change(account, sync_started_at=NOW - timedelta(minutes=2), synced_at=NOW)
    return account


def is_due(account):
    return (account.tenant_id, account.id) in due_accounts(timezone.now())


def test_money_that_the_bank_tells_of_has_the_statement_read_at_the_next_tick(client, just_synced):
    assert not is_due(just_synced)

    call(
        client,
        door(just_synced.connection),
        **{"webhook-event-type": "invoice.paid", "webhook-resource-id": "inv_2Zx9CvBnM7aSdFgH5jKl"},
    )

    assert is_due(just_synced)


def test_a_hint_is_used_up_by_the_reading_that_follows_it(client, just_synced):
    change(just_synced, sync_hinted_at=NOW - timedelta(minutes=3))

    assert not is_due(just_synced)


def test_an_order_that_waits_for_approval_does_not_hurry_the_statement(client, just_synced):
    call(client, door(just_synced.connection), **{"webhook-event-type": "transfer.initiated"})

    assert not is_due(just_synced)


@pytest.mark.parametrize("kind", ["transfer.completed", "transfer.refunded"])
def test_an_order_that_moved_money_has_the_statement_read(client, just_synced, kind):
    call(client, door(just_synced.connection), **{"webhook-event-type": kind})

    assert is_due(just_synced)


@pytest.mark.django_db(transaction=True)
def test_only_the_account_that_a_notice_concerns_is_read(client, tenant, admin, just_synced):
    make_account(tenant, admin)
    with nudged() as sent:
        call(client, door(just_synced.connection))

    read = [arguments for task, arguments in sent if task == "banking.tasks.sync_account"]
    assert read == [[str(tenant.id), str(just_synced.id)]]


@pytest.mark.django_db(transaction=True)
def test_many_notices_are_one_reading(client, just_synced):
    with nudged() as sent:
        for number in range(20):
            call(client, door(just_synced.connection), **{"webhook-event-id": f"evt_{number:022}"})

    assert [task for task, _ in sent].count("banking.tasks.sync_account") == 1


@pytest.mark.django_db(transaction=True)
def test_a_statement_read_since_the_last_tick_is_left_to_the_next_one(client, just_synced):
    change(just_synced, sync_started_at=timezone.now() - timedelta(milliseconds=10))
    with nudged() as sent:
        call(client, door(just_synced.connection))

    assert "banking.tasks.sync_account" not in [task for task, _ in sent]
    assert is_due(just_synced)


def test_a_notice_that_comes_again_hints_at_nothing_new(client, just_synced):
    invoice = {"webhook-event-type": "invoice.paid", "webhook-resource-id": "inv_2Zx9CvBnM7aSdFg"}
    call(client, door(just_synced.connection), **invoice)
    change(just_synced, sync_hinted_at=None)

    call(client, door(just_synced.connection), **invoice)

    assert not is_due(just_synced)

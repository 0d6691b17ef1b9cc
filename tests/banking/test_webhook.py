from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from banking.models import BankEvent
from tenants.scope import tenant_scope
from tests.banking.made import make_connection, nudged

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


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_stored_answered_and_nudges_a_worker(client, tenant, connection):
    with nudged() as sent:
        response = call(client, door(connection))

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert stored(tenant) == [("transfer.completed", "trn_2Zx9CvBnM7aSdFgH5jKlQw", "paid")]
    assert settings.AFTER_BANK_EVENT_TASK in [task for task, _ in sent]


def test_a_notice_needs_no_csrf_token(tenant, connection):
    response = call(Client(enforce_csrf_checks=True), door(connection))

    assert response.status_code == 200


def test_a_notice_that_comes_again_is_refused_and_stored_once(client, tenant, connection):
    call(client, door(connection))

    response = call(client, door(connection))

    assert response.status_code == 409
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
    ],
)
def test_what_is_not_a_notice_is_refused(client, tenant, connection, changes):
    response = call(client, door(connection), **changes)

    assert response.status_code == 400
    assert stored(tenant) == []


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

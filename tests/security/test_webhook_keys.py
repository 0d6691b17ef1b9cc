"""What a bank signs its notices with follows from nothing that stands elsewhere."""

import hmac

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from banking.connections.webhook_registration import signing_key
from banking.gateway.sealing import Unreadable
from banking.models import BankEvent, Connection
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import SIGNING_KEY, change, make_connection, reread

SECRET = "o-segredo-do-caminho"
PIX = b'{"EndToEndId": "E71027866202611231200abcdefghijk", "Evento": "Recebimento"}'


@pytest.fixture
def connection(tenant: Tenant, admin: User) -> Connection:
    """At a bank that says who it is by a bearer of ours."""
    return make_connection(tenant, admin, provider="bs2", secret=SECRET)


def tell(connection: Connection, key: bytes) -> int:
    answer = Client().post(
        reverse("banking:webhook", args=["bs2", connection.id, SECRET]),
        PIX,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key.hex()}"},
    )
    return answer.status_code


def kept(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return BankEvent.objects.of(tenant).count()


def test_who_has_the_secret_key_and_the_address_signs_nothing(
    tenant: Tenant, connection: Connection
) -> None:
    derived = hmac.digest(settings.SECRET_KEY.encode(), SECRET.encode(), "sha256")

    assert tell(connection, derived) == 400
    assert kept(tenant) == 0


@pytest.mark.parametrize("key", [b"", SIGNING_KEY], ids=["empty", "a key"])
def test_a_connection_without_a_key_takes_no_signed_notice(
    tenant: Tenant, connection: Connection, key: bytes
) -> None:
    change(connection, webhook_key=b"")

    assert tell(connection, key) == 400
    assert kept(tenant) == 0


def test_the_key_of_another_connection_opens_as_none_of_its_own(
    tenant: Tenant, admin: User, connection: Connection
) -> None:
    other = make_connection(tenant, admin, provider="bs2", secret=SECRET)
    change(connection, webhook_key=other.webhook_key)

    with pytest.raises(Unreadable):
        signing_key(reread(connection))


def test_keys_follow_to_the_newest_credential_key(
    connection: Connection, settings: pytest.FixtureRequest
) -> None:
    newest = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [newest, *settings.CREDENTIAL_KEYS]
    call_command("rotate_credentials")
    settings.CREDENTIAL_KEYS = [newest]

    assert signing_key(reread(connection)) == SIGNING_KEY


def test_renewing_has_every_address_registered_anew(connection: Connection) -> None:
    change(connection, webhook_registered_at=connection.connected_at)

    call_command("renew_webhooks")

    assert reread(connection).webhook_registered_at is None

"""The way to Cora's consent and back, and what it leaves."""

from urllib.parse import parse_qs, urlsplit

from django.urls import reverse

from banking.models import Connection
from tenants.scope import tenant_scope
from tests.banking.factories import consent

GO = reverse("banking:go", args=["cora"])
RETURN = reverse("banking:consent_return", args=["cora"])


def connections_of(tenant):
    with tenant_scope(tenant.id):
        return list(Connection.objects.of(tenant).order_by("connected_at"))


def go_and_consent(client):
    """To the bank and back: what the bank adds to our address."""
    back = urlsplit(consent(client.get(GO).headers["Location"]))
    return {name: values[0] for name, values in parse_qs(back.query).items()}

"""What a bank answers to a consent is taken in the session that asked for it, and in no other."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import Connection
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import consent
from tests.cast import sign_in
from tests.cora_simulator import CoraSimulator

GO = reverse("banking:go", args=["cora"])
RETURN = reverse("banking:consent_return", args=["cora"])


def connections(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return int(Connection.objects.of(tenant).count())


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_begun_in_another_session_is_not_taken(
    cora: CoraSimulator, tenant: Tenant, admin: User
) -> None:
    """Somebody gives the admin the link that ends a consent of theirs, at an account of theirs."""
    mine, other = Client(), Client()
    for each in (mine, other):
        sign_in(each, admin, tenant)
    answer = parse_qs(urlsplit(consent(other.get(GO).headers["Location"])).query)

    refused = mine.get(RETURN, {name: values[0] for name, values in answer.items()})

    assert refused.status_code == 400
    assert connections(tenant) == 0
    taken = other.get(RETURN, {name: values[0] for name, values in answer.items()})
    assert (taken.status_code, connections(tenant)) == (302, 1)

"""JSON from outside that is nested without end or holds absurd numbers is refused in order."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from banking.banks.contract.errors import (
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.cora.info import INFO
from banking.banks.cora.wire.statement import read_page
from banking.banks.http.client import exchange, open_client
from banking.banks.http.json import read_json
from banking.models import BankEvent
from core.depth import MAX_DEPTH, is_shallow
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.banks.conftest import Answer, TinyBank
from tests.banking.factories import SIGNING_KEY, make_connection
from tests.cast import sign_in
from tests.security.hostile_json import hostile, hostile_or_huge, huge

# --- Answers of banks -----------------------------------------------------------------------


@hostile_or_huge
def test_the_reader_raises_what_its_callers_expect(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_json(body)


@hostile_or_huge
def test_so_does_the_reader_of_a_statement(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_page(b'{"entries": [' + body + b"]}")


@pytest.fixture
def bank() -> Iterator[TinyBank]:
    bank = TinyBank()
    yield bank
    bank.stop()


@hostile_or_huge
@pytest.mark.parametrize(
    ("status", "has_effect", "error"),
    [
        (200, True, BankOutcomeUnknown),
        (200, False, BankUnavailable),
        (400, True, BankRejected),
        (503, True, BankOutcomeUnknown),
    ],
)
def test_an_answer_of_a_bank(
    bank: TinyBank,
    body: bytes,
    status: int,
    has_effect: bool,
    error: type[BankError],
) -> None:
    bank.will_answer(Answer(status=status, body=body))
    with open_client(bank.base_url) as client, pytest.raises(error) as caught:
        request = client.build_request("POST", "/")
        exchange(client, request, bank=INFO, operation="pay", has_effect=has_effect)

    assert type(caught.value) is error


def test_what_is_nested_as_much_as_it_may_is_read() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    assert read_json(deepest) and is_shallow(read_json(deepest))
    with pytest.raises(ValueError):
        read_json(b"[" + deepest + b"]")


# --- Webhooks -------------------------------------------------------------------------------


@hostile_or_huge
@pytest.mark.parametrize("provider", ["bs2", "kamino"])
@pytest.mark.django_db
def test_a_notice_of_a_bank(
    client: Client, tenant: Tenant, admin: User, provider: str, body: bytes
) -> None:
    connection = make_connection(tenant, admin, provider=provider, secret="segredo")
    address = reverse("banking:webhook", args=[provider, connection.id, "segredo"])

    answer = client.post(
        address, body, content_type="application/json", headers=signed(provider, body)
    )

    assert answer.status_code == 200  # kept as it came; nothing is read in it
    with tenant_scope(tenant.id):
        (notice,) = BankEvent.objects.of(tenant)
    assert (notice.kind, notice.reference, notice.claims) == ("", "", "")


def signed(provider: str, body: bytes) -> dict[str, str]:
    """As the bank signs it, so that the body is read."""
    if provider == "bs2":
        return {"Authorization": f"Bearer {SIGNING_KEY.hex()}"}
    at = str(int(time.time()))
    digest = hmac.new(SIGNING_KEY, f"evt_1.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


# --- The API --------------------------------------------------------------------------------

URL = "/api/v1/payables/"


@pytest.fixture
def program(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


def post(client: Client, body: bytes, address: str = URL) -> Any:
    return client.post(address, body, content_type="application/json")


@hostile
@pytest.mark.django_db
def test_a_body_of_the_api(program: Client, body: bytes) -> None:
    answer = post(program, body)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("O ")


@huge
@pytest.mark.django_db
def test_an_amount_of_the_api(program: Client, body: bytes) -> None:
    answer = post(program, body)

    assert answer.status_code == 400
    assert "amount" in answer.json() or "detail" in answer.json()


@pytest.mark.parametrize("value", ["9" * 4000, "1e400", "-1", "true", '"x"', "[]", "{}", "0.5"])
@pytest.mark.parametrize("name", ["expense_account", "bank_account", "due_date", "payee_name"])
@pytest.mark.django_db
def test_a_field_of_another_kind(program: Client, name: str, value: str) -> None:
    answer = post(program, f'{{"{name}": {value}}}'.encode())

    assert answer.status_code == 400


# --- Pages ----------------------------------------------------------------------------------


@hostile
@pytest.mark.django_db
def test_what_a_form_brings_back(client: Client, tenant: Tenant, admin: User, body: bytes) -> None:
    sign_in(client, admin, tenant)
    with tenant_scope(tenant.id):
        row = Account.objects.of(tenant).get(code="5.3.02")
    address = reverse("accounts:account", args=[row.id])
    typed = {"code": row.code, "name": "Outro nome", "group": str(row.group_id)}

    assert client.post(address, {**typed, "seen": body.decode()}).status_code < 500


@hostile
@pytest.mark.django_db
def test_the_rows_of_an_import_are_signed(
    client: Client, tenant: Tenant, admin: User, body: bytes
) -> None:
    sign_in(client, admin, tenant)

    answer = client.post(reverse("accounts:import_confirm"), {"kept": body.decode()})

    assert (answer.status_code, answer.url) == (302, reverse("accounts:import"))

"""The same debt on two bills is asked about, and shown to whoever approves."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments.bills.possible_duplicates import similar_to
from payments.models import Acknowledgement, Payable
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import sign_in
from tests.payments.bill_api import body, post
from tests.payments.bill_form import ted
from tests.payments.factories import (
    BOLETO,
    ITAU,
    PIX_CODE,
    PIX_KEY,
    TODAY,
    make_payable,
    move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

OTHER = "11444777000161"
ELSEWHERE = ITAU.__class__("341", "0123", "999999", ITAU.account_type)
LATER = TODAY + timedelta(days=15)


def similar(payable: Payable) -> list[Any]:
    with tenant_scope(payable.tenant_id):
        found = Payable.objects.of(payable.tenant_id).with_cautions().get(id=payable.id)
        return [each.id for each in similar_to(found)]


@pytest.mark.parametrize(
    "second",
    [
        {},
        {"due_date": LATER},
        {"payee_document": OTHER},
        {"destination": ELSEWHERE},
        {"destination": ELSEWHERE, "amount": "1.00", "description": "nota fiscal nº 8.841"},
        {"destination": ELSEWHERE, "amount": "1.00", "description": "NF-e 0008841",
         "due_date": TODAY + timedelta(days=90)},
    ],
    ids=["all", "day", "same account", "same payee", "number", "number later"],
)  # fmt: skip
def test_they_may_be_the_same_debt(tenant: Tenant, second: dict[str, Any]) -> None:
    first = make_payable(tenant, "150.00", description="NF 8841")
    other = make_payable(tenant, **{"amount": "150.00", **second})

    assert similar(other) == [first.id]
    assert similar(first) == [other.id]


@pytest.mark.parametrize(
    "second",
    [
        {"due_date": LATER + timedelta(days=1)},
        {"amount": "150.01"},
        {"amount": "1.00", "description": "NF 8842 de 8841 itens"},
        {"payee_document": OTHER, "destination": ELSEWHERE, "description": "NF 8841"},
    ],
    ids=["day", "amount", "number", "another payee"],
)
def test_they_are_not_the_same_debt(tenant: Tenant, second: dict[str, Any]) -> None:
    make_payable(tenant, "150.00", description="NF 8841")

    assert similar(make_payable(tenant, **{"amount": "150.00", **second})) == []


def test_the_boleto_and_the_pix_code_of_one_charge_are_found(tenant: Tenant) -> None:
    boleto = make_payable(tenant, "1234.56", destination=BOLETO)

    assert similar(make_payable(tenant, "1234.56", destination=PIX_CODE)) == [boleto.id]


def test_a_key_is_found_under_another_name(tenant: Tenant) -> None:
    first = make_payable(tenant, destination=PIX_KEY)

    assert similar(make_payable(tenant, destination=PIX_KEY, payee_document=OTHER)) == [first.id]


def test_what_was_cancelled_is_no_debt(tenant: Tenant) -> None:
    first = make_payable(tenant)
    move(first, Payable.Status.CANCELLED)

    assert similar(make_payable(tenant)) == []


def test_the_author_is_asked_and_the_answer_never_hides_it_from_the_approver(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    first = make_payable(tenant, "150.00")
    sign_in(client, operator, tenant)
    typed = ted(tenant, amount="150,00")
    address = reverse("payments:new")

    asked = client.post(address, typed)
    assert asked.status_code == 200
    assert f"debt {first.id}" in asked.content.decode()
    assert count(tenant) == 1

    client.post(address, {**typed, "confirmed": [f"debt {first.id}"]})
    assert count(tenant) == 2
    with tenant_scope(tenant.id):
        said = Acknowledgement.objects.of(tenant).get()
    assert (said.other_id, said.person_id) == (first.id, operator.pk)
    sign_in(client, approver, tenant)
    for payable in (said.payable_id, first.id):
        page = client.get(reverse("payments:detail", args=[payable])).content.decode()
        assert 'data-warning="possible_duplicate"' in page
        assert operator.display_name in page


def test_the_api_names_them_and_takes_the_word_of_the_program(
    as_operator: Client, tenant: Tenant
) -> None:
    first = make_payable(tenant, "150.00")
    data = body(tenant, amount="150.00", due_date=TODAY.isoformat())

    refused = post(as_operator, data)
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["ids"]) == (
        "possible_duplicate", [str(first.id)]
    )  # fmt: skip
    assert count(tenant) == 1

    taken = post(as_operator, {**data, "accept_duplicates_of": [str(first.id)]})
    assert taken.status_code == 201
    assert "possible_duplicate" in [w["code"] for w in taken.json()["warnings"]]


def count(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return Payable.objects.of(tenant).count()


def test_a_list_of_many_costs_as_many_queries_as_one_of_few(
    client: Client, tenant: Tenant, approver: User
) -> None:
    sign_in(client, approver, tenant)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("payments:list"))
        return len(caught)

    make_payable(tenant)
    few = queries()
    for _ in range(6):
        make_payable(tenant)
    assert queries() == few

"""Names that people and programs give, and what is said of what was done otherwise than asked."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from parties.models import Payee
from payments.models import Payable, PayableEvent
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.bill_api import body, count_of, post
from tests.payments.bill_form import enter, errors_of, ted, the_only_payable
from tests.payments.factories import make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

NOTHING = ["\u200b", "\u3164", "\u2800", "\u0301", "\u202e", "\u115f\u1160", "---", "\x1b"]
UNSEEN = [
    ("\u202eadtL ocnaB", "adtL ocnaB"),
    ("Zé\nQuebra", "Zé Quebra"),
    ("\u2066X\u2069", "X"),
    ("Pada\u200bria", "Padaria"),
]


@pytest.mark.parametrize("name", NOTHING, ids=ascii)
def test_a_payee_whose_name_nobody_sees_is_refused(
    as_operator: Client, tenant: Tenant, name: str
) -> None:
    answer = post(as_operator, body(tenant, payee_name=name))
    page = enter(as_operator, ted(tenant, payee_name=name))

    assert (answer.status_code, list(answer.json())) == (400, ["payee_name"])
    assert errors_of(page) == {"payee_name": "no_letter"}
    assert count_of(tenant) == 0


@pytest.mark.parametrize(("typed", "name"), UNSEEN)
def test_what_nobody_sees_goes_out_of_a_payees_name(
    as_operator: Client, tenant: Tenant, typed: str, name: str
) -> None:
    answer = post(as_operator, body(tenant, payee_name=typed, description=typed)).json()

    warnings = [warning["code"] for warning in answer["warnings"]]
    assert (answer["payee_name"], answer["description"]) == (name, name)
    assert warnings == ["new_destination"]  # and not `name_kept`


@pytest.mark.parametrize(("typed", "name"), UNSEEN)
def test_nor_does_the_page_keep_it(
    as_operator: Client, tenant: Tenant, typed: str, name: str
) -> None:
    enter(as_operator, ted(tenant, payee_name=typed, description=typed))

    payable = the_only_payable(tenant)
    assert (payable.payee.name, payable.description) == (name, name)


def test_the_answer_says_that_the_name_on_file_stayed(as_operator: Client, tenant: Tenant) -> None:
    make_payable(tenant, payee_name="Dup Ltda")

    answer = post(as_operator, body(tenant, payee_name="Razao Social Nova SA")).json()

    assert answer["payee_name"] == "Dup Ltda"
    warning = answer["warnings"][0]
    assert warning["code"] == "name_kept"
    assert "Dup Ltda" in warning["detail"]
    with tenant_scope(tenant.id):
        told = PayableEvent.objects.of(tenant).get(payable=answer["id"])
        assert Payee.objects.of(tenant).count() == 1
    assert "Razao Social Nova SA" in told.text


def test_a_reason_that_is_too_long_is_refused_and_not_cut(
    as_operator: Client, tenant: Tenant
) -> None:
    payable = make_payable(tenant)

    def cancel(why: str) -> Any:
        return as_operator.post(reverse("payments:cancel", args=[payable.id]), {"why": why})

    refused = cancel("a" * 201)
    assert refused.status_code == 422
    assert refused.context["form"].has_error("why", "max_length")
    assert reread(payable).is_pending

    assert cancel("a" * 200).status_code == 302
    assert the_only_payable(tenant).status == Payable.Status.CANCELLED

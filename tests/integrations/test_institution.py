"""Who holds a Conta Kamino is named wherever the account is shown (Resolução Conjunta 16)."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from banking.banks import registry
from tenants.models import Tenant
from tests.payments.factories import make_bank_account, make_order, make_payable

pytestmark = pytest.mark.django_db

HELD_BY = "90.000.001/0001-29"


@pytest.mark.parametrize(("provider", "is_named"), [("kamino", True), ("cora", False)])
def test_pages_of_an_account_name_it(
    as_operator: Client, tenant: Tenant, provider: str, is_named: bool
) -> None:
    account = make_bank_account(tenant, provider=provider)
    order = make_order(make_payable(tenant, approved=True, bank_account=account))
    pages = [
        reverse("integrations:list"),
        reverse("integrations:account", args=[account.id]),
        reverse("reconciliation:reconcile"),
        reverse("payments:detail", args=[order.payable_id]),
        reverse("payments:pay"),
        reverse("banking:connection", args=[account.connection_id]),
    ]

    found = {page: HELD_BY in as_operator.get(page).content.decode() for page in pages}

    assert found == dict.fromkeys(pages, is_named)


def test_it_is_named_before_an_account_is_opened(as_operator: Client) -> None:
    for page in (reverse("banking:choose"), reverse("banking:mode", args=["kamino", "abertura"])):
        assert HELD_BY in as_operator.get(page, follow=True).content.decode()


@pytest.mark.parametrize("cnpj", ["", "90.000.001/0001-28", "example"])
def test_the_product_does_not_start_without_it(settings: Settings, cnpj: str) -> None:
    settings.KAMINO_INSTITUTION_CNPJ = cnpj

    with pytest.raises(ImproperlyConfigured, match="KAMINO_INSTITUTION_CNPJ"):
        registry.require_settings()

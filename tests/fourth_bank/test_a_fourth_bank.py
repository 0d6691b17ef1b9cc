"""Adding a bank touches what docs/adding-a-bank.md names, and the product has it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from banking.banks import registry
from banking.connections.complete import open_connection
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from tenants.models import Plan, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.banking.conftest import NOW
from tests.banking.factories import reread
from tests.cast import sign_in
from tests.clock import travel
from tests.fourth_bank.quarto.info import INFO
from tests.fourth_bank.simulator import KEYS, QuartoSimulator

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/contas/conectar/quarto/chaves/"


@pytest.fixture
def quarto(settings: Settings, tenant: Tenant) -> Iterator[QuartoSimulator]:
    """The bank, and the product with its line of the registry and its settings."""
    simulator = QuartoSimulator(tenant.cnpj, "OFICINA MODELO LTDA")
    settings.BANKS = [*settings.BANKS, "tests.fourth_bank.quarto.Quarto"]
    settings.QUARTO_BASE_URL = simulator.base_url
    settings.QUARTO_CLIENT_ID = settings.QUARTO_CLIENT_SECRET = "kamino"
    with travel(NOW):
        yield simulator
    simulator.stop()


@pytest.fixture
def browser(client: Client, tenant: Tenant, admin: User, quarto: QuartoSimulator) -> Client:
    sign_in(client, admin, tenant)
    return client


def connect(browser: Client, tenant: Tenant) -> BankAccount:
    browser.post(FORM, KEYS)
    with tenant_scope(tenant.id):
        connection = Connection.objects.of(tenant).get(provider="quarto")
    account = open_connection(tenant.id, connection.id)
    assert account is not None
    return account


def text_of(browser: Client, address: str) -> str:
    return " ".join(browser.get(address).content.decode().replace("\u00a0", " ").split())


def test_it_is_offered_with_its_own_colour(browser: Client) -> None:
    page = text_of(browser, reverse("banking:choose"))

    assert list(registry.banks()) == ["cora", "bs2", "kamino", "quarto"]
    assert f'href="{FORM}"' in page
    assert INFO.pitch in page
    assert INFO.colour in page


def test_its_form_asks_for_the_fields_of_its_mode(browser: Client) -> None:
    page = browser.get(FORM)

    assert set(page.context["form"].fields) == {"key", "secret"}
    again = browser.post(FORM, {**KEYS, "key": "!"})
    assert list(again.context["form"].errors) == ["key"]
    assert KEYS["secret"] not in again.content.decode()


def test_its_statement_comes_onto_the_screen(
    browser: Client, tenant: Tenant, quarto: QuartoSimulator
) -> None:
    quarto.add(150_000, "Pix recebido", "Cliente Exemplo", timezone.now() - timedelta(days=2))
    quarto.add(-4_250, "Tarifa", "", timezone.now() - timedelta(hours=2))

    account = connect(browser, tenant)
    sync_account(tenant.id, account.id)

    read = reread(account)
    assert (read.bank_code, read.number) == ("997", "445566-7")
    assert (read.proof, read.balance) == (BankAccount.Proof.PROVED, Decimal("1457.50"))
    page = text_of(browser, f"{reverse('reconciliation:reconcile')}?conta={account.id}")
    assert "Pix recebido · Cliente Exemplo" in page
    assert "1.457,50" in page


def test_a_token_that_the_bank_ended_is_renewed_and_the_read_goes_on(
    browser: Client, tenant: Tenant, quarto: QuartoSimulator
) -> None:
    account = connect(browser, tenant)
    quarto.end_tokens()
    quarto.requests.clear()

    sync_account(tenant.id, account.id)

    assert reread(account).sync_error == ""
    assert quarto.requests[:3] == ["GET /entries 401", "POST /token 200", "GET /entries 200"]


def test_a_plan_without_it_does_not_connect_it(
    browser: Client, tenant: Tenant, quarto: QuartoSimulator
) -> None:
    change_plan(tenant, Plan.COMPASS)

    browser.post(FORM, KEYS)

    with tenant_scope(tenant.id):
        assert not Connection.objects.of(tenant).exists()
    assert quarto.requests == []


def test_the_start_fails_without_a_setting_that_it_needs(
    settings: Settings, quarto: QuartoSimulator
) -> None:
    registry.require_settings()
    settings.QUARTO_CLIENT_SECRET = ""

    with pytest.raises(ImproperlyConfigured, match="QUARTO_CLIENT_SECRET"):
        registry.require_settings()

"""«Desfazer vínculo»: told in numbers, confirmed by the company's name, admins only."""

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount, Connection
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.made import make_lines, nudged, reread
from tests.cast import sign_in
from tests.payments.make import bill_of, make_bank_account, make_order, make_payable

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def page_of(account: BankAccount) -> str:
    return reverse("integrations:disconnect", args=[account.id])


def words(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def connection_of(account: BankAccount) -> Connection:
    with tenant_scope(account.tenant_id):
        return Connection.objects.of(account.tenant_id).get(id=account.connection_id)


def approved(tenant: Tenant, amount: str = "150.00"):
    return make_payable(tenant, amount, approved=True)


def test_it_says_what_will_happen_in_the_numbers_of_the_account(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_lines(account, *["1.00"] * 1200)
    for status in (OrderStatus.QUEUED, OrderStatus.QUEUED, OrderStatus.AT_BANK):
        make_order(approved(tenant), status)
    approved(tenant)

    page = words(as_admin.get(page_of(account)))

    for text in (
        "1.200 lançamentos do extrato",
        f"Conta do Ativo {account.ledger_account.code}",
        "2 pagamentos na fila, sem ter ido ao banco",
        "1 pagamento que o banco já tem",
        "1 conta a pagar sairia por ela e espera",
        "Digite Oficina Modelo para confirmar.",
        "Ela continua a conta preferencial",
        "é caso para o suporte",
        "Desfazer vínculo e devolver 2 pagamentos",
    ):
        assert text in page


def test_the_name_typed_undoes_it_and_the_queue_goes_back(
    as_admin: Client, admin: User, tenant: Tenant, account: BankAccount
) -> None:
    order = make_order(approved(tenant))
    at_bank = make_order(approved(tenant, "99.00"), OrderStatus.AT_BANK)

    response = as_admin.post(page_of(account), {"name": " oficina  MODELO "}, follow=True)

    assert "1 conta voltou para aprovada." in words(response)
    assert f"Desfeito por {admin.display_name} em 23/11/2026." in words(response)
    assert "Desfazer vínculo" not in words(response)
    assert connection_of(account).is_undone
    assert bill_of(order).status == PayableStatus.APPROVED
    assert reread(at_bank).status == OrderStatus.AT_BANK


def test_a_worker_is_told_to_end_it_at_the_bank(
    transactional_db: None, as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    with nudged() as sent:
        as_admin.post(page_of(account), {"name": tenant.name})

    ids = [str(tenant.id), str(account.connection_id)]
    assert ("banking.tasks.close_connection", ids) in sent


def test_a_payment_at_the_bank_says_that_nobody_follows_it(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    order = make_order(approved(tenant), OrderStatus.AT_BANK)
    as_admin.post(page_of(account), {"name": tenant.name})

    page = words(as_admin.get(reverse("payments:detail", args=[order.payable_id])))

    assert "no banco, vínculo desfeito" in page
    assert "Refeito o vínculo, o Kamino volta a acompanhar." in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Padaria Aurora", "Digite «Oficina Modelo», como está escrito aqui."),
        ("", "Digite o nome da empresa para confirmar."),
    ],
)
def test_another_name_undoes_nothing(
    as_admin: Client, account: BankAccount, typed: str, told: str
) -> None:
    page = words(as_admin.post(page_of(account), {"name": typed}))

    assert told in page
    assert connection_of(account).is_active


def test_a_second_click_undoes_nothing_more(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    as_admin.post(page_of(account), {"name": tenant.name})
    undone_at = connection_of(account).undone_at

    response = as_admin.post(page_of(account), {"name": tenant.name}, follow=True)

    assert "já está desfeito" in words(response)
    assert connection_of(account).undone_at == undone_at
    assert "Este vínculo já está desfeito." in words(as_admin.get(page_of(account)))


@pytest.mark.parametrize("person", ["operator", "approver", "reader"])
def test_only_admins_undo(
    client: Client,
    tenant: Tenant,
    account: BankAccount,
    person: str,
    request: pytest.FixtureRequest,
) -> None:
    sign_in(client, request.getfixturevalue(person), tenant)

    assert client.get(page_of(account)).status_code == 403
    assert client.post(page_of(account), {"name": tenant.name}).status_code == 403
    assert "Desfazer vínculo" not in words(client.get(reverse("integrations:list")))
    assert connection_of(account).is_active


def test_another_companys_account_is_not_found(
    as_outsider: Client, account: BankAccount, tenant: Tenant
) -> None:
    assert as_outsider.get(page_of(account)).status_code == 404
    assert as_outsider.post(page_of(account), {"name": tenant.name}).status_code == 404


def test_an_undone_account_is_not_made_the_preferred_one(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    other = make_bank_account(tenant, preferred=False)
    as_admin.post(page_of(other), {"name": tenant.name})

    response = as_admin.post(reverse("integrations:prefer", args=[other.id]), follow=True)

    assert "foi desfeito, e por ela nada se paga" in words(response)
    assert reread(account).is_preferred
    assert not reread(other).is_preferred


def test_the_page_of_the_account_leads_there_and_back(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    address = reverse("integrations:account", args=[account.id])
    assert page_of(account) in words(as_admin.get(address))

    as_admin.post(page_of(account), {"name": tenant.name})

    page = words(as_admin.get(address))
    assert page_of(account) not in page
    assert f"?conta={account.id}" in page

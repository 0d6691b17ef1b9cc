"""«Conciliar contas e cartões»: balances, statement, filters, pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount, Connection
from reconciliation.position.opening import post_opening
from tenants.models import Plan, Role
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.banking.conftest import NOW
from tests.banking.factories import (
    DAY,
    change,
    make_account,
    make_connection,
    make_daily_balance,
    make_lines,
)
from tests.cast import make_member, make_tenant, sign_in

PAGE = reverse("reconciliation:reconcile")
pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def bank_account(tenant, admin):
    return make_account(tenant, admin)


def open_page(client, person, tenant, **query):
    sign_in(client, person, tenant)
    return client.get(PAGE, query)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_without_an_account_the_page_says_what_to_do_first(client, tenant, operator):
    response = open_page(client, operator, tenant)

    assert "Nenhuma conta conectada" in words(response)
    assert reverse("banking:choose") in words(response)


def test_who_only_reads_is_not_offered_to_connect(client, tenant, reader, bank_account):
    response = open_page(client, reader, tenant)

    assert response.status_code == 200
    assert reverse("banking:choose") not in words(response)
    assert "Sincronizar agora" not in words(response)


def test_nobody_sees_it_without_signing_in(client):
    assert client.get(PAGE).status_code == 302


def test_another_companys_account_does_not_exist(client, other_tenant, outsider, bank_account):
    response = open_page(client, outsider, other_tenant, conta=str(bank_account.id))

    assert response.status_code == 404


@pytest.mark.parametrize("conta", ["abc", "0" * 500])
def test_an_account_that_is_no_id_does_not_exist(client, tenant, operator, bank_account, conta):
    assert open_page(client, operator, tenant, conta=conta).status_code == 404


def test_a_card_compares_the_bank_with_the_books(client, tenant, operator, bank_account):
    change(bank_account, balance=Decimal("1500.75"), proof=BankAccount.Proof.PROVED)
    make_daily_balance(bank_account, date(2026, 8, 1), "0.00")
    make_lines(bank_account, "1500.75")
    make_entry(tenant, "1000.00", debit=bank_account.ledger_account.code)

    page = words(open_page(client, operator, tenant))

    assert "R$ 1.500,75" in page
    assert '<span class="num">R$ 1.000,00' in page
    assert "R$ 500,75" in page
    assert ">1 a conciliar</span>" in page
    assert "a conciliar · 1 sem linha" in page


def test_a_card_says_when_all_agrees(client, tenant, operator, bank_account):
    change(bank_account, balance=Decimal("1000.00"), proof=BankAccount.Proof.PROVED)
    make_daily_balance(bank_account, date(2026, 8, 1), "1000.00")
    with tenant_scope(tenant.id):
        post_opening(bank_account, by=None)

    page = words(open_page(client, operator, tenant))

    assert ">confere</span>" in page


def test_a_statement_that_does_not_add_up_is_marked(client, tenant, operator, bank_account):
    change(
        bank_account,
        balance=Decimal("10.00"),
        proof=BankAccount.Proof.BROKEN,
        proof_difference=Decimal("-320.00"),
    )

    page = words(open_page(client, operator, tenant))

    assert "extrato não confere" in page
    assert "R$ 320,00" in page


def test_a_lost_connection_asks_to_be_made_again(client, tenant, operator, bank_account):
    change(bank_account.connection, status=Connection.Status.LOST)

    page = words(open_page(client, operator, tenant))

    assert "precisa ser refeito" in page
    assert reverse("banking:go", args=["cora"]) in page


@pytest.mark.django_db
def test_after_a_downgrade_the_history_stays_and_the_sync_stops(client):
    tenant = make_tenant(plan=Plan.COMPASS)
    person = make_member(tenant, Role.FINANCE)
    make_lines(make_account(tenant, person), "10.00", description="De antes")

    page = words(open_page(client, person, tenant))

    assert "De antes" in page
    assert "fora do plano" in page
    assert "Sincronizar agora" not in page


def test_the_preferred_account_is_shown_until_another_is_chosen(client, tenant, admin, operator):
    first, second = make_account(tenant, admin), make_account(tenant, admin, is_preferred=True)
    make_lines(first, "1.00", description="Da primeira")
    make_lines(second, "2.00", description="Da preferencial")

    assert "Da preferencial" in words(open_page(client, operator, tenant))
    assert "Da primeira" in words(open_page(client, operator, tenant, conta=str(first.id)))


def test_lines_stand_by_day_newest_first_with_the_days_balance(
    client, tenant, operator, bank_account
):
    make_lines(bank_account, "10.00", day=DAY - timedelta(days=1), description="Ontem")
    make_lines(bank_account, "-1250.00", "1500.75", description="Hoje")
    make_daily_balance(bank_account, DAY, "48210.55")

    page = words(open_page(client, operator, tenant))

    newest, older = page.index("dia-2026-11-20"), page.index("dia-2026-11-19")
    assert newest < older
    assert '<span class="num">R$ 48.210,55' in page
    assert page.index("+ 1.500,75") < page.index("− 1.250,00") < page.index("+ 10,00")


def test_text_of_the_bank_is_shown_escaped(client, tenant, operator, bank_account):
    make_lines(bank_account, "1.00", description="<script>alert(1)</script>")

    page = words(open_page(client, operator, tenant))

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# What is typed, and the lines that are found.
SEARCHES = {
    "aluguel": {"Aluguel"},
    "EXEMPLO LT": {"Energia"},
    "aluguél": {"Aluguel"},
    "sao joao": {"Energia"},
    "SÃO  JOÃO": {"Energia"},
    "energia cliente": set(),
    "11.222.333/0001-81": {"Energia"},
    "11222333": {"Energia"},
    "1.234,56": {"Aluguel", "Energia"},
    "1234,56": {"Aluguel", "Energia"},
    "R$ 1.234,56": {"Aluguel", "Energia"},
    "-1.234,56": {"Aluguel"},
    "+1234,56": {"Energia"},
    "1.234,5": set(),
    "100%": {"Tarifa 100%"},
    "%": {"Tarifa 100%"},
    "nada disso": set(),
}


def test_text_finds_words_documents_and_amounts(client, tenant, operator, bank_account):
    make_lines(bank_account, "-1234.56", description="Aluguel")
    make_lines(
        bank_account,
        "1234.56",
        description="Energia",
        counterparty_name="Cliente Exemplo Ltda São João",
        counterparty_document="11222333000181",
    )
    make_lines(bank_account, "-2.00", description="Tarifa 100%")

    for typed, found in SEARCHES.items():
        page = open_page(client, operator, tenant, q=typed).context["page"]
        assert {line.description for day in page.days for line in day.lines} == found, typed


def test_a_period_includes_both_its_days(client, tenant, operator, bank_account):
    for day in range(17, 21):
        make_lines(bank_account, "1.00", day=date(2026, 11, day))

    response = open_page(client, operator, tenant, de="2026-11-18", ate="2026-11-19")

    assert [day.day.day for day in response.context["page"].days] == [19, 18]


@pytest.mark.parametrize(
    "query",
    [
        {"de": "2026-02-30"},
        {"de": "ontem"},
        {"de": "2026-11-20", "ate": "2026-11-19"},
        {"q": "a" * 121},
        {"q": "a\0b"},
    ],
)
def test_a_filter_that_cannot_be_read_is_explained(client, tenant, operator, bank_account, query):
    make_lines(bank_account, "1.00", description="Não filtrado")

    response = open_page(client, operator, tenant, **query)

    assert response.status_code == 200
    assert "errorlist" in words(response)
    assert "Não filtrado" not in words(response)


def walk_pages(client, first):
    """The amounts of every page, following «Mostrar mais»."""
    pages, response = [], first
    while True:
        page = response.context["page"]
        pages.append([line.amount for day in page.days for line in day.lines])
        if not response.context["more_url"]:
            return pages
        response = client.get(PAGE + response.context["more_url"], headers={"HX-Request": "true"})


def test_pages_of_50_show_every_line_once(client, tenant, operator, bank_account):
    amounts = [f"{number}.00" for number in range(1, 61)]
    make_lines(bank_account, *amounts)
    make_lines(bank_account, *amounts, day=DAY - timedelta(days=1))

    pages = walk_pages(client, open_page(client, operator, tenant))

    assert [len(page) for page in pages] == [50, 50, 20]
    newest_first = [Decimal(amount) for amount in reversed(amounts)]
    assert [amount for page in pages for amount in page] == newest_first * 2


def test_lines_of_one_instant_are_paged_too(client, tenant, operator, bank_account):
    for number in range(1, 56):
        make_lines(bank_account, f"{number}.00")

    pages = walk_pages(client, open_page(client, operator, tenant))

    assert sorted(amount for page in pages for amount in page) == list(range(1, 56))


def test_the_next_page_keeps_the_filter_and_joins_the_day(client, tenant, operator, bank_account):
    make_lines(bank_account, *["1.00"] * 60, description="Venda")
    make_lines(bank_account, *["2.00"] * 60, description="Compra")

    first = open_page(client, operator, tenant, q="venda")
    second = client.get(PAGE + first.context["more_url"], headers={"HX-Request": "true"})

    assert words(second).count("<b>Venda</b>") == 10
    assert "Compra" not in words(second)
    assert "day--continued" in words(second)
    assert "Mais 10 linhas" in words(second)
    assert "<html" not in words(second)


def test_a_page_opened_by_its_address_is_whole(client, tenant, operator, bank_account):
    make_lines(bank_account, *["1.00"] * 60)
    first = open_page(client, operator, tenant)

    second = client.get(PAGE + first.context["more_url"])

    assert not second.context["is_first_page"]
    assert "<html" in words(second)
    assert "dia-2026-11-20" in words(second)


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_a_position_that_was_tampered_with_is_refused(client, tenant, operator, bank_account, htmx):
    make_lines(bank_account, *["1.00"] * 60)
    first = open_page(client, operator, tenant)

    response = client.get(PAGE + first.context["more_url"] + "x", headers=htmx)

    assert response.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_three_accounts_take_at_most_15_queries(client, tenant, admin, operator):
    for _ in range(3):
        make_lines(make_account(tenant, admin), *["1.00"] * 60)
    sign_in(client, operator, tenant)

    with CaptureQueriesContext(database) as queries:
        response = client.get(PAGE)

    assert response.context["page"].line_count == 50
    assert len(queries) <= 15, [query["sql"] for query in queries]


def test_the_page_asks_for_progress_while_a_sync_runs(client, tenant, operator, bank_account):
    change(
        bank_account,
        sync_started_at=NOW,
        sync_leased_until=NOW + timedelta(minutes=5),
        sync_lines=1240,
    )

    page = words(open_page(client, operator, tenant))

    assert "1.240" in page
    assert "sync--reading" in page
    assert f'hx-get="{reverse("reconciliation:sync_status", args=[bank_account.id])}' in page


def test_a_second_connection_of_the_company_is_no_second_account(
    client, tenant, admin, operator, bank_account
):
    make_connection(tenant, admin)

    response = open_page(client, operator, tenant)

    assert len(response.context["overview"].cards) == 1

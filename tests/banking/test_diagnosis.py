"""«Saúde da integração»: the proof of balances, and a text that tells nothing of anybody."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from integrations.diagnosis import impersonal, proved_days
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.made import change, make_account, make_daily_balance, make_lines
from tests.cast import make_member, sign_in

pytestmark = pytest.mark.usefixtures("monday")
FIRST, SECOND, THIRD = date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 20)


@pytest.fixture
def bank_account(tenant, admin):
    """Three days with movements, all of them read."""
    account = make_account(tenant, admin, synced_at=NOW - timedelta(minutes=5))
    for day, amount, closing in ((FIRST, "100", "100"), (SECOND, "-30", "70"), (THIRD, "5", "75")):
        make_lines(account, amount, day=day)
        make_daily_balance(account, day, closing)
    return account


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def page_of(account):
    return reverse("integrations:diagnosis", args=[account.id])


def open_page(client, person, account):
    sign_in(client, person, account.tenant)
    return words(client.get(page_of(account)))


def days_of(account):
    with tenant_scope(account.tenant_id):
        return proved_days(account)


def test_a_day_agrees_when_the_day_before_and_its_movements_come_to_it(bank_account):
    assert [(day.day, day.is_proved, day.before) for day in days_of(bank_account)] == [
        (THIRD, True, SECOND),
        (SECOND, True, FIRST),
        (FIRST, True, None),
    ]


def test_a_movement_that_was_not_read_is_told_at_the_day_it_shows(bank_account):
    make_daily_balance(bank_account, date(2026, 11, 19), "82.50")

    gap = next(day for day in days_of(bank_account) if not day.is_proved and day.difference > 0)

    assert gap.words.replace("\u00a0", " ") == "Desde 18/11 faltam R$ 12,50"


def test_a_movement_of_a_day_without_a_balance_counts_from_the_next_one(bank_account):
    make_lines(bank_account, "1", day=date(2026, 11, 19))

    (gap,) = [day for day in days_of(bank_account) if not day.is_proved]

    assert (gap.day, gap.difference) == (THIRD, -1)


def test_the_page_shows_each_day_and_says_that_all_agree(client, operator, bank_account):
    page = open_page(client, operator, bank_account)

    assert "3 dias com movimento: cada saldo confere com o dia anterior." in page
    assert "Confere com 18/11" in page
    assert "Extrato lido há 5 min" in page


def test_a_gap_is_told_on_the_page_and_in_the_text(client, operator, bank_account):
    make_daily_balance(bank_account, date(2026, 11, 21), "80")

    page = open_page(client, operator, bank_account)

    assert "1 dia de 4 dias com movimento não confere." in page
    assert "21/11/2026: Desde 20/11 faltam R$ 5,00" in page


def test_before_the_first_statement_the_page_says_so(client, operator, tenant, admin):
    page = open_page(client, operator, make_account(tenant, admin))

    assert "Nenhum dia lido ainda" in page


def test_the_text_tells_nothing_of_whose_account_it_is(client, operator, tenant, bank_account):
    change(
        bank_account,
        sync_error=f"O banco recusou a conta {bank_account.number} de 11.444.777/0001-61 "
        "(ana@oficina.example).",
    )

    page = open_page(client, operator, bank_account)
    text = page[page.index('aria-label="Diagnóstico"') : page.index("</pre>")]

    assert "O banco recusou a conta … de … …" in text
    for private in (bank_account.number, tenant.legal_name, "11.444.777", "ana@"):
        assert private not in text
    assert str(bank_account.connection_id) in text


@pytest.mark.parametrize(
    "private", ["11444777000161", "529.982.247-25", "1234567-8", "a.b@c.com.br"]
)
def test_numbers_and_addresses_are_left_out(private):
    assert private not in impersonal(f"Erro em {private}: HTTP 503 às 10h")
    assert "HTTP 503 às 10h" in impersonal(f"Erro em {private}: HTTP 503 às 10h")


def test_the_list_leads_there(client, operator, bank_account):
    sign_in(client, operator, bank_account.tenant)

    assert page_of(bank_account) in words(client.get(reverse("integrations:list")))


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_only_admins_and_finance_see_it(client, tenant, bank_account, role):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(page_of(bank_account)).status_code == 403
    assert page_of(bank_account) not in words(client.get(reverse("integrations:list")))


def test_another_companys_account_is_not_found(client, other_tenant, outsider, bank_account):
    sign_in(client, outsider, other_tenant)

    assert client.get(page_of(bank_account)).status_code == 404

"""«Integrações bancárias» and what an admin decides there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from banking.bank_accounts.settings import first_sending, switch_modo_banking
from banking.models import BankAccount, Connection
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.made import change, make_account, make_connection, reread
from tests.cast import sign_in

PAGE = reverse("integrations:list")
pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def bank_account(tenant, admin):
    return make_account(tenant, admin, is_preferred=True)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def open_page(client, person, tenant):
    sign_in(client, person, tenant)
    return words(client.get(PAGE))


def post(client, name, account, data=None, **headers):
    return client.post(reverse(f"banking:{name}", args=[account.id]), data, headers=headers)


def test_each_account_is_told_with_its_leaf_and_its_connection(
    client, tenant, reader, bank_account
):
    change(
        bank_account,
        sync_started_at=NOW - timedelta(minutes=4),
        synced_at=NOW - timedelta(minutes=4),
        proof=BankAccount.Proof.PROVED,
    )

    page = open_page(client, reader, tenant)

    for text in (
        "Cora",
        f"0001 · {bank_account.number}",
        "Oficina Modelo Ltda",
        "11.444.777/0001-61",
        bank_account.ledger_account.code,
        "há 4 min, confere com o saldo do banco",
        "Às 09:11",
        "Desligado",
        ">ativo</span>",
    ):
        assert text in page


def test_a_failed_sync_and_a_lost_connection_are_told(client, tenant, operator, bank_account):
    change(bank_account, sync_error="O banco Cora não respondeu.")
    change(bank_account.connection, status=Connection.Status.LOST)

    page = open_page(client, operator, tenant)

    assert "O banco Cora não respondeu." in page
    assert "precisa ser refeito" in page
    assert "Parado" in page
    assert "Refazer o vínculo" in page


def test_without_accounts_the_page_says_what_to_do_first(client, tenant, operator):
    assert "Nenhuma conta conectada" in open_page(client, operator, tenant)


def test_a_connection_under_way_is_offered_to_follow(client, tenant, operator, admin):
    connection = make_connection(tenant, admin, status=Connection.Status.OPENING)

    page = open_page(client, operator, tenant)

    assert reverse("banking:connection", args=[connection.id]) in page


@pytest.mark.parametrize("person", ["operator", "approver", "reader"])
@pytest.mark.parametrize("name", ["modo_banking", "prefer"])
def test_only_admins_decide(client, tenant, bank_account, person, name, request):
    page = open_page(client, request.getfixturevalue(person), tenant)

    assert 'role="switch"' not in page
    assert post(client, name, bank_account, {"on": "on"}).status_code == 403
    assert reread(bank_account).modo_banking_from is None


@pytest.mark.parametrize("name", ["modo_banking", "prefer"])
def test_another_companys_account_is_not_found(client, other_tenant, outsider, bank_account, name):
    sign_in(client, outsider, other_tenant)

    assert post(client, name, bank_account, {"on": "on"}).status_code == 404
    assert str(bank_account.id) not in words(client.get(PAGE))


def test_an_admin_switches_modo_banking_on_and_off(client, tenant, admin, bank_account):
    sign_in(client, admin, tenant)

    on = post(client, "modo_banking", bank_account, {"on": "on"}, **{"HX-Request": "true"})
    page = words(client.get(PAGE))
    kept = reread(bank_account).modo_banking_from
    off = post(client, "modo_banking", bank_account)

    assert "a partir de amanh" in on.headers["HX-Trigger"]
    assert "Ligado a partir de amanhã, 24/11, às 7h" in page
    assert kept == date(2026, 11, 24)
    assert off.headers["Location"] == PAGE
    assert reread(bank_account).modo_banking_from is None


def switched(account, now):
    with tenant_scope(account.tenant_id):
        switch_modo_banking(account, on=True, by=account.connection.connected_by, now=now)
    return reread(account).modo_banking_from


def sao_paulo(*when):
    return datetime(*when, tzinfo=UTC) + timedelta(hours=3)


def test_before_seven_it_begins_on_the_same_day(bank_account):
    assert switched(bank_account, sao_paulo(2026, 11, 23, 6, 59)) == date(2026, 11, 23)


def test_from_seven_on_it_begins_on_the_next_day(bank_account):
    assert switched(bank_account, sao_paulo(2026, 11, 23, 7, 0)) == date(2026, 11, 24)


def test_the_day_is_sao_paulos(bank_account):
    # 22:00 in São Paulo is the next day in UTC.
    assert switched(bank_account, sao_paulo(2026, 11, 23, 22, 0)) == date(2026, 11, 24)


def test_switching_on_again_keeps_the_first_day(bank_account):
    switched(bank_account, sao_paulo(2026, 11, 23, 6, 0))

    assert switched(bank_account, sao_paulo(2026, 11, 25, 12, 0)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "now", "first"),
    [
        (date(2026, 11, 28), (2026, 11, 27, 12, 0), date(2026, 11, 30)),  # over a weekend
        (date(2026, 12, 31), (2026, 12, 30, 12, 0), date(2027, 1, 4)),  # banks do not settle
        (date(2026, 11, 23), (2026, 11, 23, 6, 0), date(2026, 11, 23)),
        (date(2026, 11, 23), (2026, 11, 23, 8, 0), None),
        (None, (2026, 11, 23, 8, 0), None),
    ],
)
def test_the_first_sending_is_on_a_banking_day(bank_account, since, now, first):
    bank_account.modo_banking_from = since

    assert first_sending(bank_account, sao_paulo(*now)) == first


def test_preferring_an_account_moves_the_mark_and_says_so(client, tenant, admin, bank_account):
    other = make_account(tenant, admin)
    sign_in(client, admin, tenant)

    response = client.post(reverse("integrations:prefer", args=[other.id]), follow=True)

    assert reread(other).is_preferred
    assert not reread(bank_account).is_preferred
    assert f"agora é Cora {other.number}, e não mais Cora {bank_account.number}" in words(response)

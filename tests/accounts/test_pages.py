import datetime as dt
import re
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.chart.archive import archive_account
from accounts.chart.setup import open_bank_account_leaf
from accounts.journal.entries import reverse_entry
from accounts.journal.listing import PAGE_SIZE
from accounts.models import JournalEntry
from audit.acts import Act
from tenants.models import Plan, Role
from tenants.scope import tenant_scope
from tenants.services import create_company
from tests.accounts.books import DAY, account_of, make_entry
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.reading import codes

CHART, ENTRIES = "/plano-de-contas/", "/lancamentos/"


@pytest.fixture
def page(client, tenant, reader):
    """Read an address as a person of the company who may only read: the text without tags."""
    sign_in(client, reader, tenant)

    def read(address):
        response = client.get(address)
        assert response.status_code == 200
        return text_of(response)

    return read


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def entry_address(entry):
    return reverse("accounts:entry", args=[entry.id])


def reversal_address(entry):
    return reverse("accounts:reverse", args=[entry.id])


def test_the_chart_shows_each_balance_and_the_sums_above_it(tenant, page):
    make_entry(tenant, "1500.00", debit="5.2.01", credit="2.1.1.01")
    make_entry(tenant, "0.25", debit="5.2.02", credit="2.1.1.01")

    text = page(CHART)

    assert "5.2.01 Aluguel saldo 1.500,00" in text
    assert "5.2 Ocupação saldo 1.500,25" in text
    assert "5 Despesas saldo R$ 1.500,25" in text
    assert "2.1.1.01 Fornecedores nacionais saldo 1.500,25" in text
    assert "2 Passivo saldo R$ 1.500,25" in text


def test_the_chart_marks_the_home_of_bank_accounts_and_its_leaves(tenant, page):
    open_bank_account_leaf(tenant, name="Cora 1234567-8")

    text = page(CHART)

    assert re.search(r"1\.1\.1\.1 Contas Correntes \D+ saldo", text)
    assert re.search(r"1\.1\.1\.1\.01 Cora 1234567-8 \D+ saldo", text)


def test_the_chart_marks_an_archived_account(tenant, page):
    archive_account(account_of(tenant, "5.2.02"))

    assert "5.2.02 Energia elétrica arquivada" in page(CHART)


def test_the_chart_of_a_company_without_books_says_so(client, db):
    tenant = create_company(
        name="Nova", legal_name="Nova Ltda", cnpj="11444777000161", plan=Plan.COMPASS
    )
    sign_in(client, make_member(tenant, Role.ADMIN), tenant)

    assert client.get(CHART).context["branches"] == []


def test_entries_come_newest_first_each_with_its_lines(tenant, page):
    make_entry(tenant, "10.00", date=DAY, memo="Mais nova")
    make_entry(tenant, "20.50", date=DAY - dt.timedelta(days=1), memo="Mais antiga")

    text = page(ENTRIES)

    assert text.index("23/11/2026 Mais nova") < text.index("22/11/2026 Mais antiga")
    assert "5.2.01 Aluguel 20,50 1.1.1.01 Caixa 20,50" in text


def test_a_journal_without_entries_says_so(page):
    assert "Nenhum lançamento ainda" in page(ENTRIES)


def test_entries_are_filtered_by_account(tenant, page):
    make_entry(tenant, memo="Do aluguel", debit="5.2.01")
    make_entry(tenant, memo="Da energia", debit="5.2.02")

    text = page(f"{ENTRIES}?conta={account_of(tenant, '5.2.02').id}")

    assert "Da energia" in text
    assert "Do aluguel" not in text


def test_entries_are_filtered_by_period_with_both_its_days(tenant, page):
    for day in range(20, 25):
        make_entry(tenant, date=dt.date(2026, 11, day), memo=f"Do dia {day}.")

    text = page(f"{ENTRIES}?de=21/11/2026&ate=23/11/2026")

    assert [day for day in range(20, 25) if f"Do dia {day}." in text] == [21, 22, 23]


def test_a_filter_that_finds_nothing_says_so(tenant, page):
    make_entry(tenant)

    text = page(f"{ENTRIES}?de=01/01/2030")

    assert "Aluguel da matriz" not in text
    assert "Limpar" in text


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("de=31/02/2026", {"de": ["invalid"]}),
        ("de=02/11/2026&ate=01/11/2026", {"ate": ["ends_before_it_begins"]}),
    ],
)
def test_a_wrong_period_is_told_at_its_field(client, tenant, reader, query, wrong):
    make_entry(tenant, memo="Continua na lista")
    sign_in(client, reader, tenant)

    response = client.get(f"{ENTRIES}?{query}")

    assert codes(response.context["form"]) == wrong
    assert "Continua na lista" in text_of(response)


def test_pages_follow_one_another_without_gap_or_repetition(client, tenant, reader):
    """All of one day, so that the id alone orders them."""
    made = [make_entry(tenant, memo=f"Número {n}.").id for n in range(2 * PAGE_SIZE + 1)]
    sign_in(client, reader, tenant)

    shown, address = [], f"{ENTRIES}?de=23/11/2026"
    while address:
        response = client.get(address)
        shown += [row.entry.id for row in response.context["page"].rows]
        address = response.context["more_url"]

    assert shown == sorted(made, reverse=True)


def test_more_entries_come_as_a_fragment(client, tenant, reader):
    last = make_entry(tenant, memo="Já na página")
    make_entry(tenant, memo="A seguinte", date=DAY - dt.timedelta(days=1))
    sign_in(client, reader, tenant)

    response = client.get(f"{ENTRIES}?apos={DAY}.{last.id}", headers={"HX-Request": "true"})

    assert "A seguinte" in text_of(response)
    assert "Já na página" not in text_of(response)
    assert b"<html" not in response.content


def test_a_list_costs_the_same_queries_however_long(client, tenant, operator):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(ENTRIES)
        return len(queries)

    sign_in(client, operator, tenant)
    reverse_entry(make_entry(tenant), by=operator, date=DAY, why="Valor errado")
    few = cost()
    for _ in range(10):
        reverse_entry(make_entry(tenant), by=operator, date=DAY, why="Valor errado")

    assert cost() == few


def test_an_entry_says_who_made_it_and_what(tenant, operator, page):
    entry = make_entry(tenant, "1250.00", memo="Honorários de outubro", by=operator)

    text = page(entry_address(entry))

    for shown in ("Honorários de outubro", "R$ 1.250,00", "23/11/2026", operator.email):
        assert shown in text
    assert "Total 1.250,00 1.250,00" in text


def test_an_entry_of_the_product_says_so(tenant, page):
    assert "Feito por Kamino" in page(entry_address(make_entry(tenant)))


def test_an_entry_and_its_reversal_lead_to_each_other(tenant, operator, client):
    entry = make_entry(tenant)
    reversal = reverse_entry(entry, by=operator, date=DAY, why="Valor errado")
    sign_in(client, operator, tenant)

    original, opposite = client.get(entry_address(entry)), client.get(entry_address(reversal))

    assert entry_address(reversal) in original.content.decode()
    assert entry_address(entry) in opposite.content.decode()
    for response in (original, opposite):
        assert reversal_address(entry) not in response.content.decode()
        assert reversal_address(reversal) not in response.content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE])
def test_reversing_takes_back_the_entry(client, tenant, role):
    entry, person = make_entry(tenant), make_member(tenant, role)
    sign_in(client, person, tenant)
    assert reversal_address(entry) in client.get(entry_address(entry)).content.decode()

    response = client.post(
        reversal_address(entry), {"date": "24/11/2026", "why": "Valor errado"}, follow=True
    )

    assert [message.level_tag for message in response.context["messages"]] == ["success"]
    with tenant_scope(tenant.id):
        reversal = JournalEntry.objects.of(tenant).get(reverses=entry)
    assert (reversal.date, reversal.memo, reversal.created_by_id) == (
        dt.date(2026, 11, 24),
        f"Estorno: {entry.memo} · Valor errado",
        person.id,
    )
    (told,) = audit_of(tenant)
    assert (told.act, told.by, told.on_id) == (Act.ENTRY_REVERSED, person, entry.id)
    assert told.why == "Valor errado"


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_other_roles_reverse_nothing(client, tenant, role):
    entry = make_entry(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    assert reversal_address(entry) not in client.get(entry_address(entry)).content.decode()
    response = client.post(reversal_address(entry), {"date": "24/11/2026", "why": "Não gostei"})

    assert response.status_code == 403
    with tenant_scope(tenant.id):
        assert not JournalEntry.objects.of(tenant).filter(reverses=entry).exists()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"date": "24/11/2026", "why": "  "}, {"why": ["required"]}),
        ({"date": "31/11/2026", "why": "Valor errado"}, {"date": ["invalid"]}),
        ({"date": "24/11/2026", "why": "x" * 10_000}, {"why": ["max_length"]}),
    ],
)
def test_a_wrong_form_is_told_at_its_field_and_reverses_nothing(
    client, tenant, operator, data, wrong
):
    entry = make_entry(tenant)
    sign_in(client, operator, tenant)

    response = client.post(reversal_address(entry), data)

    assert response.status_code == 422
    assert codes(response.context["form"]) == wrong
    with tenant_scope(tenant.id):
        assert JournalEntry.objects.of(tenant).count() == 1


def test_reading_the_address_of_the_reversal_leads_to_the_entry(client, tenant, operator):
    """Where a reload or a refusal of the books ends, after a form with errors."""
    entry = make_entry(tenant)
    sign_in(client, operator, tenant)

    assert client.get(reversal_address(entry)).url == entry_address(entry)


def test_what_the_books_refuse_becomes_a_message(client, tenant, operator):
    entry = make_entry(tenant, date=DAY)
    sign_in(client, operator, tenant)

    response = client.post(
        reversal_address(entry),
        {"date": "22/11/2026", "why": "Valor errado"},
        headers={"Referer": f"http://testserver{entry_address(entry)}"},
        follow=True,
    )

    (message,) = response.context["messages"]
    assert message.level_tag == "error"
    assert "23/11/2026" in str(message)


def test_another_company_finds_none_of_it(client, tenant, outsider, other_tenant):
    entry, account = make_entry(tenant, memo="Segredo"), account_of(tenant, "5.2.01")
    sign_in(client, outsider, other_tenant)

    assert client.get(entry_address(entry)).status_code == 404
    assert client.get(reversal_address(entry)).status_code == 404
    assert client.post(reversal_address(entry)).status_code == 404
    assert client.get(f"{ENTRIES}?conta={account.id}").status_code == 404
    assert "Segredo" not in text_of(client.get(f"{ENTRIES}?apos={entry.date}.{entry.id}"))
    assert "Segredo" not in text_of(client.get(ENTRIES))
    assert str(account.id) not in client.get(CHART).content.decode()


@pytest.mark.parametrize("query", ["conta=1", f"conta={UUID(int=7)}"])
def test_what_does_not_exist_is_not_found(client, tenant, reader, query):
    sign_in(client, reader, tenant)

    assert client.get(f"{ENTRIES}?{query}").status_code == 404


@pytest.mark.parametrize("after", ["tudo", "x.y", "2026-11-31.x", f"1.{UUID(int=7)}"])
def test_a_place_that_nobody_gave_is_refused(client, tenant, reader, after):
    sign_in(client, reader, tenant)

    assert client.get(f"{ENTRIES}?apos={after}").status_code == 400


@pytest.mark.parametrize("address", [CHART, ENTRIES, f"{ENTRIES}{UUID(int=7)}/"])
def test_nobody_comes_in_without_signing_in(client, db, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))

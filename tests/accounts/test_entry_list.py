"""Searching, sorting, filtering the journal; what an account holds after each entry."""

import datetime as dt
import random
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.journal.entries import balances, post_entry, reverse_entry
from accounts.journal.forms import Sort
from accounts.journal.listing import all_rows, entry_page
from accounts.journal.running import ledger_of
from accounts.models import AccountStep, JournalLine
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.cast import sign_in
from tests.reading import codes

ENTRIES = "/lancamentos/"
D = Decimal
MOST_QUERIES = 15


def found(tenant, **values):
    """The memos that the filter finds, in order."""
    return [row.entry.memo for rows in all_rows(tenant, values, 3) for row in rows]


def paged(tenant, values):
    """Every page, each by the position that the one before tells."""
    rows, after = [], ""
    while True:
        with tenant_scope(tenant.id):
            page = entry_page(tenant, values, after)
        rows += page.rows
        if page.following is None:
            return rows
        after = str(page.following)


def test_a_search_finds_the_memo_without_accents(tenant):
    make_entry(tenant, memo="Manutenção do elevador")
    make_entry(tenant, memo="Aluguel")

    assert found(tenant, q="MANUTENCAO") == ["Manutenção do elevador"]


def test_a_search_finds_the_total(tenant):
    make_entry(tenant, "1234.50", memo="Certo")
    make_entry(tenant, "1234.51", memo="Errado")

    assert found(tenant, q="1.234,50") == ["Certo"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["c", "b", "a", "d"]),
        (Sort.OLDEST, ["d", "a", "b", "c"]),
        (Sort.LARGEST, ["b", "d", "c", "a"]),
        (Sort.SMALLEST, ["a", "c", "d", "b"]),
    ],
)
@pytest.mark.parametrize("of_account", [True, False])
def test_entries_are_sorted_by_day_and_by_total(tenant, sort, order, of_account):
    for memo, amount, day in (("a", "1", 2), ("b", "9", 2), ("c", "3", 3), ("d", "4", 1)):
        make_entry(tenant, amount, memo=memo, date=dt.date(2026, 11, day))
    account = account_of(tenant, "5.2.01") if of_account else None

    assert found(tenant, ordem=sort, conta=account) == order


@pytest.mark.parametrize("of_account", [True, False])
def test_entries_are_filtered_by_amount_with_both_ends(tenant, of_account):
    for amount in ("99.99", "100.00", "150.00", "200.00", "200.01"):
        make_entry(tenant, amount, memo=amount)
    account = account_of(tenant, "1.1.1.01") if of_account else None  # on the credit side

    values = {"valor_de": D("100.00"), "valor_ate": D("200.00"), "conta": account}

    assert found(tenant, **values, ordem=Sort.SMALLEST) == ["100.00", "150.00", "200.00"]
    assert found(tenant, **values, ordem=Sort.OLDEST) == ["100.00", "150.00", "200.00"]


def test_the_amount_of_a_chosen_account_is_its_own(tenant):
    rent, light, cash = (account_of(tenant, code) for code in ("5.2.01", "5.2.02", "1.1.1.01"))
    lines = [(rent, D(70)), (light, D(30)), (cash, D(-100))]
    post_entry(tenant, date=DAY, memo="Dividido", lines=lines)

    assert found(tenant, conta=light, valor_de=D(30), valor_ate=D(30)) == ["Dividido"]
    assert found(tenant, conta=light, valor_de=D(100)) == []
    assert found(tenant, valor_de=D(100)) == ["Dividido"]


def test_reversals_are_an_origin(tenant, operator):
    entry = make_entry(tenant)
    reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    assert found(tenant, origem="estorno") == [f"Estorno: {entry.memo} · Valor errado"]


def test_an_entry_with_two_lines_on_the_account_is_listed_once(tenant):
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")
    lines = [(rent, D(70)), (rent, D(30)), (cash, D(-100))]
    for number in range(3):
        post_entry(tenant, date=DAY, memo=str(number), lines=lines)

    rows = paged(tenant, {"conta": rent})

    assert [row.entry.memo for row in rows] == ["2", "1", "0"]
    assert [row.balance for row in rows] == [D(300), D(200), D(100)]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("valor_de=abc", {"valor_de": ["unreadable"]}),
        ("valor_de=20&valor_ate=10", {"valor_ate": ["backwards"]}),
        ("origem=nada", {"origem": ["invalid_choice"]}),
        ("ordem=nada", {"ordem": ["invalid_choice"]}),
    ],
)
def test_a_wrong_filter_is_told_at_its_field(client, tenant, reader, query, wrong):
    make_entry(tenant, memo="Continua na lista")
    sign_in(client, reader, tenant)

    response = client.get(f"{ENTRIES}?{query}")

    assert codes(response.context["form"]) == wrong
    assert "Continua na lista" in response.content.decode()


def scatter(tenant, chance, number):
    """Entries on few days, with ids in another order than their days."""
    codes_of = ("5.2.01", "5.2.02", "1.1.1.01", "4.1.01")
    accounts = [account_of(tenant, code) for code in codes_of]
    for each in range(number):
        debit, credit = chance.sample(accounts, 2)
        amount = D(chance.randint(1, 99_999)) / 100
        lines = [(debit, amount), (credit, -amount)]
        if chance.random() < 0.2:
            lines = [(debit, amount), (debit, D("0.01")), (credit, -amount - D("0.01"))]
        day = DAY - dt.timedelta(days=chance.randint(0, 9))
        post_entry(tenant, date=day, memo=f"Número {each}", lines=lines)
    return accounts


def lines_by_hand(tenant, account):
    """The account's sum of each entry, by day and id, from the lines alone."""
    sums = {}
    with tenant_scope(tenant.id):
        for line in JournalLine.objects.of(tenant).filter(account=account).select_related("entry"):
            key = (line.entry.date, line.entry_id)
            sums[key] = sums.get(key, D(0)) + line.amount
    return sorted(sums.items())


@pytest.mark.parametrize("seed", range(4))
def test_the_running_balance_is_the_sum_of_the_lines_on_every_page(tenant, seed, monkeypatch):
    monkeypatch.setattr("accounts.journal.listing.PAGE_SIZE", 7)
    chance = random.Random(seed)
    for account in scatter(tenant, chance, 45):
        by_hand = lines_by_hand(tenant, account)
        sign = 1 if account.nature.grows_by_debit else -1
        held = [sign * total for total in accumulate(amount for _, amount in by_hand)]
        expected = list(zip([entry_id for (_, entry_id), _ in by_hand], held, strict=True))
        day = DAY - dt.timedelta(days=5)

        newest = paged(tenant, {"conta": account})
        oldest = paged(tenant, {"conta": account, "ordem": Sort.OLDEST})
        of_days = paged(tenant, {"conta": account, "de": day, "ate": day})
        of_text = paged(tenant, {"conta": account, "q": "Número 1"})

        assert [(row.entry.id, row.balance) for row in newest] == expected[::-1]
        assert [(row.entry.id, row.balance) for row in oldest] == expected
        for rows in (of_days, of_text):
            assert {(row.entry.id, row.balance) for row in rows} <= set(expected)
        with tenant_scope(tenant.id):
            assert expected[-1][1] == sign * balances(tenant, [account])[account.id]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_before_and_in_a_period_makes_what_is_after(tenant, seed):
    chance = random.Random(seed)
    since, until = DAY - dt.timedelta(days=6), DAY - dt.timedelta(days=2)
    for account in scatter(tenant, chance, 30):
        sign = 1 if account.nature.grows_by_debit else -1
        before, within = D(0), []
        for (day, _), amount in lines_by_hand(tenant, account):
            if day < since:
                before += amount
            elif day <= until:
                within.append(amount)

        with tenant_scope(tenant.id):
            summary = ledger_of(account, since, until, []).summary
            lines = JournalLine.objects.of(tenant).filter(
                account=account, day__range=(since, until)
            )
            debit = sum((line.amount for line in lines if line.amount > 0), D(0))

        assert (summary.opening, summary.debit) == (sign * before, debit)
        assert summary.closing == sign * (before + sum(within))
        assert sign * (summary.debit - summary.credit) == summary.closing - summary.opening


def test_many_changes_of_a_day_become_few_and_keep_their_sum(tenant):
    """One insert in fifty folds; of 600, none with a chance of 0.98 ** 600."""
    account = account_of(tenant, "5.2.01")
    with tenant_scope(tenant.id):
        for _ in range(600):
            make_entry(tenant, "1.01")
        steps = AccountStep.objects.of(tenant).filter(account_id=account.id)

        assert steps.count() < 600
        assert balances(tenant, [account]) == {account.id: D("606.00")}


def test_the_page_of_an_account_says_what_it_holds(client, tenant, reader):
    make_entry(tenant, "10.00", date=DAY - dt.timedelta(days=1))
    make_entry(tenant, "5.00")
    sign_in(client, reader, tenant)

    page = client.get(f"{ENTRIES}?conta={account_of(tenant, '5.2.01').id}&de={DAY:%d/%m/%Y}")

    summary = page.context["page"].summary
    assert (summary.opening, summary.closing) == (D("10.00"), D("15.00"))
    assert [row.balance for row in page.context["page"].rows] == [D("15.00")]


@pytest.mark.django_db(transaction=True)
def test_a_page_is_at_most_fifteen_queries(client, tenant, operator):
    for _ in range(3):
        reverse_entry(make_entry(tenant), by=operator, date=DAY, why="Valor errado")
    sign_in(client, operator, tenant)
    account = account_of(tenant, "5.2.01").id
    everything = f"conta={account}&q=valor&de=01/11/2026&origem=estorno&ordem=antigos"

    following = f"conta={account}&apos=2026-11-24.{UUID(int=1)}"
    for query in ("", f"conta={account}", everything, following):
        client.get(f"{ENTRIES}?{query}")
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"{ENTRIES}?{query}")
        assert response.context["page"].rows
        asked = [each["sql"] for each in queries if each["sql"] not in {"BEGIN", "COMMIT"}]
        assert len(asked) <= MOST_QUERIES, "\n".join(sql[:150] for sql in asked)


def test_another_company_finds_nothing_of_it(client, tenant, outsider, other_tenant):
    entry = make_entry(tenant, "777.00", memo="Segredo")
    account = account_of(tenant, "5.2.01")
    sign_in(client, outsider, other_tenant)

    assert client.get(f"{ENTRIES}?conta={account.id}").status_code == 404
    assert client.get(f"{ENTRIES}?apos={DAY}.{entry.id}").context["page"].rows == []
    assert client.get(f"{ENTRIES}?q=segredo").context["page"].rows == []
    assert client.get(f"{ENTRIES}exportar/csv/?conta={account.id}").status_code == 404

"""The four differences on «Conciliar», the list behind each, and the opening balance."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.banks.by_file import BY_FILE
from banking.models import BankAccount
from reconciliation.models import OpeningBalance
from reconciliation.position.opening import post_opening
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import (
    change,
    make_account,
    make_daily_balance,
    make_line,
    make_lines,
)
from tests.cast import sign_in
from tests.reconciliation.books import BEFORE, FIRST, join, post, posted

PAGE = reverse("reconciliation:reconcile")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    account = make_account(tenant, admin)
    make_daily_balance(account, BEFORE, "1000.00")
    change(account, synced_at=NOW)
    return account


@pytest.fixture
def opened(account: BankAccount) -> BankAccount:
    with tenant_scope(account.tenant_id):
        post_opening(account, by=None)
    return account


def page_for(client, person, tenant, name="reconcile", account=None, **query):
    sign_in(client, person, tenant)
    args = [account.id] if account else []
    return client.get(reverse(f"reconciliation:{name}", args=args), query)


def openings(account: BankAccount) -> list[OpeningBalance]:
    with tenant_scope(account.tenant_id):
        return list(OpeningBalance.objects.of(account.tenant_id).standing())


def test_the_card_shows_each_of_the_four(client, tenant, operator, opened):
    make_line(opened, "150.00", FIRST)
    post(opened, "-70.00")
    join(opened, make_line(opened, "5.00", FIRST), post(opened, "5.00", dt.date(2026, 12, 24)))
    change(opened, unread_movements=1)

    response = page_for(client, operator, tenant)

    found = response.context["chosen"].position
    assert (found.to_reconcile.number, found.without_line.number) == (1, 1)
    assert (found.days_apart.number, found.unproved.number) == (1, 1)
    text = " ".join(response.content.decode().split())
    assert "1 linha do extrato" in text
    assert "1 lançamento<" in text


def test_only_an_account_of_which_each_is_zero_agrees(client, tenant, operator, opened):
    assert page_for(client, operator, tenant).context["chosen"].standing.tone == "ok"

    make_lines(opened, "10.00", "-10.00", day=FIRST)

    assert page_for(client, operator, tenant).context["chosen"].standing.tone == "warn"


def test_an_account_whose_statement_comes_by_file_agrees_too(client, tenant, operator, opened):
    change(opened, connection=None, provider=BY_FILE.slug, bank_label="Itaú")

    assert page_for(client, operator, tenant).context["chosen"].standing.tone == "ok"


@pytest.mark.parametrize("part", ["linhas", "lancamentos", "dias", "nao-provado"])
def test_behind_each_stands_a_list(client, tenant, operator, opened, part):
    make_line(opened, "150.00", FIRST)
    post(opened, "-70.00")
    join(opened, make_line(opened, "5.00", FIRST), post(opened, "5.00", dt.date(2026, 12, 24)))
    make_daily_balance(opened, FIRST, "1156.00")

    response = page_for(client, operator, tenant, "part", opened, parte=part)

    amounts = {
        "linhas": [Decimal(150)],
        "lancamentos": [Decimal(-70)],
        "dias": [Decimal(5)],
        "nao-provado": [],
    }
    assert [row.amount for row in response.context["page"].rows] == amounts[part]
    if part == "nao-provado":
        assert response.context["proof"].broken.day == FIRST


def test_a_list_of_something_else_does_not_exist(client, tenant, operator, opened):
    assert page_for(client, operator, tenant, "part", opened, parte="x").status_code == 404


@pytest.mark.parametrize("after", ["x", "2026-11-02", "2026-11-02.x"])
def test_a_place_that_no_list_has_is_refused(client, tenant, operator, opened, after):
    response = page_for(client, operator, tenant, "part", opened, depois=after)

    assert response.status_code == 400


def test_the_pages_of_a_list_show_every_line_once(client, tenant, operator, opened):
    make_lines(opened, *[f"{number}.00" for number in range(1, 31)], day=FIRST)
    make_lines(opened, *[f"{number}.00" for number in range(31, 61)], day=BEFORE + dt.timedelta(3))
    url = reverse("reconciliation:part", args=[opened.id])
    sign_in(client, operator, tenant)

    first = client.get(url)
    second = client.get(url + first.context["more_url"], headers={"HX-Request": "true"})

    seen = [row.amount for each in (first, second) for row in each.context["page"].rows]
    assert sorted(seen) == list(range(1, 61))
    assert second.context["more_url"] == ""


def test_more_than_a_thousand_are_not_counted_out(client, tenant, operator, opened):
    make_lines(opened, *["1.00"] * 1001, day=FIRST)

    assert "1.000+ linhas do extrato" in page_for(client, operator, tenant).content.decode()


def test_older_days_follow_without_a_gap(client, tenant, operator, account):
    base = FIRST - dt.timedelta(days=200)
    make_daily_balance(account, base, "1000.00")
    with tenant_scope(account.tenant_id):
        post_opening(account, by=None)
    page = page_for(client, operator, tenant, "days", account)
    seen = [day.day for day in page.context["days"]]

    while url := page.context["more_url"]:
        address = reverse("reconciliation:days", args=[account.id])
        page = client.get(f"{address}{url}", headers={"HX-Request": "true"})
        assert page.templates[0].name == "reconciliation/_day_rows.html"
        seen += [day.day for day in page.context["days"]]

    last = seen[0]
    assert seen == [last - dt.timedelta(days=each) for each in range(len(seen))]
    assert seen[-1] == base


def test_what_is_no_day_is_no_day_of_an_address(client, tenant, operator, opened):
    assert page_for(client, operator, tenant, "days", opened, ate="2026-13-40").status_code == 200


def test_bank_and_books_stand_day_by_day(client, tenant, operator, opened):
    make_line(opened, "150.00", FIRST)
    make_daily_balance(opened, FIRST, "1150.00")

    response = page_for(client, operator, tenant, "days", opened)

    days = {day.day: (day.bank, day.books) for day in response.context["days"]}
    assert days[BEFORE] == (Decimal(1000), Decimal(1000))
    assert days[FIRST] == (Decimal(1150), Decimal(1000))
    assert response.context["proof"].holds


def test_the_page_asks_as_often_with_many_lines(client, tenant, operator, opened):
    page_for(client, operator, tenant)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PAGE)
    make_lines(opened, *["1.00"] * 300, day=FIRST)

    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) <= len(few) + 1  # what the lines of the page stand for


# --- The opening balance ---


def test_an_account_that_was_there_is_offered_it_once(client, tenant, operator, account):
    assert page_for(client, operator, tenant).context["chosen"].offers_opening

    client.post(reverse("reconciliation:put_off_opening", args=[account.id]))

    assert not client.get(PAGE).context["chosen"].offers_opening


def test_what_was_seen_is_written(client, tenant, operator, account):
    waiting = posted(account, post(account, "-400.00", BEFORE))
    post(account, "100.00", BEFORE)
    url = reverse("reconciliation:opening", args=[account.id])
    shown = page_for(client, operator, tenant, "opening", account)
    assert shown.context["effect"].entry_amount == Decimal(1300)

    typed = {"marked": [str(waiting.id)]}
    again = client.post(url, typed | {"calcular": "sim"})
    assert again.context["effect"].entry_amount == Decimal(900)
    assert openings(account) == []

    done = client.post(url, typed | {"lancar": "sim", "seen": "900.00"})

    assert done.status_code == 302
    (opening,) = openings(account)
    assert opening.created_by == operator


def test_a_balance_that_no_bank_states_is_asked(client, tenant, admin, operator):
    bare = make_account(tenant, admin)
    make_line(bare, "50.00", FIRST)
    url = reverse("reconciliation:opening", args=[bare.id])
    sign_in(client, operator, tenant)

    missing = client.post(url, {"lancar": "sim"})
    assert missing.status_code == 422
    assert "amount" in missing.context["form"].errors

    wrong = client.post(url, {"lancar": "sim", "amount": "dez"})
    assert "amount" in wrong.context["form"].errors

    client.post(url, {"lancar": "sim", "amount": "-1.234,56", "seen": "-1234.56"})

    assert [opening.amount for opening in openings(bare)] == [Decimal("-1234.56")]


def test_a_balance_may_be_left_out_only_where_a_former_one_tells_it(
    client, tenant, admin, operator
):
    bare = make_account(tenant, admin)
    make_line(bare, "50.00", FIRST)

    first = page_for(client, operator, tenant, "opening", bare).context["form"]
    with tenant_scope(tenant.id):
        post_opening(bare, by=None, amount=Decimal(70))
    make_line(bare, "30.00", FIRST - dt.timedelta(days=3))
    again = page_for(client, operator, tenant, "opening", bare).context["form"]

    assert (first["amount"].field.required, again["amount"].field.required) == (True, False)


def test_what_is_ticked_counts_while_the_balance_is_missing(client, tenant, admin, operator):
    bare = make_account(tenant, admin)
    make_line(bare, "50.00", FIRST)
    waiting = posted(bare, post(bare, "-400.00", BEFORE))
    sign_in(client, operator, tenant)

    typed = {"marked": [str(waiting.id)], "calcular": "sim"}
    shown = client.post(reverse("reconciliation:opening", args=[bare.id]), typed)

    assert shown.context["effect"].marked == Decimal(-400)


def test_the_page_of_it_tells_of_days_without_a_balance(client, tenant, operator, opened):
    make_line(opened, "-30.00", FIRST - dt.timedelta(days=3))

    shown = page_for(client, operator, tenant, "opening", opened)

    assert shown.context["effect"].unproved.words in shown.content.decode()


def test_one_that_is_there_is_shown_and_not_written_again(client, tenant, operator, opened):
    url = reverse("reconciliation:opening", args=[opened.id])
    (there,) = openings(opened)

    shown = page_for(client, operator, tenant, "opening", opened)
    refused = client.post(url, {"lancar": "sim", "amount": "5,00"})

    assert (shown.context["opening"], refused.status_code) == (there, 422)
    assert reverse("accounts:entry", args=[there.entry_id]) in shown.content.decode()
    assert "lancar" not in shown.content.decode()
    assert openings(opened) == [there]


def test_one_without_an_entry_is_shown_too(client, tenant, operator, account):
    post(account, "1000.00", BEFORE)
    with tenant_scope(tenant.id):
        there = post_opening(account, by=None)

    shown = page_for(client, operator, tenant, "opening", account)

    assert (there.entry, shown.context["opening"]) == (None, there)


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_is_told_who_has_written_it(client, tenant, admin, operator, account):
    url = reverse("reconciliation:opening", args=[account.id])
    sign_in(client, operator, tenant)

    def write():
        try:
            return client.post(url, {"lancar": "sim", "seen": "1000.00"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as second:
        with tenant_scope(tenant.id):
            there = post_opening(account, by=admin.memberships.get(tenant=tenant))
            act = second.submit(write)
            while not somebody_waits():
                assert not act.done()
        done = act.result()

    (said,) = get_messages(done.wsgi_request)
    assert (openings(account), said.level) == ([there], messages.INFO)
    assert admin.display_name in said.message


def somebody_waits() -> bool:
    """For what this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("name", ["opening", "put_off_opening"])
def test_who_only_reads_writes_none(client, tenant, reader, account, name):
    sign_in(client, reader, tenant)

    response = client.post(reverse(f"reconciliation:{name}", args=[account.id]))

    assert response.status_code == 403


@pytest.mark.parametrize("name", ["part", "days", "opening"])
def test_another_companys_account_does_not_exist(client, other_tenant, outsider, account, name):
    assert page_for(client, outsider, other_tenant, name, account).status_code == 404

"""The page of a run shows its bills page by page, whatever their number."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount
from payments.dispatch.run import dispatch_by_hand
from payments.models import DispatchRun
from payments.orders.give_back import give_back_what_may_not_leave
from payments.reads import run_bills
from payments.reads.run_bills import Part
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_payable, sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

NAMES = {Part.SENT: "sent", Part.GIVEN_BACK: "given_back", Part.LEFT_OUT: "left_out"}
HTMX = {"HX-Request": "true"}
OVERDUE = date(2026, 11, 19)
BILLS = 5


@pytest.fixture(autouse=True)
def two_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_bills, "PAGE", 2)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


@pytest.fixture
def run(tenant: Tenant, account: BankAccount, operator: User, approver: User) -> DispatchRun:
    """Sends some, and leaves as many out."""
    for number in range(BILLS):
        for due_date in (TODAY, OVERDUE):
            make_payable(
                tenant,
                by=operator,
                approved_by=approver,
                due_date=due_date,
                payee_name=f"Fornecedor {9 - number}",
                payee_document=f"{11222333000181 + number}",
            )
    return dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))


def give_back_all(account: BankAccount) -> None:
    with tenant_scope(account.tenant_id):
        give_back_what_may_not_leave(account, at("23 23:00") + timedelta(days=1))


def address(run: DispatchRun) -> str:
    return reverse("payments:run", args=[run.id])


def walk(client: Client, run: DispatchRun, part: Part) -> list[list[Any]]:
    """The rows of each page of a part, as «Mostrar mais» brings them."""
    first = client.get(address(run)).context[NAMES[part]]
    pages, url = [first["rows"]], first["more_url"]
    while url:
        assert parse_qs(urlsplit(url).query)["parte"] == [part.value]
        answer = client.get(url, headers=HTMX)
        assert "<main" not in answer.content.decode()
        pages.append(answer.context["rows"])
        url = answer.context["more_url"]
    return pages


def ids(pages: list[list[Any]]) -> list[UUID]:
    return [row.payable.id for page in pages for row in page]


def test_what_was_sent_comes_by_name_and_page(
    as_operator: Client, run: DispatchRun, tenant: Tenant
) -> None:
    pages = walk(as_operator, run, Part.SENT)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len(set(ids(pages))) == BILLS
    names = [row.payable.payee.name for page in pages for row in page]
    assert names == [f"Fornecedor {number}" for number in range(5, 10)]


def test_bills_of_one_payee_are_not_skipped_between_pages(
    as_operator: Client, tenant: Tenant, account: BankAccount, operator: User, approver: User
) -> None:
    made = {make_payable(tenant, by=operator, approved_by=approver).id for _ in range(BILLS)}
    run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    found = ids(walk(as_operator, run, Part.SENT))

    assert len(found) == BILLS and set(found) == made


def test_what_was_left_out_comes_page_by_page_each_with_its_reason(
    as_operator: Client, run: DispatchRun
) -> None:
    pages = walk(as_operator, run, Part.LEFT_OUT)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert ids(pages) == [UUID(item["payable"]) for item in run.left_out]
    assert all("19/11/2026" in row.reason for page in pages for row in page)


def test_what_came_back_unsent_comes_page_by_page_each_with_its_reason(
    as_operator: Client, run: DispatchRun, account: BankAccount
) -> None:
    give_back_all(account)

    pages = walk(as_operator, run, Part.GIVEN_BACK)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert len(set(ids(pages))) == BILLS
    assert all(row.reason for page in pages for row in page)
    assert ids(walk(as_operator, run, Part.SENT)) == []


def test_without_scripts_the_next_page_is_a_page(as_operator: Client, run: DispatchRun) -> None:
    more = as_operator.get(address(run)).context["sent"]["more_url"]

    page = as_operator.get(more)

    assert "<main" in page.content.decode()
    assert [len(page.context[name]["rows"]) for name in NAMES.values()] == [2, 0, 2]


def test_the_page_asks_as_much_whatever_the_run_sent(
    as_operator: Client, run: DispatchRun, tenant: Tenant, account: BankAccount, operator: User,
    approver: User,
) -> None:  # fmt: skip
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_operator.get(address(run)).status_code == 200
        return len(captured)

    few = queries()
    for _ in range(2 * BILLS):
        make_payable(tenant, by=operator, approved_by=approver)
    dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    assert queries() == few


def test_a_list_of_runs_reads_nothing_of_what_they_left_out(
    as_operator: Client, run: DispatchRun
) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = as_operator.get(reverse("payments:runs"))

    assert [note.tally.stayed for note in page.context["notes"]] == [BILLS]
    of_runs = [query["sql"] for query in captured if 'FROM "payments_dispatchrun"' in query["sql"]]
    assert of_runs
    assert not any('"payments_dispatchrun"."left_out",' in sql for sql in of_runs)


@pytest.mark.parametrize(
    "query",
    [
        {"parte": "tudo"},
        {"parte": "enviados", "apos": "x"},
        {"parte": "enviados", "apos": "00000000-0000-7000-8000-000000000000"},
        {"parte": "de-fora", "apos": "-1"},
        {"parte": "de-fora", "apos": "٣"},
        {"parte": "de-fora", "apos": "9" * 5000},
    ],
)
def test_a_forged_position_is_refused(
    as_operator: Client, run: DispatchRun, query: dict[str, str]
) -> None:
    assert as_operator.get(address(run), query).status_code == 400


def test_a_position_in_another_companys_bills_is_none(
    as_operator: Client, run: DispatchRun, other_tenant: Tenant
) -> None:
    theirs = make_payable(other_tenant)

    answer = as_operator.get(address(run), {"parte": "enviados", "apos": str(theirs.id)})

    assert answer.status_code == 400

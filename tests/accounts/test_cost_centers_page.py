"""«Centros de custo»: the register, the entry by hand, the journal's filter and its file."""

import csv
import datetime as dt
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.chart.cost_centers import (
    CenterDetails,
    archive_center,
    as_seen,
    centers_of,
    change_center,
    restore_center,
)
from accounts.journal.entries import post_entry
from accounts.journal.listing import all_rows
from accounts.journal.postings import Posting
from accounts.models import CostCenter, JournalEntry
from audit.acts import Act
from core.errors import InvalidState
from core.ids import uuid7
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.accounts.centers import archived, centers_in, make_cost_center, make_entry_of
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.reading import codes, told

pytestmark = pytest.mark.django_db

PAGE, NEW = reverse("accounts:cost_centers"), reverse("accounts:new_cost_center")
ENTRIES, NEW_ENTRY = reverse("accounts:entries"), reverse("accounts:new_entry")
D = Decimal


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


@pytest.fixture
def finance(client: Client, operator: User, tenant: Tenant) -> Client:
    sign_in(client, operator, tenant)
    return client


def at(name: str, center: CostCenter) -> str:
    return reverse(f"accounts:{name}", args=[center.id])


def centers(tenant: Tenant) -> list[tuple[str, str, bool]]:
    with tenant_scope(tenant.id):
        rows = CostCenter.objects.of(tenant).order_by("id")
        return [(each.code, each.name, each.is_archived) for each in rows]


def seen(client: Client, center: CostCenter) -> str:
    form = client.get(at("cost_center", center)).context["form"]
    value: str = form["seen"].value()
    return value


# --- The register ---


def test_a_centre_is_made_and_put_on_record(as_admin: Client, tenant: Tenant, admin: User) -> None:
    answer = as_admin.post(NEW, {"name": " Matriz ", "code": "MTZ"}, follow=True)

    assert told(answer, "success")
    assert centers(tenant) == [("MTZ", "Matriz", False)]
    (record,) = audit_of(tenant)
    assert (record.act, record.by, record.after["Nome"]) == (
        Act.COST_CENTER_CHANGED, admin, "Matriz",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": ""}, {"name": ["required"]}),
        ({"name": "x" * 61}, {"name": ["max_length"]}),
        ({"name": "mátriz"}, {"name": ["name_taken"]}),
        ({"name": "Filial", "code": "MTZ"}, {"code": ["code_taken"]}),
        ({"name": "Filial", "code": "a b"}, {"code": [""]}),
    ],
)
def test_a_mistake_is_told_at_its_field(
    as_admin: Client, tenant: Tenant, typed: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    make_cost_center(tenant, "Matriz", "MTZ")

    answer = as_admin.post(NEW, typed)

    form = answer.context["form"]
    assert (answer.status_code, codes(form)) == (422, wrong)
    assert {name: form[name].value() for name in typed} == typed
    assert len(centers(tenant)) == 1


def test_two_companies_may_have_centres_of_one_name(
    as_admin: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    make_cost_center(other_tenant, "Matriz", "MTZ")

    as_admin.post(NEW, {"name": "Matriz", "code": "MTZ"})

    assert centers(tenant) == [("MTZ", "Matriz", False)]


def test_a_new_name_shows_on_what_was_posted_before(as_admin: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    entry = make_entry_of(center)

    typed = {"name": "Matriz Paulista", "code": "", "seen": seen(as_admin, center)}
    as_admin.post(at("cost_center", center), typed)

    assert centers_in(entry)[0][1] == "Matriz Paulista"
    record = audit_of(tenant)[-1]
    assert (record.before, record.after) == ({"Nome": "Matriz"}, {"Nome": "Matriz Paulista"})


def test_of_two_tabs_the_second_is_told(as_admin: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    before = seen(as_admin, center)
    as_admin.post(at("cost_center", center), {"name": "Sede", "seen": before})

    answer = as_admin.post(at("cost_center", center), {"name": "Loja", "seen": before})
    again = as_admin.post(
        at("cost_center", center),
        {"name": "Loja", "seen": answer.context["form"]["seen"].value()},
    )

    assert codes(answer.context["form"]) == {"__all__": ["changed_by_another"]}
    assert again.status_code == 302
    assert centers(tenant) == [("", "Loja", False)]


def test_a_centre_is_archived_and_taken_into_use_again(as_admin: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant)

    for name, is_archived in (("archive", True), ("archive", True), ("restore", False)):
        as_admin.post(at(f"{name}_cost_center", center))
        assert centers(tenant) == [("", "Matriz", is_archived)]

    acts = audit_of(tenant, Act.COST_CENTER_CHANGED)
    assert [each.after.get("Situação") for each in acts] == ["em uso", "arquivado", "em uso"]


def test_the_name_of_an_archived_centre_is_free_and_then_it_stays_archived(
    as_admin: Client, tenant: Tenant
) -> None:
    old = archived(make_cost_center(tenant))
    make_cost_center(tenant, "MATRIZ")

    with tenant_scope(tenant.id), pytest.raises(InvalidState) as refused:
        restore_center(old, by=None)

    assert refused.value.code == "name_taken"
    as_admin.post(at("restore_cost_center", old))
    assert centers(tenant)[0] == ("", "Matriz", True)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_others_see_the_centres_and_change_nothing(
    client: Client, tenant: Tenant, role: Role
) -> None:
    sign_in(client, make_member(tenant, role), tenant)
    center = make_cost_center(tenant)

    page = client.get(PAGE)

    assert "Matriz" in page.content.decode() and NEW not in page.content.decode()
    for name in ("archive_cost_center", "restore_cost_center", "cost_center"):
        assert client.post(at(name, center), {"name": "Sede"}).status_code == 403
    assert client.post(NEW, {"name": "Sede"}).status_code == 403
    assert centers(tenant) == [("", "Matriz", False)]


def test_who_archives_a_centre_leaves_it_the_name_that_another_has_given_it(
    tenant: Tenant, admin: User
) -> None:
    opened = make_cost_center(tenant)
    with tenant_scope(tenant.id):
        center = CostCenter.objects.of(tenant).get(id=opened.id)
        change_center(center, CenterDetails("Sede"), seen=as_seen(center), by=admin)

        archive_center(opened, by=admin)

    assert centers(tenant) == [("", "Sede", True)]


def test_the_page_tells_what_each_came_to_this_year(as_admin: Client, tenant: Tenant) -> None:
    head, branch = make_cost_center(tenant), make_cost_center(tenant, "Filial")
    sales, cash = account_of(tenant, "4.1.01"), account_of(tenant, "1.1.1.01")
    lines = [Posting(sales, D(-100), head), Posting(sales, D(-40), branch), (cash, D(140))]
    post_entry(tenant, date=DAY, memo="Vendas", lines=lines)
    make_entry_of(head, "30.00")
    for day in (dt.date(2025, 12, 31), dt.date(2027, 1, 1)):
        make_entry_of(head, "7.00", date=day)

    with tenant_scope(tenant.id):
        rows = centers_of(tenant, dt.date(2026, 1, 1), dt.date(2026, 12, 31))

    assert {row.center.name: (row.entries, row.result) for row in rows} == {
        "Matriz": (2, D(70)), "Filial": (1, D(40)),
    }  # fmt: skip


def test_without_any_the_page_says_what_they_are_for(as_admin: Client) -> None:
    page = as_admin.get(PAGE)

    assert NEW in page.content.decode() and page.context["rows"] == []


# --- The entry by hand ---


def typed(tenant: Tenant, *rows: tuple[str, str, str, str], **changes: str) -> dict[str, str]:
    """Rows are (code, debit, credit, id of the centre)."""
    data = {"id": str(uuid7()), "rows": "4", "date": "23/11/2026", "memo": "Aluguel"}
    for number, (code, debit, credit, center) in enumerate(rows, 1):
        data |= {
            f"account_{number}": str(account_of(tenant, code).id) if code else "",
            f"debit_{number}": debit,
            f"credit_{number}": credit,
            f"center_{number}": center,
        }
    return data | changes


def test_a_centre_is_chosen_for_a_line(finance: Client, tenant: Tenant) -> None:
    head, branch = make_cost_center(tenant), make_cost_center(tenant, "Filial")

    finance.post(
        NEW_ENTRY,
        typed(
            tenant, ("5.2.01", "70", "", str(head.id)), ("5.2.01", "30", "", str(branch.id)),
            ("1.1.1.01", "", "100", ""),
        ),
    )  # fmt: skip

    with tenant_scope(tenant.id):
        entry = JournalEntry.objects.of(tenant).get()
    assert centers_in(entry) == [
        ("5.2.01", "Matriz", D(70)), ("5.2.01", "Filial", D(30)), ("1.1.1.01", "", D(-100)),
    ]  # fmt: skip
    (record,) = audit_of(tenant, Act.ENTRY_POSTED)
    assert "Matriz" in record.after["Contas"] and "Filial" in record.after["Contas"]


def test_without_centres_the_form_does_not_ask(finance: Client, tenant: Tenant) -> None:
    archived(make_cost_center(tenant))

    form = finance.get(NEW_ENTRY).context["form"]

    assert not [name for name in form.fields if name.startswith("center")]


def refusal(client: Client, data: dict[str, str]) -> dict[str, list[str]]:
    answer = client.post(NEW_ENTRY, data)
    assert answer.status_code == 422
    return codes(answer.context["form"])


def test_a_centre_that_cannot_be_is_told_at_its_line(
    finance: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    good, old = make_cost_center(tenant), archived(make_cost_center(tenant, "Antiga"))
    foreign = make_cost_center(other_tenant)

    def with_center(code: str, center: str) -> dict[str, str]:
        rows = [(code, "10", "", center), ("5.2.02", "", "10", "")]
        return typed(tenant, *rows)

    for wrong in (old.id, foreign.id, "abc"):
        assert refusal(finance, with_center("5.2.01", str(wrong))) == {
            "center_1": ["invalid_choice"]
        }
    assert refusal(finance, with_center("1.1.1.01", str(good.id))) == {
        "center_1": ["takes_no_center"]
    }
    rows = [("5.2.01", "10", "", ""), ("1.1.1.01", "", "10", ""), ("", "", "", str(good.id))]
    assert refusal(finance, typed(tenant, *rows)) == {"center_3": ["no_account"]}


def test_the_last_centre_archived_since_the_page_is_not_passed_over(
    finance: Client, tenant: Tenant
) -> None:
    old = archived(make_cost_center(tenant))
    rows = [("5.2.01", "10", "", str(old.id)), ("1.1.1.01", "", "10", "")]

    assert refusal(finance, typed(tenant, *rows)) == {"center_1": ["invalid_choice"]}


def test_a_copy_has_the_centre_and_more_rows_keep_it(finance: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    entry = make_entry_of(center)

    form = finance.get(f"{NEW_ENTRY}?copiar={entry.id}").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    more = finance.post(NEW_ENTRY, data | {"more": "yes"}).context["form"]

    assert str(form["center_1"].value()) == str(more["center_1"].value()) == str(center.id)
    assert "center_8" in more.fields


def test_a_copy_tells_that_its_centre_was_archived(finance: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    entry = make_entry_of(center)
    archived(center)

    form = finance.get(f"{NEW_ENTRY}?copiar={entry.id}").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}

    assert dict(form.fields["center_1"].choices)[str(center.id)] == "Matriz (arquivado)"
    assert refusal(finance, data) == {"center_1": ["invalid_choice"]}


# --- The journal ---


def found(tenant: Tenant, **values: Any) -> list[str]:
    return [row.entry.memo for rows in all_rows(tenant, values, 2) for row in rows]


@pytest.mark.parametrize("sort", ["", "antigos", "maior-valor"])
def test_the_journal_is_filtered_by_centre(tenant: Tenant, sort: str) -> None:
    head, branch = make_cost_center(tenant), make_cost_center(tenant, "Filial")
    rent, light, cash = (account_of(tenant, code) for code in ("5.2.01", "5.2.02", "1.1.1.01"))
    for number in range(3):
        day = DAY.replace(day=number + 1)
        lines = [
            Posting(rent, D(7 - number), head),
            Posting(rent, D(1), head),
            (cash, D(number - 8)),
        ]
        post_entry(tenant, date=day, memo=f"head {number}", lines=lines)
    lines = [Posting(rent, D(2), branch), Posting(light, D(3), head), (cash, D(-5))]
    post_entry(tenant, date=DAY, memo="both", lines=lines)
    make_entry(tenant, memo="none")

    both = {"": "both|head 2|head 1|head 0", "antigos": "head 0|head 1|head 2|both"}
    of_head = both.get(sort, "head 0|head 1|head 2|both").split("|")
    assert found(tenant, centro=head, ordem=sort) == of_head
    assert found(tenant, centro=branch, ordem=sort) == ["both"]
    assert found(tenant, centro=head, conta=light, ordem=sort) == ["both"]
    assert found(tenant, centro=branch, conta=light, ordem=sort) == []
    assert found(tenant, centro=head, q="both", ordem=sort) == ["both"]
    assert found(tenant, centro=head, valor_de=D(7), valor_ate=D(7), ordem=sort) == ["head 0"]
    assert found(tenant, centro=head, de=DAY, ordem=sort) == ["both"]


def test_balances_of_an_account_beside_a_centre_are_of_all_its_entries(tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    for number in range(3):
        make_entry_of(center, "10.00", date=DAY.replace(day=10 + number))
        make_entry(tenant, "1.00", date=DAY.replace(day=10 + number))

    values = {"centro": center, "conta": account_of(tenant, "5.2.01"), "ordem": "antigos"}
    balances = [row.balance for rows in all_rows(tenant, values, 9) for row in rows]

    assert balances == [D(10), D(21), D(32)]


@pytest.mark.parametrize("has_own", [True, False])
def test_a_centre_that_the_company_has_not_is_no_page(
    finance: Client, tenant: Tenant, other_tenant: Tenant, has_own: bool
) -> None:
    if has_own:
        make_cost_center(tenant)
    foreign = make_cost_center(other_tenant)

    for wrong in (foreign.id, "abc"):
        assert finance.get(f"{ENTRIES}?centro={wrong}").status_code == 404
        export = reverse("accounts:export_entries", args=["csv"])
        assert finance.get(f"{export}?centro={wrong}").status_code == 404


def test_the_centre_is_shown_with_its_line(finance: Client, tenant: Tenant) -> None:
    center = make_cost_center(tenant, "Matriz Paulista")
    entry = make_entry_of(center)

    for address in (f"{ENTRIES}?centro={center.id}", reverse("accounts:entry", args=[entry.id])):
        assert 'entry-lines__center">Matriz Paulista<' in finance.get(address).content.decode()


def test_the_file_names_the_centre_and_of_a_centre_has_its_lines_alone(
    finance: Client, tenant: Tenant
) -> None:
    head, branch = make_cost_center(tenant), make_cost_center(tenant, "Filial", "F-02")
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")
    lines = [Posting(rent, D(7), head), Posting(rent, D(3), branch), (cash, D(-10))]
    post_entry(tenant, date=DAY, memo="Aluguel", lines=lines)

    def rows(query: str) -> list[tuple[str, str]]:
        answer: Any = finance.get(f"{reverse('accounts:export_entries', args=['csv'])}{query}")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        read = csv.DictReader(StringIO(text), delimiter=";")
        return [(row["Centro de custo"], row["Débito"]) for row in read]

    assert rows("") == [("Matriz", "7,00"), ("F-02 Filial", "3,00"), ("", "0,00")]
    assert rows(f"?centro={branch.id}") == [("F-02 Filial", "3,00")]
    assert rows(f"?centro={branch.id}&conta={cash.id}") == []


def test_the_entries_of_a_centre_are_read_from_its_index(tenant: Tenant) -> None:
    center = make_cost_center(tenant)
    make_entry_of(center)
    for number in range(30):
        make_entry(tenant, memo=str(number))
    with connection.cursor() as cursor, tenant_scope(tenant.id):
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as captured:
            assert found(tenant, centro=center) == ["Aluguel"]
        (query,) = [each["sql"] for each in captured if "LIMIT" in each["sql"]][:1]
        cursor.execute(f"EXPLAIN {query}")
        plan = "\n".join(row for (row,) in cursor.fetchall())

    assert "line_center_page" in plan

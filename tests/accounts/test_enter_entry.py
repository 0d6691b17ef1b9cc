"""Entries by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.chart.archive import archive_account
from accounts.chart.setup import open_bank_account_leaf
from accounts.journal.enter import enter_entry
from accounts.journal.entries import balances
from accounts.models import JournalEntry
from audit.acts import Act
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.ids import uuid7
from tenants.models import Membership, Role
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.reading import codes, told

NEW = "/lancamentos/novo/"
D = Decimal


@pytest.fixture
def rent(tenant):
    return account_of(tenant, "5.2.01")


@pytest.fixture
def cash(tenant):
    return account_of(tenant, "1.1.1.01")


def typed(*rows, **changes):
    """What the form sends: rows are (account, debit, credit)."""
    data = {"id": str(uuid7()), "rows": "4", "date": "23/11/2026", "memo": "Ajuste do aluguel"}
    for number, (account, debit, credit) in enumerate(rows, 1):
        data |= {
            f"account_{number}": str(account.id) if account else "",
            f"debit_{number}": debit,
            f"credit_{number}": credit,
        }
    return data | changes


def member(tenant, role=Role.FINANCE):
    user = make_member(tenant, role)
    with tenant_scope(tenant.id):
        return Membership.objects.of(tenant).select_related("user", "tenant").get(user=user)


def entry_count(tenant):
    with tenant_scope(tenant.id):
        return JournalEntry.objects.of(tenant).count()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE])
def test_what_is_typed_is_written(client, tenant, rent, cash, role):
    person = make_member(tenant, role)
    sign_in(client, person, tenant)
    light = account_of(tenant, "5.2.02")
    rows = [(rent, "70,00", ""), (light, "30", ""), (cash, "", "100,00")]

    response = client.post(NEW, typed(*rows), follow=True)

    assert told(response, "success")
    with tenant_scope(tenant.id):
        entry = JournalEntry.objects.of(tenant).get()
        lines = list(entry.lines.values_list("account__code", "amount"))
        held = balances(tenant, [rent, light, cash])
    assert lines == [("5.2.01", D(70)), ("5.2.02", D(30)), ("1.1.1.01", D(-100))]
    assert (entry.is_by_hand, entry.created_by_id, entry.date, entry.memo, entry.total) == (
        True, person.id, DAY, "Ajuste do aluguel", D(100),
    )  # fmt: skip
    assert held == {rent.id: D(70), light.id: D(30), cash.id: D(-100)}
    (record,) = audit_of(tenant)
    assert (record.act, record.by, record.on_id) == (Act.ENTRY_POSTED, person, entry.id)


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_other_roles_write_nothing(client, tenant, rent, cash, role):
    person = member(tenant, role)
    sign_in(client, person.user, tenant)

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, typed((rent, "1", ""), (cash, "", "1"))).status_code == 403
    assert NEW not in client.get("/lancamentos/").content.decode()
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        enter_entry(
            uuid7(), date=DAY, memo="X", lines=[(rent, D(1)), (cash, D(-1))], is_bank_seen=True,
            by=person,
        )  # fmt: skip
    assert entry_count(tenant) == 0


@pytest.mark.parametrize(
    ("rows", "changes", "wrong"),
    [
        ([("rent", "10", ""), ("cash", "", "9,99")], {}, {"__all__": ["not_balanced"]}),
        ([("rent", "10", "")], {}, {"__all__": ["too_few_lines"]}),
        ([], {}, {"__all__": ["too_few_lines"]}),
        ([("rent", "10", "10"), ("cash", "", "10")], {}, {"credit_1": ["two_sides"]}),
        ([("rent", "", ""), ("cash", "", "10")], {}, {"debit_1": ["no_amount"]}),
        ([(None, "10", ""), ("cash", "", "10")], {}, {"account_1": ["no_account"]}),
        ([("rent", "dez", ""), ("cash", "", "10")], {}, {"debit_1": ["unreadable"]}),
        ([("rent", "-10", ""), ("cash", "", "10")], {}, {"debit_1": ["negative"]}),
        ([("rent", "0", ""), ("cash", "", "10")], {}, {"debit_1": ["zero"]}),
        ([("rent", "1,234", ""), ("cash", "", "10")], {}, {"debit_1": ["too_precise"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"memo": " "}, {"memo": ["required"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"memo": "x" * 301}, {"memo": ["max_length"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"date": "31/11/2026"}, {"date": ["invalid"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"date": "31/12/1999"}, {"date": ["far_day"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"date": "30/11/2126"}, {"date": ["far_day"]}),
        ([("rent", "1", ""), ("cash", "", "1")], {"rows": "9999"}, {"rows": ["max_value"]}),
    ],
)  # fmt: skip
def test_a_wrong_form_is_told_where_it_was_typed_and_keeps_all(
    client, tenant, operator, rent, cash, rows, changes, wrong
):
    accounts = {"rent": rent, "cash": cash, None: None}
    sign_in(client, operator, tenant)
    data = typed(*[(accounts[name], *sides) for name, *sides in rows], **changes)

    response = client.post(NEW, data)

    form = response.context["form"]
    assert response.status_code == 422
    assert codes(form) == wrong
    assert {name: form[name].value() for name in data} == data
    assert entry_count(tenant) == 0


def test_an_archived_account_is_no_choice(client, tenant, operator, cash):
    old = account_of(tenant, "5.2.02")
    archive_account(old)
    sign_in(client, operator, tenant)

    response = client.post(NEW, typed((old, "1", ""), (cash, "", "1")))

    assert codes(response.context["form"])["account_1"] == ["invalid_choice"]


def test_another_companys_account_is_no_choice(client, tenant, other_tenant, operator, cash):
    foreign = account_of(other_tenant, "5.2.01")
    sign_in(client, operator, tenant)

    response = client.post(NEW, typed((foreign, "1", ""), (cash, "", "1")))

    assert codes(response.context["form"])["account_1"] == ["invalid_choice"]
    assert entry_count(tenant) == 0


def test_a_line_on_a_bank_account_waits_until_it_was_seen(client, tenant, operator, rent):
    bank = open_bank_account_leaf(tenant, name="Cora 1234567-8")
    sign_in(client, operator, tenant)
    rows = [(rent, "10", ""), (bank, "", "10")]

    asked = client.post(NEW, typed(*rows))
    told_once = client.post(NEW, typed(*rows, is_bank_seen="on"))

    assert codes(asked.context["form"]) == {"is_bank_seen": ["bank_not_seen"]}
    assert 'name="is_bank_seen"' in asked.content.decode()
    assert told_once.status_code == 302
    assert entry_count(tenant) == 1


def test_the_same_form_twice_is_one_entry(client, tenant, operator, rent, cash):
    sign_in(client, operator, tenant)
    data = typed((rent, "10", ""), (cash, "", "10"))

    first, second = client.post(NEW, data), client.post(NEW, data)

    assert first.url == second.url
    assert entry_count(tenant) == 1


def test_the_same_form_at_the_same_time_is_refused(tenant, rent, cash):
    entry_id, by = uuid7(), member(tenant)
    values = {"date": DAY, "memo": "X", "lines": [(rent, D(1)), (cash, D(-1))]}
    with tenant_scope(tenant.id):
        enter_entry(entry_id, **values, is_bank_seen=False, by=by)
        with pytest.raises(InvalidState) as refused:
            enter_entry(entry_id, **values, is_bank_seen=False, by=by)

    assert refused.value.code == "saved_before"
    assert entry_count(tenant) == 1


def test_an_act_refuses_lines_that_do_not_close(tenant, rent, cash):
    by = member(tenant)
    with tenant_scope(tenant.id), pytest.raises(InvalidInput) as refused:
        enter_entry(
            uuid7(), date=DAY, memo="X", lines=[(rent, D(2)), (cash, D(-1))], is_bank_seen=False,
            by=by,
        )  # fmt: skip

    assert refused.value.code == "not_balanced"
    assert entry_count(tenant) == 0


def test_more_rows_lose_nothing(client, tenant, operator, rent):
    sign_in(client, operator, tenant)
    data = typed((rent, "10,5", ""), memo="Quase", more="yes")

    response = client.post(NEW, data)

    form = response.context["form"]
    assert (form.row_count, form.errors) == (8, {})
    assert (form["memo"].value(), form["debit_1"].value()) == ("Quase", "10,5")
    assert form["id"].value() == data["id"]
    assert str(form["account_1"].value()) == str(rent.id)


@pytest.mark.parametrize("which", ["ultimo", "id"])
def test_an_entry_is_copied_with_the_day_of_today(client, tenant, operator, rent, cash, which):
    sign_in(client, operator, tenant)
    client.post(NEW, typed((rent, "1.234,50", ""), (cash, "", "1.234,50")))
    with tenant_scope(tenant.id):
        entry = JournalEntry.objects.of(tenant).get()

    page = client.get(f"{NEW}?copiar={entry.id if which == 'id' else which}")

    form = page.context["form"]
    assert form["memo"].value() == "Ajuste do aluguel"
    assert (form["account_1"].value(), form["debit_1"].value()) == (rent.id, "1.234,50")
    assert (form["account_2"].value(), form["credit_2"].value()) == (cash.id, "1.234,50")
    assert form["id"].value() != entry.id
    assert isinstance(form["date"].value(), dt.date)


def test_what_is_copied_is_the_companys_own(client, tenant, other_tenant, operator):
    foreign = make_entry(other_tenant)
    sign_in(client, operator, tenant)

    assert client.get(f"{NEW}?copiar={foreign.id}").status_code == 404
    assert client.get(f"{NEW}?copiar=x").status_code == 404


def test_an_entry_by_hand_is_reversed_with_a_reason(client, tenant, operator, rent, cash):
    sign_in(client, operator, tenant)
    address = client.post(NEW, typed((rent, "10", ""), (cash, "", "10"))).url

    response = client.post(f"{address}estornar/", {"date": "24/11/2026", "why": "Em dobro"})

    assert response.status_code == 302
    with tenant_scope(tenant.id):
        assert balances(tenant, [rent, cash]) == {rent.id: D(0), cash.id: D(0)}


def test_entries_by_hand_are_an_origin(client, tenant, operator, rent, cash):
    make_entry(tenant, memo="Do produto")
    sign_in(client, operator, tenant)
    client.post(NEW, typed((rent, "10", ""), (cash, "", "10")))

    rows = client.get("/lancamentos/?origem=manual").context["page"].rows

    assert [row.entry.memo for row in rows] == ["Ajuste do aluguel"]

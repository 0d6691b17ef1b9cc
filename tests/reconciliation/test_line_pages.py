"""Acts on a bank line, on its row of «Conciliar»."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import Allocation, BankAccount, StatementLine
from charges.states import ChargeStatus
from payments.states import PayableStatus
from people.models import ExceptionalAct
from reconciliation.matches.create import Slice, create_entry
from reconciliation.models import Transfer
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import late, opened
from tests.payments.factories import SUPPLIER, make_bank_account, make_known, shown
from tests.reconciliation.matched import (
    account_named,
    balance,
    line,
    make_entry,
    matched,
    open_of,
    purpose_balance,
)
from tests.reconciliation.rows import HTMX, item, match_of, post, seen, toast, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
PAGE = reverse("reconciliation:reconcile")
ACTS = ("match", "create", "transfer", "ignore")


# --- Who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_only_reads_does_nothing_to_a_line(
    client: Client, tenant: Tenant, itau: BankAccount, role: Role
) -> None:
    row = line(itau, "-150.00")
    sign_in(client, make_member(tenant, role), tenant)
    acts = [url(name, row) for name in (*ACTS, "accept", "items")]

    assert {client.post(act, {}).status_code for act in acts} == {403}
    page = client.get(PAGE).content.decode()
    assert [act for act in acts if act in page] == []
    assert client.get(url("line", row)).status_code == 200


@pytest.mark.parametrize("name", ["line", *ACTS])
def test_a_line_of_another_company_does_not_exist(
    client: Client, other_tenant: Tenant, outsider: User, itau: BankAccount, name: str
) -> None:
    row = line(itau, "-150.00")
    sign_in(client, outsider, other_tenant)

    assert client.get(url(name, row)).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_a_form_opens_in_the_row_and_on_a_page_of_its_own(
    finance: Client, itau: BankAccount, name: str
) -> None:
    row = line(itau, "-150.00")

    fragment = finance.get(url(name, row), headers=HTMX).content.decode()
    page = finance.get(url(name, row)).content.decode()

    assert fragment.lstrip().startswith("<li") and f'action="{url(name, row)}"' in fragment
    assert "<html" in page and f'action="{url(name, row)}"' in page


# --- Create ----------------------------------------------------------------------------------


def test_an_entry_is_created_from_a_line(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")

    answer = post(finance, "create", row, account_1=account_named(tenant, "5.3.02").id)

    assert (answer.status_code, toast(answer)["tone"]) == (200, "ok")
    assert 'data-pair="done"' in answer.content.decode()
    assert (open_of(row), balance(tenant, "5.3.02")) == (0, D("150.00"))


def test_an_entry_is_split_by_per_cent_and_the_rest(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")
    typed = {
        "account_1": account_named(tenant, "5.3.02").id,
        "share_1": "30 %",
        "account_2": account_named(tenant, "5.5.01").id,
    }

    post(finance, "create", row, **typed)

    assert (balance(tenant, "5.3.02"), balance(tenant, "5.5.01")) == (D("45.00"), D("105.00"))


def test_parts_that_do_not_close_are_told_and_stay_typed(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")
    account = account_named(tenant, "5.3.02").id

    answer = post(finance, "create", row, account_1=account, share_1="100,00", memo="Papel")

    assert (answer.status_code, open_of(row)) == (422, D("-150.00"))
    assert answer.context["form"].errors["account_1"]
    assert 'value="100,00"' in answer.content.decode() and "Papel" in answer.content.decode()


def test_a_part_without_an_account_is_not_passed_over(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")
    account = account_named(tenant, "5.3.02").id

    answer = post(finance, "create", row, account_1=account, share_2="100,00")

    assert (answer.status_code, open_of(row)) == (422, D("-150.00"))
    assert list(answer.context["form"].errors) == ["account_2"]
    assert 'value="100,00"' in answer.content.decode()


def test_the_classification_of_the_last_line_like_it_is_offered_first(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    cloud, fees = account_named(tenant, "5.3.02"), account_named(tenant, "5.5.01")
    with tenant_scope(tenant.id):
        for account, text in ((cloud, "AWS"), (fees, "TARIFA")):
            former = line(itau, "-10.00", description=text)
            create_entry(former.id, [Slice(account.id)], by=ana)

    offered = [
        finance.get(url("create", line(itau, "-20.00", description=text)), headers=HTMX)
        for text in ("AWS", "OUTRO")
    ]

    assert [each.context["form"]["account_1"].value() for each in offered] == [cloud.id, fees.id]


def test_money_out_is_not_offered_the_classification_of_money_that_came_in(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    with tenant_scope(tenant.id):
        came = line(itau, "10.00", description="VENDA")
        create_entry(came.id, [Slice(account_named(tenant, "4.1.01").id)], by=ana)

    form = finance.get(url("create", line(itau, "-20.00")), headers=HTMX).context["form"]

    assert not form["account_1"].value()


def test_who_is_registered_with_the_document_of_the_line_is_kept_with_it(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    payer = make_payer(tenant)
    row = line(itau, "150.00", counterparty_document=payer.document)

    post(
        finance,
        "create",
        row,
        account_1=account_named(tenant, "4.1.01").id,
        party=f"payer:{payer.id}",
    )

    assert match_of(row).payer_id == payer.id


# --- Transfer --------------------------------------------------------------------------------


@pytest.fixture
def bs2(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, preferred=False)


def test_the_other_line_of_a_transfer_is_offered_first(
    finance: Client, itau: BankAccount, bs2: BankAccount
) -> None:
    left, came = line(itau, "-500.00"), line(bs2, "500.00")
    form = finance.get(url("transfer", left), headers=HTMX).context["form"]
    offered = form.fields["other"].initial

    answer = post(finance, "transfer", left, other=offered)

    assert offered == f"line:{came.id}"
    assert (open_of(left), open_of(came)) == (0, 0)
    assert f'id="linha-{came.id}"' not in answer.content.decode()  # it is on another page


def test_a_transfer_whose_other_line_has_not_come_is_under_way(
    finance: Client, tenant: Tenant, itau: BankAccount, bs2: BankAccount
) -> None:
    row = line(itau, "-500.00")

    post(finance, "transfer", row, other=f"account:{bs2.id}")

    with tenant_scope(tenant.id):
        assert Transfer.objects.of(tenant).under_way().count() == 1
    page = finance.get(PAGE, {"conta": itau.id, "situacao": "em-transito"})
    assert [each.id for day in page.context["page"].days for each in day.lines] == [row.id]


def test_a_fee_that_is_larger_than_the_line_is_told_at_its_field(
    finance: Client, itau: BankAccount, bs2: BankAccount
) -> None:
    row = line(itau, "-5.00")

    answer = post(finance, "transfer", row, other=f"account:{bs2.id}", fee="9,00")

    assert answer.status_code == 422
    assert answer.context["form"].errors["fee"]


def test_an_account_of_another_company_is_no_choice(
    finance: Client, other_tenant: Tenant, itau: BankAccount
) -> None:
    foreign = make_bank_account(other_tenant)
    row = line(itau, "-5.00")

    answer = post(finance, "transfer", row, other=f"account:{foreign.id}")

    assert (answer.status_code, open_of(row)) == (422, D("-5.00"))


# --- Ignore ----------------------------------------------------------------------------------


def test_a_line_is_ignored_with_a_reason_which_is_offered_the_next_time(
    finance: Client, itau: BankAccount
) -> None:
    row, next_one = line(itau, "-1.00"), line(itau, "-2.00")

    refused = post(finance, "ignore", row, why="")
    post(finance, "ignore", row, why="Teste do banco")

    assert refused.context["form"].errors["why"]
    assert open_of(row) == 0
    form = finance.get(url("ignore", next_one), headers=HTMX).context["form"]
    assert form["why"].value() == "Teste do banco"


def test_above_the_limit_it_waits_for_a_second_person(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-90000.00")

    answer = post(finance, "ignore", row, why="Teste do banco")

    assert (toast(answer)["tone"], open_of(row)) == ("info", D("-90000.00"))
    assert "pair--none" not in answer.content.decode()  # a phone shows what it waits for too
    with tenant_scope(tenant.id):
        assert ExceptionalAct.objects.of(tenant).get().is_waiting


# --- Match -----------------------------------------------------------------------------------


def test_a_line_is_matched_with_what_was_ticked(finance: Client, itau: BankAccount) -> None:
    row, entries = line(itau, "-150.00"), [make_entry(itau, each) for each in ("-100.00", "-50.00")]

    answer = post(finance, "match", row, item=[item("entry", each) for each in entries])

    assert (answer.status_code, open_of(row)) == (200, 0)


def test_a_difference_goes_to_the_account_of_its_kind(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    charge = opened(make_charge(tenant, itau, "100.00"))
    row = line(itau, "97.00")

    post(finance, "match", row, item=item("charge", charge), kind_1="fee", amount_1="3,00")

    assert reread(charge).status == ChargeStatus.PAID
    assert purpose_balance(tenant, "fees") == D("3.00")


def test_what_does_not_close_is_told_and_what_was_chosen_stays(
    finance: Client, itau: BankAccount
) -> None:
    row, entry = line(itau, "-150.00"), make_entry(itau, "-100.00")

    answer = post(finance, "match", row, item=item("entry", entry), q="nada disso", why="Lote")

    assert (answer.status_code, open_of(row)) == (422, D("-150.00"))
    assert [each.item.id for each in answer.context["rows"] if each.is_chosen] == [entry.id]
    assert "Lote" in answer.content.decode()


def test_a_part_of_a_bill_leaves_a_rest_to_be_approved(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-40.00")

    post(finance, "match", row, item=item("bill", bill), **{f"part-{bill.id}": "40,00"})

    assert (reread(bill).status, open_of(row)) == (PayableStatus.PAID, 0)


@pytest.mark.parametrize("typed", ["abc", "100,01"])
def test_a_part_that_cannot_be_read_or_is_more_than_is_open_is_told_beside_it(
    finance: Client, tenant: Tenant, itau: BankAccount, typed: str
) -> None:
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-200.00")

    answer = post(finance, "match", row, item=item("bill", bill), **{f"part-{bill.id}": typed})

    assert answer.status_code == 422
    assert [each.error for each in answer.context["rows"] if each.is_chosen] != [""]


def test_an_admin_settles_a_bill_that_waits_as_it_was_shown(
    client: Client, tenant: Tenant, itau: BankAccount, admin: User
) -> None:
    bill, row = make_known(tenant, "100.00"), line(itau, "-100.00")
    sign_in(client, admin, tenant)
    rows = client.get(url("match", row), headers=HTMX).context["rows"]
    digest = next(each.shown for each in rows if each.item.id == bill.id)

    post(client, "match", row, item=item("bill", bill), **{f"shown-{bill.id}": digest})

    assert digest == shown(bill)
    assert reread(bill).status == PayableStatus.PAID


def test_it_is_asked_what_becomes_of_a_fine_that_did_not_come(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    charge, row = late(tenant, itau, "100.00", fine_percent=D(2)), line(itau, "100.00")

    asked = post(finance, "match", row, item=item("charge", charge))
    post(finance, "match", row, item=item("charge", charge), late="keep")

    assert asked.context["form"].errors["late"]
    assert reread(charge).status == ChargeStatus.PARTLY_PAID


@pytest.mark.parametrize("typed", ["fornecedor", "100,00", SUPPLIER])
def test_items_are_found_by_name_value_and_document(
    finance: Client, tenant: Tenant, itau: BankAccount, typed: str
) -> None:
    named = {"payee_name": "Fornecedor Exemplo ME", "payee_document": SUPPLIER}
    bill = make_known(tenant, "100.00", approved=True, **named)
    make_known(tenant, "7.00", approved=True)
    row = line(itau, "-40.00")

    answer = post(finance, "items", row, q=typed)

    assert [each.item.id for each in answer.context["rows"]] == [bill.id]


def test_what_is_ticked_stays_while_one_searches(finance: Client, itau: BankAccount) -> None:
    entry, row = make_entry(itau, "-100.00"), line(itau, "-150.00")

    answer = post(finance, "items", row, q="nada disso", item=item("entry", entry))

    assert [(each.item.id, each.is_chosen) for each in answer.context["rows"]] == [(entry.id, True)]


@pytest.mark.parametrize("named", ["entry:x", "other:1", "", "entry"])
def test_an_item_that_is_none_is_told(finance: Client, itau: BankAccount, named: str) -> None:
    assert post(finance, "match", line(itau, "-1.00"), item=named).status_code == 422


# --- Two people ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTS)
def test_who_was_slower_sees_the_line_as_it_is_and_who_it_was(
    finance: Client, tenant: Tenant, itau: BankAccount, bs2: BankAccount, name: str
) -> None:
    row, bia = line(itau, "-150.00"), membership(tenant)
    before = seen(row)
    matched(row, make_entry(itau, "-150.00"), by=bia)
    typed = {
        "account_1": account_named(tenant, "5.3.02").id,
        "other": f"account:{bs2.id}",
        "why": "x",
        "item": item("entry", make_entry(itau, "-150.00")),
    }

    answer = finance.post(url(name, row), {"seen": before, **typed}, headers=HTMX)

    assert answer.status_code == 422
    assert bia.user.display_name in answer.content.decode()
    assert 'data-pair="done"' in answer.content.decode()
    with tenant_scope(tenant.id):
        assert Allocation.objects.of(tenant).count() == 1


# --- Undo ------------------------------------------------------------------------------------


def undo_url(row: StatementLine) -> str:
    return reverse("reconciliation:undo", args=[match_of(row).id])


def test_undoing_says_first_what_it_takes_back(finance: Client, tenant: Tenant, itau: Any) -> None:
    row = line(itau, "-150.00")
    post(finance, "create", row, account_1=account_named(tenant, "5.3.02").id)

    asked = finance.get(undo_url(row), headers=HTMX)

    assert [each.id for each in asked.context["effect"].lines] == [row.id]
    assert len(asked.context["effect"].reversed) == 1
    assert open_of(row) == 0


def test_an_act_is_undone_in_its_row(finance: Client, tenant: Tenant, itau: BankAccount) -> None:
    row = line(itau, "-150.00")
    post(finance, "create", row, account_1=account_named(tenant, "5.3.02").id)

    answer = finance.post(undo_url(row), {"why": "Engano"}, headers=HTMX)

    assert 'data-pair="open"' in answer.content.decode()
    assert (open_of(row), balance(tenant, "5.3.02")) == (D("-150.00"), 0)
    assert match_of(row).undone_why == "Engano"


def test_without_scripts_an_act_leads_back_to_the_line(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")
    typed = {"seen": seen(row), "account_1": account_named(tenant, "5.3.02").id}

    done = finance.post(url("create", row), typed)
    page = finance.get(undo_url(row))
    undone = finance.post(undo_url(row))

    assert page.status_code == 200
    assert done.url == undone.url and done.url.endswith(f"#linha-{row.id}")


def test_what_was_undone_already_is_not_offered_again(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-150.00")
    post(finance, "create", row, account_1=account_named(tenant, "5.3.02").id)
    address = undo_url(row)
    finance.post(address)

    again = finance.post(address, headers=HTMX)

    assert "já foi desfeita" in again.content.decode()


# --- The page --------------------------------------------------------------------------------


@pytest.fixture
def four(finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership) -> Iterator[Any]:
    """Lines by their situation."""
    rows = {
        "esperam": line(itau, "-10.00"),
        "conciliados": line(itau, "-20.00"),
        "ignorados": line(itau, "-30.00"),
    }
    matched(rows["conciliados"], make_entry(itau, "-20.00"), by=ana)
    post(finance, "ignore", rows["ignorados"], why="x")
    yield rows


@pytest.mark.parametrize("state", ["esperam", "conciliados", "ignorados"])
def test_a_situation_shows_its_lines_alone(finance: Client, four: Any, state: str) -> None:
    page = finance.get(PAGE, {"situacao": state}).context["page"]

    assert [each.id for day in page.days for each in day.lines] == [four[state].id]


def test_situations_are_counted(finance: Client, itau: BankAccount, four: Any) -> None:
    address = reverse("reconciliation:counts")

    chips = finance.get(address, {"conta": itau.id}).context["chips"]

    assert [each["count"] for each in chips] == ["1", "1", "0", "1", "0", None]


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ({"valor_de": "20,00"}, ["30.00", "-20.00"]),
        ({"valor_ate": "15"}, ["-10.00"]),
        ({"tipo": "entradas"}, ["30.00"]),
        ({"tipo": "fee"}, ["-20.00"]),
    ],
)
def test_lines_are_found_by_value_and_kind(
    finance: Client, itau: BankAccount, query: dict[str, str], amounts: list[str]
) -> None:
    for amount, kind in (("-10.00", "other"), ("-20.00", "fee"), ("30.00", "pix")):
        line(itau, amount, kind=kind)

    page = finance.get(PAGE, query).context["page"]

    found = sorted(str(each.amount) for day in page.days for each in day.lines)
    assert found == sorted(amounts)


def test_a_full_page_takes_a_bounded_number_of_queries(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as caught:
            finance.get(PAGE)
        return len(caught)

    def fill(number: int) -> None:
        bill = make_known(tenant, f"{number}.50", approved=True)
        matched(line(itau, f"-{number}.50"), bill, by=ana)
        make_known(tenant, f"{number}.75", approved=True, payee_document=SUPPLIER)
        line(itau, f"-{number}.75", counterparty_document=SUPPLIER)
        matched(line(itau, f"-{number}.00"), make_entry(itau, f"-{number}.00"), by=ana)

    fill(1)
    few = queries()
    for number in range(2, 6):
        fill(number)

    assert queries() == few


def test_the_row_names_who_matched_it_and_leads_to_the_bill(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "100.00", approved=True)
    row = line(itau, "-100.00")
    matched(row, bill, by=ana)

    page = finance.get(PAGE)

    (said,) = page.context["pairs"][row.id].said
    assert said.by == ana.user.display_name
    assert [each.url for each in said.targets] == [reverse("payments:detail", args=[bill.id])]
    assert undo_url(row) in page.content.decode()

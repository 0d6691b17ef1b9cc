"""The panel of a line: several lines in one match, differences, returns, whom it is of."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from banking.templatetags.banking_words import line_title
from charges.states import ChargeStatus
from reconciliation.engine import run as engine
from reconciliation.models import Match, MatchLine
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import opened
from tests.payments.factories import make_known, shown
from tests.reconciliation.matched import (
    DAY,
    D,
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


# --- Several lines ----------------------------------------------------------------------------


def test_two_lines_are_matched_with_one_item(finance: Client, itau: BankAccount) -> None:
    one, other = line(itau, "-100.00"), line(itau, "-50.00")
    entry = make_entry(itau, "-150.00")
    offered = finance.get(url("match", one), headers=HTMX).context["beside"]

    beside = f"{other.id}:{seen(other)}"
    answer = post(finance, "match", one, item=item("entry", entry), beside=beside)

    assert [each.line.id for each in offered] == [other.id]
    assert (answer.status_code, open_of(one), open_of(other)) == (200, 0, 0)
    assert match_of(one) == match_of(other)
    assert f'id="linha-{other.id}"' in answer.content.decode()


def test_a_line_beside_it_that_changed_meanwhile_is_told(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    one, other = line(itau, "-100.00"), line(itau, "-50.00")
    entry, before = make_entry(itau, "-150.00"), seen(other)
    matched(other, make_entry(itau, "-50.00"), by=ana)

    typed = {"item": item("entry", entry), "beside": f"{other.id}:{before}"}
    answer = post(finance, "match", one, **typed)

    assert (answer.status_code, open_of(one)) == (422, D("-100.00"))


def test_lines_of_the_other_side_are_not_offered(finance: Client, itau: BankAccount) -> None:
    one = line(itau, "-100.00")
    line(itau, "50.00")

    assert finance.get(url("match", one), headers=HTMX).context["beside"] == []


# --- Items ------------------------------------------------------------------------------------


def test_what_is_proposed_stands_first(finance: Client, tenant: Tenant, itau: BankAccount) -> None:
    opened(make_charge(tenant, itau, "7.00"))
    payer = make_payer(tenant)
    wanted = [opened(make_charge(tenant, itau, each, payer=payer)) for each in ("10.00", "20.00")]
    row = line(itau, "30.00", wanted[0].due_date, counterparty_document=payer.document)
    engine.work(tenant.id)

    rows = finance.get(url("match", row), headers=HTMX).context["rows"]

    assert len(rows) == 3
    assert {each.item.id for each in rows[:2]} == {each.id for each in wanted}


# --- Differences ------------------------------------------------------------------------------


def test_three_taxes_withheld_go_each_to_its_account(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    """R-DIF02."""
    charge = opened(make_charge(tenant, itau, "10000.00"))
    row = line(itau, "8885.00")
    typed = {"item": item("charge", charge)}
    for number, (amount, code) in enumerate(
        [("150,00", "5.3.02"), ("465,00", "5.5.01"), ("500,00", "")], start=1
    ):
        typed[f"kind_{number}"] = "withheld"
        typed[f"amount_{number}"] = amount
        typed[f"account_{number}"] = str(account_named(tenant, code).id) if code else ""

    answer = post(finance, "match", row, **typed)

    assert (answer.status_code, open_of(row)) == (200, 0)
    assert reread(charge).status == ChargeStatus.PAID
    assert (balance(tenant, "5.3.02"), balance(tenant, "5.5.01")) == (D("150.00"), D("465.00"))
    assert purpose_balance(tenant, "withheld") == D("500.00")


def test_a_difference_that_is_not_said_to_be_anything_is_not_passed_over(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    charge, row = opened(make_charge(tenant, itau, "100.00")), line(itau, "100.00")

    answer = post(finance, "match", row, item=item("charge", charge), amount_1="3,00")

    assert (answer.status_code, open_of(row)) == (422, D("100.00"))
    assert list(answer.context["form"].errors) == ["kind_1"]
    assert 'value="3,00"' in answer.content.decode()


def test_of_several_items_a_difference_says_whose_it_is(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    one, other = (opened(make_charge(tenant, itau, amount)) for amount in ("100.00", "200.00"))
    row = line(itau, "295.00")
    typed = {
        "item": [item("charge", one), item("charge", other)],
        "kind_1": "discount",
        "amount_1": "5,00",
    }

    silent = post(finance, "match", row, **typed)
    post(finance, "match", row, **typed, of_1=str(one.id))

    assert silent.status_code == 422 and silent.context["form"].errors["of_1"]
    assert str(other.id) in silent.content.decode()
    assert [reread(each).status for each in (one, other)] == [ChargeStatus.PAID] * 2
    with tenant_scope(tenant.id):
        settled = {each.charge_id: each.discount for each in one.settlements.all()}
    assert settled == {one.id: D("5.00")}


# --- Returns ----------------------------------------------------------------------------------


def test_what_looks_like_a_return_offers_what_came_back(finance: Client, itau: BankAccount) -> None:
    left = line(itau, "-80.00", DAY - timedelta(days=3))
    back = line(itau, "80.00", description="DEVOLUCAO PIX")
    plain = line(itau, "70.00")

    rows = [finance.get(url("line", row), headers=HTMX).content.decode() for row in (back, plain)]
    form = finance.get(url("give_back", back), headers=HTMX).context["form"]

    assert [url("give_back", back) in rows[0], url("give_back", plain) in rows[1]] == [True, False]
    assert form.fields["other"].initial == str(left.id)


def test_a_line_and_its_reversal_are_set_against_each_other(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    left = line(itau, "-80.00", DAY - timedelta(days=3))
    back = line(itau, "80.00", description="ESTORNO")

    answer = post(finance, "give_back", back, other=str(left.id))

    assert (answer.status_code, open_of(left), open_of(back)) == (200, 0, 0)
    assert match_of(back).kind == Match.Kind.GIVE_BACK
    with tenant_scope(tenant.id):
        assert sum(each.amount for each in MatchLine.objects.of(tenant).ignored()) == 0


def test_what_was_moved_under_the_same_words_is_offered_first(
    finance: Client, itau: BankAccount
) -> None:
    bought = line(itau, "-200.00", DAY - timedelta(days=6), description="COMPRA POSTO BELA VISTA")
    line(itau, "-900.00", DAY - timedelta(days=2), description="TED ENVIADA")
    back = line(itau, "30.00", description="ESTORNO PARCIAL POSTO BELA VISTA")

    form = finance.get(url("give_back", back), headers=HTMX).context["form"]

    assert form["other"].value() == str(bought.id)


def test_of_a_charge_it_is_asked_whether_it_is_owed_again(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    charge = opened(make_charge(tenant, itau, "100.00"))
    came = line(itau, "100.00", DAY - timedelta(days=3))
    matched(came, charge, by=ana)
    with tenant_scope(tenant.id):
        document = charge.payer.document
    back = line(itau, "-100.00", counterparty_document=document)

    silent = post(finance, "give_back", back, other=str(came.id))
    told = post(finance, "give_back", back, other=str(came.id), debt="owed", why="Pagou em dobro")

    assert silent.status_code == 422 and silent.context["form"].errors["debt"]
    assert (told.status_code, open_of(back)) == (200, 0)


# --- With whom --------------------------------------------------------------------------------


def test_a_party_is_found_by_name_and_document_and_kept_with_the_entry(
    finance: Client, tenant: Tenant, itau: BankAccount
) -> None:
    payer = make_payer(tenant, "Padaria Pão Quente Ltda")
    row = line(itau, "150.00")

    def found(text: str) -> list[str]:
        answer = finance.post(url("parties", row), {"com": text}, headers=HTMX)
        return [each.value for each in answer.context["found"]]

    names = (found("pao quente"), found(payer.document[:8]), found("ninguem"))
    account = account_named(tenant, "4.1.01").id
    post(finance, "create", row, account_1=account, party=f"payer:{payer.id}")

    assert names == ([f"payer:{payer.id}"], [f"payer:{payer.id}"], [])
    assert match_of(row).payer_id == payer.id


# --- What a row says --------------------------------------------------------------------------


def test_a_name_that_stands_in_the_text_is_not_said_again(itau: BankAccount) -> None:
    told = line(
        itau, "10.00", description="TED - Posto São João", counterparty_name="POSTO SAO JOAO"
    )
    silent = line(itau, "10.00", description="Pix recebido", counterparty_name="Posto São João")

    assert line_title(told) == "TED - Posto São João"
    assert line_title(silent) == "Pix recebido · Posto São João"


def test_after_an_act_the_cards_of_the_accounts_follow(finance: Client, itau: BankAccount) -> None:
    row = line(itau, "-80.00")
    address = f"{reverse('reconciliation:counts')}?conta={itau.id}"

    before = finance.get(address, headers=HTMX).context["board"]
    post(finance, "ignore", row, why="Teste do banco")
    after = finance.get(address, headers=HTMX)

    assert before.waits.startswith("1 ")
    assert after.context["board"].waits == ""
    assert 'id="saldos"' in after.content.decode()


def test_what_waits_for_a_second_person_is_marked_on_the_row(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-90000.00")

    answer = post(finance, "ignore", row, why="Teste do banco")

    assert toast(answer)["tone"] == "info"
    assert answer.context["pair"].asked.asked_by == ana.user
    assert "aguarda outra pessoa" in answer.content.decode()


def test_what_waits_for_a_second_person_is_not_said_to_lack_a_proposal(
    finance: Client, itau: BankAccount
) -> None:
    answer = post(finance, "ignore", line(itau, "-90000.00"), why="Teste do banco")

    assert "sem proposta" not in answer.content.decode()
    assert "procurando" not in answer.content.decode()


def test_a_bill_that_waits_for_approval_is_ticked_by_approvers_alone(
    client: Client, tenant: Tenant, itau: BankAccount
) -> None:
    bill, row = make_known(tenant, "100.00"), line(itau, "-100.00")
    barred = {}
    for role in (Role.FINANCE, Role.ADMIN):
        sign_in(client, make_member(tenant, role), tenant)
        rows = client.get(url("match", row), headers=HTMX).context["rows"]
        barred[role] = [bool(each.why_not) for each in rows if each.item.id == bill.id]

    assert shown(bill) and barred == {Role.FINANCE: [True], Role.ADMIN: [False]}


def test_a_bill_that_waits_for_approval_is_not_ticked_by_who_entered_it(
    client: Client, tenant: Tenant, itau: BankAccount
) -> None:
    author, other = make_member(tenant, Role.ADMIN), make_member(tenant, Role.ADMIN)
    bill, row = make_known(tenant, "100.00", by=author), line(itau, "-100.00")
    barred = []
    for person in (author, other):
        sign_in(client, person, tenant)
        rows = client.get(url("match", row), headers=HTMX).context["rows"]
        barred += [bool(each.why_not) for each in rows if each.item.id == bill.id]

    assert barred == [True, False]


def test_lines_without_a_document_are_found(
    finance: Client, tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    of_charge, of_entry, bare = (line(itau, each) for each in ("150.00", "20.00", "30.00"))
    matched(of_charge, opened(make_charge(tenant, itau, "150.00")), by=ana)
    matched(of_entry, make_entry(itau, "20.00", code="4.1.01"), by=ana)

    page = finance.get("/conciliar/", {"documento": "sem"})

    assert set(page.context["pairs"]) == {of_entry.id, bare.id}

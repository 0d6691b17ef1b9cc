"""«Enviar agora» and «Baixar contas» say what they do before they do it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from payments.models import Payable
from payments.states import PayableStatus
from tenants.models import Role, Tenant
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.payments.factories import PIX_KEY, TODAY, make_bank_account, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

ADDRESS = reverse("payments:review_sending")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    account = make_bank_account(tenant)
    change(account, balance=Decimal("100.00"))
    return account


def ask(client: Client, *bills: Payable, account: BankAccount | None = None, **more: Any) -> Any:
    form = {"payable": [str(bill.id) for bill in bills]}
    if account is not None:
        form["account"] = str(account.id)
    return client.post(ADDRESS, form, **{"headers": HTMX, **more})


def test_count_sum_account_balance_rail_and_description_are_said_and_nothing_is_done(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    bills = [
        make_payable(tenant, "30.00", approved=True, description="NF 8841"),
        make_payable(tenant, "45.50", approved=True),
    ]

    answer = ask(as_operator, *bills)

    review = answer.context["review"]
    (debit,) = review.debits
    assert (debit.account, len(debit.leaving), str(review.amount)) == (account, 2, "75.50")
    assert (str(debit.balance_after), debit.is_short) == ("24.50", False)
    assert {item.rail for item in debit.leaving} == {"TED"}
    text = answer.content.decode()
    assert "NF 8841" in text and "0123 / 45678-9" in text and "24,50" in text
    assert {reread(bill).status for bill in bills} == {PayableStatus.APPROVED}


@pytest.mark.parametrize(("headers", "tag"), [(HTMX, "<dialog"), ({}, "<main")])
def test_in_a_dialog_or_on_a_page(
    as_operator: Client, tenant: Tenant, account: BankAccount, headers: dict[str, str], tag: str
) -> None:
    bill = make_payable(tenant, approved=True)

    answer = ask(as_operator, bill, headers=headers)

    assert tag in answer.content.decode()


def test_a_balance_that_does_not_cover_it_is_said(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    (debit,) = ask(as_operator, make_payable(tenant, approved=True)).context["review"].debits

    assert (str(debit.balance_after), debit.is_short) == ("-50.00", True)


def test_a_balance_that_is_not_known_is_no_zero(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)

    (debit,) = ask(as_operator, make_payable(tenant, approved=True)).context["review"].debits

    assert (debit.balance_after, debit.is_short) == (None, False)


def test_the_chosen_account_pays_or_each_its_own(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    own = make_bank_account(tenant, preferred=False)
    bills = [
        make_payable(tenant, approved=True),
        make_payable(tenant, approved=True, bank_account=own),
    ]

    apart = ask(as_operator, *bills)
    together = ask(as_operator, *bills, account=own)

    assert {debit.account for debit in apart.context["review"].debits} == {account, own}
    assert f'action="{reverse("payments:send_late")}"' in apart.content.decode()
    assert [debit.account for debit in together.context["review"].debits] == [own]
    assert f'action="{reverse("payments:pay")}"' in together.content.decode()


def test_what_cannot_leave_is_named_and_not_in_the_form(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    goes = make_payable(tenant, approved=True)
    stay = [
        make_payable(tenant),
        make_payable(tenant, approved=True, destination=PIX_KEY),
        make_payable(tenant, approved=True, due_date=TODAY + timedelta(days=9)),
    ]

    answer = ask(as_operator, goes, *stay)

    assert [item.payable.id for item in answer.context["review"].leaving] == [goes.id]
    text = answer.content.decode()
    assert all(f'data-left-out="{bill.id}"' in text for bill in stay)
    assert text.count('name="payable"') == 1


def test_without_an_account_nothing_leaves(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant, connected=False)

    review = ask(as_operator, make_payable(tenant, approved=True)).context["review"]

    assert (review.leaving, len(review.left_out)) == ([], 1)


def test_sending_comes_back_to_the_page_that_asked(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)
    page = reverse("payments:detail", args=[bill.id])
    asked = ask(as_operator, bill, headers={"Referer": f"http://testserver{page}"})
    assert asked.context["back"] == page

    answer = as_operator.post(
        reverse("payments:send_late"), {"payable": [str(bill.id)], "volta": page}
    )

    assert answer.url == page
    assert reread(bill).status == PayableStatus.SENT


@pytest.mark.parametrize("back", ["https://exemplo.com/", "//exemplo.com/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(
    as_operator: Client, tenant: Tenant, account: BankAccount, back: str
) -> None:
    bill = make_payable(tenant, approved=True)

    answer = as_operator.post(
        reverse("payments:send_late"), {"payable": [str(bill.id)], "volta": back}
    )

    assert answer.url == "/"


def test_another_companys_bill_or_account_is_not_there(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    mine, theirs = make_payable(tenant, approved=True), make_payable(other_tenant)

    assert ask(as_operator, mine, theirs).status_code == 404
    assert ask(as_operator, mine, account=make_bank_account(other_tenant)).status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_it_is_for_those_who_send(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert ask(client, make_payable(tenant, approved=True)).status_code == 403


def test_every_bill_can_be_chosen_at_once(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    for days in (0, 9):
        make_payable(tenant, approved=True, due_date=TODAY + timedelta(days=days))
    page = reverse("payments:pay")

    few = as_operator.get(page).context["checked"]
    everything = as_operator.get(page, {"selecionar": "todas"}).context["checked"]

    assert (len(few), len(everything)) == (1, 2)

"""«Baixar contas»: the preferred account stands first and marked; what is chosen leaves from it."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from payments.models import Payable, PaymentOrder
from payments.rails.pix_policy import OUTSIDE
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import sign_in
from tests.payments.factories import PIX_KEY, make_bank_account, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("payments:pay")
LATER = date(2026, 11, 30)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, preferred=False)


@pytest.fixture
def preferred(tenant: Tenant, account: BankAccount) -> BankAccount:
    return make_bank_account(tenant, provider="kamino")


def words(response) -> str:
    text = re.sub(r"<[^>]*>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(text.split())


def orders(tenant: Tenant) -> list[PaymentOrder]:
    with tenant_scope(tenant.id):
        return list(PaymentOrder.objects.of(tenant).order_by("amount"))


def test_the_preferred_account_stands_first_and_marked(
    as_operator: Client, account: BankAccount, preferred: BankAccount
) -> None:
    page = as_operator.get(PAGE)

    assert [each.id for each in page.context["accounts"]] == [preferred.id, account.id]
    (marked,) = re.findall(r'payer--preferred"\s+href="\?account=([^"]+)"', page.content.decode())
    assert marked == str(preferred.id)
    assert page.context["account"] == preferred


def test_the_list_names_the_preferred_account_on_its_way_there(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    make_payable(tenant)

    assert f"Baixar contas · {preferred}" in words(as_operator.get(reverse("payments:list")))


def test_moving_the_preference_moves_what_stands_first(
    as_operator: Client, account: BankAccount, preferred: BankAccount
) -> None:
    change(preferred, is_preferred=False)
    change(account, is_preferred=True)

    assert as_operator.get(PAGE).context["accounts"][0] == account


def test_what_is_chosen_leaves_from_the_account_that_was_chosen(
    as_operator: Client, tenant: Tenant, account: BankAccount, preferred: BankAccount
) -> None:
    first, second = (
        make_payable(tenant, "10.00", approved=True),
        make_payable(tenant, "20.00", approved=True),
    )

    answer = as_operator.post(
        PAGE, {"account": str(account.id), "payable": [str(first.id)]}, follow=True
    )

    (message,) = answer.context["messages"]
    assert message.level_tag == "success" and str(account) in message.message
    (order,) = orders(tenant)
    assert (order.payable_id, order.bank_account_id) == (first.id, account.id)
    assert order.status == OrderStatus.QUEUED
    assert reread(first).bank_account_id == account.id
    assert reread(second).status == PayableStatus.APPROVED


def test_what_is_due_is_chosen_already_and_what_is_later_is_not(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    today = make_payable(tenant, approved=True)
    later = make_payable(tenant, approved=True, due_date=LATER)

    page = as_operator.get(PAGE)

    assert [row.payable.id for row in page.context["rows"]] == [today.id, later.id]
    assert page.context["checked"] == [str(today.id)]


def test_what_the_account_cannot_pay_is_told_with_the_reason(
    as_operator: Client, tenant: Tenant, account: BankAccount, preferred: BankAccount
) -> None:
    pix = make_payable(tenant, approved=True, destination=PIX_KEY)

    page = as_operator.get(PAGE, {"account": str(account.id)})
    refused = as_operator.post(PAGE, {"account": str(account.id), "payable": [str(pix.id)]})

    assert page.context["rows"] == []
    ((row, why),) = page.context["others"]
    assert row.payable.id == pix.id
    assert why.startswith(OUTSIDE) and why in words(page)
    assert refused.status_code == 422
    assert orders(tenant) == []


def test_the_preferred_account_pays_the_pix_that_the_other_cannot(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    pix = make_payable(tenant, approved=True, destination=PIX_KEY)

    as_operator.post(PAGE, {"account": str(preferred.id), "payable": [str(pix.id)]})

    assert [order.payable_id for order in orders(tenant)] == [pix.id]


def test_nothing_chosen_is_told_where_it_was_to_be_chosen(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    make_payable(tenant, approved=True)

    answer = as_operator.post(PAGE, {"account": str(preferred.id)})

    assert answer.status_code == 422
    assert answer.context["form"].has_error("payable", "required")


def test_a_bill_that_was_sent_meanwhile_is_not_sent_again_and_the_choice_stays(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    gone, still = make_payable(tenant, approved=True), make_payable(tenant, approved=True)
    chosen = {"account": str(preferred.id), "payable": [str(gone.id), str(still.id)]}
    as_operator.post(PAGE, {"account": str(preferred.id), "payable": [str(gone.id)]})

    answer = as_operator.post(PAGE, chosen)

    assert answer.status_code == 422
    assert answer.context["form"].has_error("payable", "invalid_choice")
    assert f'value="{still.id}" checked' in " ".join(answer.content.decode().split())
    assert len(orders(tenant)) == 1


def test_what_was_not_approved_is_not_there(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    pending = make_payable(tenant)

    answer = as_operator.post(PAGE, {"account": str(preferred.id), "payable": [str(pending.id)]})

    assert answer.status_code == 422
    assert reread(pending).status == Payable.Status.PENDING


def test_an_account_that_cannot_pay_is_not_offered(
    as_operator: Client, tenant: Tenant, preferred: BankAccount
) -> None:
    lost = make_bank_account(tenant, preferred=False, connected=False)

    page = as_operator.get(PAGE, {"account": str(lost.id)})

    assert lost not in page.context["accounts"]
    assert page.context["account"] is None
    assert '<p role="alert"' in page.content.decode()


def test_a_company_without_an_account_is_led_to_connect_one(as_operator: Client) -> None:
    assert reverse("banking:choose") in as_operator.get(PAGE).content.decode()


def test_another_companys_account_and_bills_are_nothing(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant, preferred: BankAccount
) -> None:
    theirs = make_bank_account(other_tenant)
    bill = make_payable(other_tenant, approved=True)

    answer = as_operator.post(PAGE, {"account": str(theirs.id), "payable": [str(bill.id)]})

    assert answer.status_code == 422
    assert orders(other_tenant) == []


@pytest.mark.parametrize("person", ["approver", "reader"])
def test_only_who_enters_bills_sends_them(
    client: Client, tenant: Tenant, person: str, request: pytest.FixtureRequest
) -> None:
    who: User = request.getfixturevalue(person)
    sign_in(client, who, tenant)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403

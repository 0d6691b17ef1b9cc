"""A Pix that becomes a TED goes to the account that its approval showed, or nowhere.

One finance person enters whatever account they like for a payee; none of it moves a payment that
somebody approved before, by whatever way the payment is sent.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.payments import AccountType, Rail
from banking.models import BankAccount
from payments.bills.enter import cancel_payable
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.models import Payable, PaymentOrder
from payments.rails.destinations import TedDetails
from payments.states import PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import sign_in
from tests.payments.factories import (
    PIX_KEY,
    TODAY,
    approve,
    make_bank_account,
    make_payable,
    sender,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LONG_AGO, LATER = date(2026, 11, 3), date(2026, 11, 25)
SHOWN, OTHER = "111111", "999999"


def ted(number: str) -> TedDetails:
    return TedDetails(
        bank_code="341", branch="0123", account=number, account_type=AccountType.CHECKING
    )


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    """It sends each Pix as a TED, and the clock sends from it."""
    account = make_bank_account(tenant, modo_banking_from=LONG_AGO)
    change(account, pix_policy=BankAccount.PixPolicy.TED)
    return reread(account)


def by_the_clock(client: Client, account: BankAccount, payable: Payable) -> None:
    dispatch_account(account.tenant_id, account.id, now=timezone.now())


def by_the_command(client: Client, account: BankAccount, payable: Payable) -> None:
    dispatch_by_hand(account.tenant_id, account.id, TODAY, by=sender(account.tenant_id))


def from_the_row(client: Client, account: BankAccount, payable: Payable) -> None:
    client.post(reverse("payments:send", args=[payable.id]))


def from_several_rows(client: Client, account: BankAccount, payable: Payable) -> None:
    client.post(reverse("payments:send_late"), {"payable": [str(payable.id)]})


def from_the_pay_page(client: Client, account: BankAccount, payable: Payable) -> None:
    chosen = {"account": str(account.id), "payable": [str(payable.id)]}
    client.post(reverse("payments:pay"), chosen)


WAYS = [by_the_clock, by_the_command, from_the_row, from_several_rows, from_the_pay_page]
Way = Callable[[Client, BankAccount, Payable], None]


def entered(tenant: Tenant, by: User) -> None:
    make_payable(tenant, by=by, destination=ted(OTHER))


def cancelled(tenant: Tenant, by: User) -> None:
    bill = make_payable(tenant, by=by, destination=ted(OTHER))
    with tenant_scope(tenant.id):
        cancel_payable(bill, by=by)


def approved_and_cancelled(tenant: Tenant, by: User) -> None:
    bill = make_payable(tenant, by=by, destination=ted(OTHER), approved=True, due_date=LONG_AGO)
    with tenant_scope(tenant.id):
        cancel_payable(bill, by=by)


def approved_later(tenant: Tenant, by: User) -> None:
    """Honest or not, the approval of the Pix did not show it."""
    make_payable(tenant, by=by, destination=ted(OTHER), approved=True, due_date=LATER)


ATTACKS = [entered, cancelled, approved_and_cancelled, approved_later]


def orders_of(payable: Payable) -> list[PaymentOrder]:
    with tenant_scope(payable.tenant_id):
        return list(PaymentOrder.objects.of(payable.tenant_id).filter(payable=payable))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("way", WAYS)
def test_an_account_entered_after_the_approval_receives_nothing(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way, attack: Any
) -> None:
    make_payable(tenant, destination=ted(SHOWN), approved=True, due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    attack(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    assert (order.rail, order.content["account"]) == (Rail.TED, SHOWN)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("way", WAYS)
def test_without_an_account_in_the_approval_nothing_leaves(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way, attack: Any
) -> None:
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    attack(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    assert orders_of(payable) == []
    assert reread(payable).status in {PayableStatus.APPROVED, PayableStatus.PENDING}


@pytest.mark.parametrize("attack", [entered, cancelled, approved_and_cancelled])
def test_what_nobody_else_approved_in_the_end_is_not_on_file(
    tenant: Tenant, operator: User, account: BankAccount, attack: Any
) -> None:
    attack(tenant, operator)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)

    assert payable.approved_ted_account_id is None


@pytest.mark.parametrize("way", [w for w in WAYS if w is not from_the_pay_page])
def test_with_another_account_on_file_since_it_is_approved_anew(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way
) -> None:
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    approved_later(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)
    assert reread(payable).status == PayableStatus.PENDING
    approve(payable)
    way(client, account, payable)

    if way in {from_the_row, from_several_rows, by_the_command}:  # the clock runs once a day
        (order,) = orders_of(payable)
        assert order.content["account"] == OTHER


@pytest.mark.parametrize("way", WAYS)
def test_another_debit_account_changes_no_destination(
    client: Client, tenant: Tenant, operator: User, way: Way
) -> None:
    """Approved to leave the Conta Kamino as a Pix; then it is moved to one that makes TEDs."""
    kamino = make_bank_account(tenant, provider="kamino", preferred=False)
    cora = make_bank_account(tenant, modo_banking_from=LONG_AGO)
    change(cora, pix_policy=BankAccount.PixPolicy.TED)
    make_payable(tenant, destination=ted(SHOWN), approved=True, due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True, bank_account=kamino)
    entered(tenant, operator)
    change(payable, bank_account=None)
    sign_in(client, operator, tenant)

    way(client, reread(cora), payable)

    (order,) = orders_of(payable)
    assert (order.bank_account_id, order.content["account"]) == (cora.id, SHOWN)


@pytest.mark.parametrize("address", ["payments:approve", "payments:api-payable-approve"])
@pytest.mark.parametrize("way", WAYS)
def test_what_was_approved_by_page_or_api_goes_where_that_approval_said(
    client: Client,
    tenant: Tenant,
    operator: User,
    approver: User,
    account: BankAccount,
    address: str,
    way: Way,
) -> None:
    make_payable(tenant, destination=ted(SHOWN), approved=True, due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY)
    sign_in(client, approver, tenant)
    client.post(reverse(address, args=[payable.id]))
    approved_later(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    assert order.content["account"] == SHOWN


@pytest.mark.parametrize("page", ["payments:list", "payments:detail"])
def test_the_approver_sees_where_the_ted_goes(
    client: Client, tenant: Tenant, approver: User, account: BankAccount, page: str
) -> None:
    filed = make_payable(tenant, destination=ted(SHOWN), approved=True, due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY)
    make_payable(tenant, destination=ted(OTHER), payee_document="11444777000161")
    sign_in(client, approver, tenant)

    args = [payable.id] if page == "payments:detail" else []
    shown = client.get(reverse(page, args=args)).content.decode()

    assert "0123 / 11111-1" in shown
    approve(payable, approver)
    assert reread(payable).approved_ted_account_id == filed.payee_account_id


@pytest.mark.parametrize("status", [PayableStatus.APPROVED, PayableStatus.SENT])
def test_the_database_keeps_what_the_approval_fixed(
    tenant: Tenant, account: BankAccount, status: str
) -> None:
    make_payable(tenant, destination=ted(SHOWN), approved=True, due_date=LATER)
    other = make_payable(tenant, destination=ted(OTHER))
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    if status == PayableStatus.SENT:
        change(payable, status=status)

    with pytest.raises(DatabaseError):
        change(payable, approved_ted_account_id=other.payee_account_id)

"""A Pix that becomes a TED goes to the account that its approval showed, or nowhere.

One finance person enters whatever account they like for a payee; none of it moves a payment that
somebody approved before, by whatever way the payment is sent.
"""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from banking.banks.contract.payments import AccountType, Rail
from banking.models import BankAccount
from payments.bills.enter import cancel_payable
from payments.models import Payable
from payments.rails.destinations import TedDetails
from payments.states import PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import sign_in
from tests.payments.factories import (
    PIX_KEY,
    approve,
    file_account,
    make_bank_account,
    make_payable,
    shown,
)
from tests.security.sending import (
    WAYS,
    Way,
    by_the_command,
    by_two_ways,
    from_several_rows,
    from_the_pay_page,
    from_the_row,
    orders_of,
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


def approved_for_one_bill(tenant: Tenant, by: User) -> None:
    """Somebody approved the bill, and nobody confirmed the account for others."""
    make_payable(tenant, by=by, destination=ted(OTHER), approved=True, due_date=LATER)


def confirmed_later(tenant: Tenant, by: User) -> None:
    """Honest or not, the approval of the Pix did not show it."""
    file_account(tenant, ted(OTHER), by=by, due_date=LATER)


ATTACKS = [entered, cancelled, approved_and_cancelled, approved_for_one_bill, confirmed_later]


def sealed_ted(payable: Payable) -> str | None:
    """The account of the TED that the approval of the bill fixes."""
    approval = payable.approval
    assert approval is not None
    ted = approval.seal["destinations"].get("ted")
    return ted and ted["account"]


@pytest.mark.parametrize(("way", "attack"), by_two_ways(ATTACKS))
def test_an_account_entered_after_the_approval_receives_nothing(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way, attack: Any
) -> None:
    file_account(tenant, ted(SHOWN), due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    attack(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    assert (order.rail, order.content["account"]) == (Rail.TED, SHOWN)


@pytest.mark.parametrize(("way", "attack"), by_two_ways(ATTACKS))
def test_without_an_account_in_the_approval_nothing_leaves(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way, attack: Any
) -> None:
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    attack(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    assert orders_of(payable) == []
    assert reread(payable).status in {PayableStatus.APPROVED, PayableStatus.PENDING}


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a is not confirmed_later])
def test_what_nobody_else_confirmed_is_not_on_file(
    tenant: Tenant, operator: User, account: BankAccount, attack: Any
) -> None:
    attack(tenant, operator)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)

    assert sealed_ted(payable) is None


@pytest.mark.parametrize("way", [w for w in WAYS if w is not from_the_pay_page])
def test_with_another_account_on_file_since_it_is_approved_anew(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way
) -> None:
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    confirmed_later(tenant, operator)
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
    file_account(tenant, ted(SHOWN), due_date=LATER)
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
    file_account(tenant, ted(SHOWN), due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY)
    sign_in(client, approver, tenant)
    seen = dict.fromkeys(("shown", "digest"), shown(payable))
    client.post(reverse(address, args=[payable.id]), seen)
    confirmed_later(tenant, operator)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    assert order.content["account"] == SHOWN


@pytest.mark.parametrize("page", ["payments:list", "payments:detail"])
def test_the_approver_sees_where_the_ted_goes(
    client: Client, tenant: Tenant, approver: User, account: BankAccount, page: str
) -> None:
    file_account(tenant, ted(SHOWN), due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY)
    make_payable(tenant, destination=ted(OTHER), payee_document="11444777000161")
    sign_in(client, approver, tenant)

    args = [payable.id] if page == "payments:detail" else []
    seen = client.get(reverse(page, args=args)).content.decode()

    assert "0123 / 11111-1" in seen
    assert sealed_ted(approve(payable, approver)) == SHOWN


@pytest.mark.parametrize("status", [PayableStatus.APPROVED, PayableStatus.SENT])
def test_the_database_keeps_what_the_approval_fixed(
    tenant: Tenant, account: BankAccount, status: str
) -> None:
    file_account(tenant, ted(SHOWN), due_date=LATER)
    other = make_payable(tenant, destination=PIX_KEY, approved=True)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    if status == PayableStatus.SENT:
        change(payable, status=status)

    with pytest.raises(DatabaseError):
        change(payable, approval=other.approval)
    with pytest.raises(DatabaseError):
        change(payable.approval, seal=other.approval.seal)

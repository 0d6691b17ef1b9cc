"""What an account does with a Pix that its bank does not send."""

from datetime import date, time

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from banking.banks.contract.payments import AccountType, PixAccount, Rail
from banking.models import BankAccount
from core.errors import InvalidState
from payments.dispatch.plan import Plan, plan_run
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.models import Payable, PaymentOrder
from payments.rails.destinations import Destination, TedDetails
from payments.rails.pix_policy import NO_TED_DETAILS, OUTSIDE
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.payments.factories import (
    DYNAMIC_CODE,
    PIX_ACCOUNT,
    PIX_KEY,
    TODAY,
    make_bank_account,
    make_payable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

SATURDAY = date(2026, 11, 21)
LATER = date(2026, 11, 30)
TED = BankAccount.PixPolicy.TED
STRANGER = "11444777000161"


def make_ted_account(tenant: Tenant, **changes: object) -> BankAccount:
    """An account that sends each Pix as a TED."""
    account = make_bank_account(tenant, **changes)  # type: ignore[arg-type]
    change(account, pix_policy=TED)
    return reread(account)


def file_ted_details(tenant: Tenant, account: str = "456789") -> None:
    """By a bill to the payee by TED that somebody approved."""
    ted = TedDetails(
        bank_code="341", branch="0123", account=account, account_type=AccountType.CHECKING
    )
    make_payable(tenant, destination=ted, approved=True, due_date=LATER)


def plan_of(account: BankAccount, day: date = TODAY) -> Plan:
    with tenant_scope(account.tenant_id):
        return plan_run(account, day, until=time(7))


def send(payable: Payable) -> PaymentOrder:
    with tenant_scope(payable.tenant_id):
        (order,) = send_now([payable], by=payable.created_by)
    return order


def test_an_account_keeps_its_pix_until_somebody_decides_otherwise(tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    file_ted_details(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    plan = plan_of(account)

    assert plan.send == []
    assert [item.reason.split(":")[0] for item in plan.left_out] == [OUTSIDE]


@pytest.mark.parametrize("destination", [PIX_KEY, DYNAMIC_CODE])
def test_as_a_ted_it_goes_to_the_branch_and_account_on_file(
    tenant: Tenant, destination: Destination
) -> None:
    make_ted_account(tenant)
    file_ted_details(tenant)
    payable = make_payable(tenant, approved=True, destination=destination)

    order = send(payable)

    assert order.rail == Rail.TED
    assert "destination" not in order.content
    assert (order.content["branch"], order.content["account"]) == ("0123", "456789")


def test_a_pix_to_an_account_goes_as_a_ted_to_that_account(tenant: Tenant) -> None:
    make_ted_account(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_ACCOUNT)
    file_ted_details(tenant, "999999")

    order = send(payable)

    assert order.rail == Rail.TED
    assert order.content["account"] == PIX_ACCOUNT.account


def test_of_several_accounts_on_file_the_last_one_approved_receives_the_ted(tenant: Tenant) -> None:
    make_ted_account(tenant)
    for number in ("111111", "222222"):
        file_ted_details(tenant, number)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)

    assert send(payable).content["account"] == "222222"


def test_without_branch_and_account_it_is_held_with_the_reason(tenant: Tenant) -> None:
    account = make_ted_account(tenant)
    make_payable(tenant, destination=PIX_ACCOUNT, payee_document=STRANGER)  # of another payee
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)

    plan = plan_of(account)

    assert plan.send == []
    assert [item.reason.split(":")[0] for item in plan.left_out] == [NO_TED_DETAILS]
    with pytest.raises(InvalidState, match=NO_TED_DETAILS) as error:
        send(payable)
    assert error.value.code == "no_rail"


def test_the_clock_queues_the_ted_in_the_run(tenant: Tenant) -> None:
    account = make_ted_account(tenant, modo_banking_from=TODAY)
    file_ted_details(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    run = dispatch_by_hand(tenant.id, account.id, TODAY)

    assert run.left_out == []
    with tenant_scope(tenant.id):
        assert [order.rail for order in run.orders.all()] == [Rail.TED]


def test_the_conta_kamino_sends_the_pix_whatever_the_policy(tenant: Tenant) -> None:
    make_ted_account(tenant, provider="kamino")
    file_ted_details(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)

    assert send(payable).rail == Rail.PIX


def test_a_pix_for_saturday_goes_as_a_ted_on_monday_and_is_not_overdue(tenant: Tenant) -> None:
    account = make_ted_account(tenant)
    file_ted_details(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY, due_date=SATURDAY)

    assert [each.id for each in plan_of(account).send] == [payable.id]
    change(account, pix_policy=BankAccount.PixPolicy.KEEP)
    (overdue,) = plan_of(reread(account)).left_out
    assert f"{payable.due_date:%d/%m/%Y}" in overdue.reason


def test_after_the_hours_of_ted_the_reason_speaks_of_ted(tenant: Tenant) -> None:
    account = make_ted_account(tenant)
    file_ted_details(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    with tenant_scope(tenant.id):
        plan = plan_run(account, TODAY, until=time(17))

    (item,) = plan.left_out
    assert "TED" in item.reason and "17h00" in item.reason


def test_the_list_says_what_is_missing_for_the_ted(as_operator: Client, tenant: Tenant) -> None:
    make_ted_account(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    page = as_operator.get(reverse("payments:list")).content.decode()

    assert 'data-situation="no_ted_details"' in page
    assert "Enviar agora" not in page


def test_the_database_knows_two_policies(tenant: Tenant) -> None:
    account = make_bank_account(tenant)

    with pytest.raises(IntegrityError, match="bankaccount_pix_policy"):
        change(account, pix_policy="doc")


def test_no_ted_goes_to_an_account_that_is_too_long_for_one(tenant: Tenant) -> None:
    account = make_ted_account(tenant)
    long = PixAccount("341", "0123", "1" * 14, AccountType.CHECKING)
    make_payable(tenant, approved=True, destination=long)
    make_payable(tenant, approved=True, destination=PIX_KEY)  # nor as the account on file

    plan = plan_of(account)

    assert plan.send == []
    assert [item.reason.split(":")[0] for item in plan.left_out] == [NO_TED_DETAILS] * 2

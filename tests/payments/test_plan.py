"""What the clock sends, what it leaves out and why."""

from datetime import date, time

import pytest

from banking.banks.contract.payments import OrderState
from banking.models import BankAccount
from payments.dispatch.plan import plan_run
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.dispatch.schedule import due_accounts
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Plan, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_tenant
from tests.clock import travel
from tests.payments.clock import at
from tests.payments.factories import (
    BOLETO,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    move,
    sender,
)

pytestmark = pytest.mark.django_db

SEVEN = time(7)


def plan(account: BankAccount, *, until: time | None = SEVEN) -> tuple[list[Payable], list[str]]:
    """The bills that go, and the reasons of those that stay."""
    with tenant_scope(account.tenant_id):
        made = plan_run(account, TODAY, until=until)
    return made.send, [item.reason for item in made.left_out]


def orders_of(tenant: Tenant) -> list[PaymentOrder]:
    with tenant_scope(tenant.id):
        return list(PaymentOrder.objects.of(tenant))


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


def test_only_what_is_approved_for_today_goes(account: BankAccount, tenant: Tenant) -> None:
    today = make_payable(tenant, approved=True)
    rolled = make_payable(tenant, approved=True, due_date=date(2026, 11, 20))  # a holiday
    make_payable(tenant)
    make_payable(tenant, approved=True, due_date=date(2026, 11, 24))
    move(make_payable(tenant), Payable.Status.CANCELLED)

    send, reasons = plan(account)

    assert {payable.id for payable in send} == {today.id, rolled.id}
    assert reasons == []


def test_overdue_bills_stay_with_the_reason(account: BankAccount, tenant: Tenant) -> None:
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))

    send, (reason,) = plan(account)
    assert send == []
    assert "19/11/2026" in reason


def test_what_the_bank_refused_is_in_no_plan_before_it_is_approved_again(
    account: BankAccount, tenant: Tenant
) -> None:
    payable = make_payable(tenant, approved=True)
    order = make_order(payable, OrderStatus.AT_BANK)
    with tenant_scope(tenant.id):
        apply_state(order, OrderState.REJECTED, source="Cora informou.")

    assert plan(account) == ([], [])
    assert reread(payable).status == Payable.Status.PENDING


def test_a_closed_rail_leaves_its_bills_out(account: BankAccount, tenant: Tenant) -> None:
    make_payable(tenant, approved=True)
    boleto = make_payable(tenant, "1234.56", approved=True, destination=BOLETO)

    send, reasons = plan(account, until=time(17))

    assert [payable.id for payable in send] == [boleto.id]
    (reason,) = reasons
    assert "TED" in reason and "17h00" in reason
    assert len(plan(account, until=time(16, 59))[0]) == 2


def test_a_bill_without_account_leaves_from_the_preferred_one(
    account: BankAccount, tenant: Tenant
) -> None:
    other = make_bank_account(tenant, preferred=False, modo_banking_from=TODAY)
    bare = make_payable(tenant, approved=True)
    own = make_payable(tenant, approved=True, bank_account=other)

    assert [payable.id for payable in plan(account)[0]] == [bare.id]
    assert [payable.id for payable in plan(other)[0]] == [own.id]


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        ("23 06:59", False),
        ("23 07:00", True),
        ("23 19:59", True),  # the beat came late
        ("23 20:00", False),  # the last rail has closed
        ("24 07:00", True),
        ("20 07:00", False),  # a holiday, and before it was switched on
        ("28 07:00", False),  # Saturday
    ],
)
def test_a_run_is_due_from_seven_until_the_last_rail_closes(
    account: BankAccount, tenant: Tenant, now: str, is_due: bool
) -> None:
    assert due_accounts(at(now)) == ([(tenant.id, account.id)] if is_due else [])


def test_no_run_is_due_before_the_day_it_was_switched_on_for(tenant: Tenant) -> None:
    make_bank_account(tenant, modo_banking_from=date(2026, 11, 24))
    make_bank_account(tenant, preferred=False)

    assert due_accounts(at("23 07:00")) == []


def test_no_run_is_due_on_a_lost_connection_or_out_of_plan(db: None) -> None:
    compass = make_tenant(plan=Plan.COMPASS)
    make_bank_account(compass, modo_banking_from=TODAY)
    make_bank_account(make_tenant(), modo_banking_from=TODAY, connected=False)

    assert due_accounts(at("23 07:00")) == []


def test_the_run_of_a_day_is_made_once(account: BankAccount, tenant: Tenant) -> None:
    with travel(at("23 07:00")):
        make_payable(tenant, approved=True)
        run = dispatch_account(tenant.id, account.id, now=at("23 07:00"))
        late = make_payable(tenant, approved=True)

        again = dispatch_account(tenant.id, account.id, now=at("23 07:01"))

    assert run is not None and again is None
    assert due_accounts(at("23 07:02")) == []
    assert len(orders_of(tenant)) == 1
    assert reread(late).status == Payable.Status.APPROVED


def test_a_run_writes_down_what_it_left_out(account: BankAccount, tenant: Tenant) -> None:
    overdue = make_payable(tenant, approved=True, due_date=date(2026, 11, 19))

    with travel(at("23 07:00")):
        run = dispatch_account(tenant.id, account.id, now=at("23 07:00"))

    assert run is not None
    assert [item["payable"] for item in run.left_out] == [str(overdue.id)]
    assert reread(overdue).status == Payable.Status.APPROVED


def test_by_hand_the_same_run_takes_what_came_since(account: BankAccount, tenant: Tenant) -> None:
    first = make_payable(tenant, approved=True)
    run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))
    second = make_payable(tenant, approved=True)

    again = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    assert run.id == again.id
    assert sorted(order.payable_id for order in orders_of(tenant)) == [first.id, second.id]
    with tenant_scope(tenant.id):
        assert DispatchRun.objects.of(tenant).count() == 1


def test_an_order_freezes_what_is_sent(account: BankAccount, tenant: Tenant) -> None:
    payable = make_payable(tenant, "1250.00", approved=True, description="NF 8841")

    dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    (order,) = orders_of(tenant)
    assert order.content == {
        "code": order.code,
        "amount": "1250.00",
        "bank_code": "341",
        "branch": "0123",
        "account": "456789",
        "account_type": "checking",
        "holder_name": "Fornecedor Exemplo ME",
        "holder_document": "11222333000181",
        "description": "NF 8841",
    }
    assert reread(payable).status == Payable.Status.SENT


def test_a_plan_that_ended_stops_the_clock(account: BankAccount, tenant: Tenant) -> None:
    make_payable(tenant, approved=True)
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    assert dispatch_account(tenant.id, account.id, now=at("23 07:00")) is None
    assert orders_of(tenant) == []


def test_a_connection_lost_meanwhile_sends_nothing(account: BankAccount, tenant: Tenant) -> None:
    payable = make_payable(tenant, approved=True)
    with tenant_scope(tenant.id):
        connection = account.connection
    change(connection, status="lost")

    assert dispatch_account(tenant.id, account.id, now=at("23 07:00")) is None
    assert reread(payable).status == Payable.Status.APPROVED

"""What a bank had and did not pay is approved again before it is sent again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.payments import OrderState
from banking.models import BankAccount
from core.errors import Changed
from payments.bills.approval import approve_payable
from payments.bills.warnings import cautions_of
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.models import NOT_APPROVED, Payable, PaymentOrder
from payments.orders.manual_result import settle_by_hand
from payments.orders.transitions import Outcome, apply_state, store_outcomes
from payments.states import OrderStatus, PayableStatus
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.at_most_once.database import wait_until_stuck
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    approve,
    make_bank_account,
    make_order,
    make_payable,
    member_of,
    sender,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=date(2026, 11, 3))


def told(payable: Payable, state: OrderState, **changes: object) -> None:
    order = make_order(payable, OrderStatus.AT_BANK, **changes)
    with tenant_scope(payable.tenant_id):
        apply_state(order, state, source="O banco informou.")


def refused_at_once(payable: Payable) -> None:
    order = make_order(payable, OrderStatus.SENDING, claim=uuid4())
    outcome = Outcome(order, OrderStatus.REJECTED, "Conta inexistente.")
    store_outcomes(payable.tenant_id, order.claim, [outcome])


def refused(payable: Payable) -> None:
    told(payable, OrderState.REJECTED)


def expired(payable: Payable) -> None:
    order = make_order(payable, OrderStatus.AT_BANK)
    with travel(at("24 10:00")), tenant_scope(payable.tenant_id):
        apply_state(order, OrderState.REJECTED, source="O banco informou.")


def given_back(payable: Payable) -> None:
    told(payable, OrderState.PAID)
    with tenant_scope(payable.tenant_id):
        order = PaymentOrder.objects.of(payable.tenant_id).get(payable=payable)
        apply_state(order, OrderState.RETURNED, source="O banco informou.")


def cancelled_there(payable: Payable) -> None:
    told(payable, OrderState.CANCELLED, cancel_asked_at=timezone.now())


def settled_as_not_paid(payable: Payable) -> None:
    order = make_order(payable, OrderStatus.UNKNOWN, needs_person=True)
    with tenant_scope(payable.tenant_id):
        person = make_member(payable.tenant, Role.APPROVER)
        member = Membership.objects.of(payable.tenant_id).get(user=person)
        settle_by_hand(order, was_paid=False, by=member)


HOLDS = {
    refused_at_once: Payable.Hold.REFUSED,
    refused: Payable.Hold.REFUSED,
    expired: Payable.Hold.EXPIRED,
    given_back: Payable.Hold.RETURNED,
    cancelled_there: Payable.Hold.TAKEN_BACK,
    settled_as_not_paid: Payable.Hold.REFUSED,
}


def send_in_every_way(client: Client, account: BankAccount, payable: Payable) -> None:
    dispatch_account(account.tenant_id, account.id, now=timezone.now())
    dispatch_by_hand(
        account.tenant_id, account.id, payable.payment_date, by=sender(account.tenant_id)
    )
    client.post(reverse("payments:send", args=[payable.id]))
    client.post(reverse("payments:send_late"), {"payable": [str(payable.id)]})
    chosen = {"account": str(account.id), "payable": [str(payable.id)]}
    client.post(reverse("payments:pay"), chosen)


@pytest.mark.parametrize("end", HOLDS)
def test_nothing_sends_it_before_another_approval(
    client: Client,
    tenant: Tenant,
    operator: User,
    account: BankAccount,
    end: Callable[[Payable], None],
) -> None:
    payable = make_payable(tenant, approved=True)
    end(payable)
    sign_in(client, operator, tenant)

    send_in_every_way(client, account, reread(payable))

    payable = reread(payable)
    assert (payable.status, payable.hold) == (PayableStatus.PENDING, HOLDS[end])
    assert payable.approval_id is None
    with tenant_scope(tenant.id):
        assert payable.orders.count() == 1

    approve(payable)
    client.post(reverse("payments:send", args=[payable.id]))

    assert (reread(payable).status, reread(payable).hold) == (PayableStatus.SENT, "")


@pytest.mark.parametrize("end", HOLDS)
def test_what_a_page_showed_before_approves_it_no_more(
    tenant: Tenant, account: BankAccount, end: Callable[[Payable], None]
) -> None:
    payable = make_payable(tenant)
    old_tab = shown(payable)
    approve(payable)
    end(payable)

    approver = make_member(tenant, Role.APPROVER)
    with tenant_scope(tenant.id), pytest.raises(Changed):
        approve_payable(payable, by=member_of(tenant, approver), shown=old_tab)

    with tenant_scope(tenant.id):
        again = Payable.objects.of(tenant).with_details().with_cautions().get(id=payable.id)
        codes = {caution.code for caution in cautions_of(again, account)}
    assert again.is_pending
    assert "came_back" in codes  # and so it is approved by a click of its own


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"hold": Payable.Hold.REFUSED},
        {"status": PayableStatus.PENDING, **NOT_APPROVED},
    ],
    ids=["held", "back in approval"],
)
def test_a_run_takes_no_bill_that_is_held_or_goes_back_to_approval_while_it_plans(
    tenant: Tenant, account: BankAccount, changes: dict[str, object]
) -> None:
    payable, other = make_payable(tenant, approved=True), make_payable(tenant, approved=True)

    def run() -> None:
        dispatch_by_hand(tenant.id, account.id, payable.payment_date, by=sender(tenant))

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.id):
            change(payable, **changes)
            made = pool.submit(at_once, run, people=1)
            wait_until_stuck("payments_payable")
        made.result()

    with tenant_scope(tenant.id):
        orders = PaymentOrder.objects.of(tenant)
        assert [order.payable_id for order in orders] == [other.id]

"""What follows from where a bank says its orders are."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from banking.banks.contract.payments import OrderState, Rail, Whereabouts
from banking.models import BankAccount
from payments.models import Payable, PaymentOrder
from payments.orders.evidence import match_statement
from payments.orders.payload import describe
from payments.orders.status_polling import NOT_SHOWN_FOR, poll_open_orders
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_lines, reread
from tests.payments.factories import (
    PIX_KEY,
    SUPPLIER,
    TODAY,
    bill_of,
    make_bank_account,
    make_order,
    make_payable,
)
from tests.payments.scripted_bank import ScriptedBank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def order(tenant: Tenant, account: BankAccount) -> PaymentOrder:
    """Waits for approval at the bank since now."""
    payable = make_payable(tenant, "150.00", approved=True)
    return make_order(payable, OrderStatus.AT_BANK, reference="ref-1", first_sent_at=timezone.now())


def poll(account: BankAccount, **states: Whereabouts) -> ScriptedBank:
    """When everybody's next turn has come."""
    with tenant_scope(account.tenant_id):
        orders = PaymentOrder.objects.of(account.tenant_id).filter(status=OrderStatus.AT_BANK)
        orders.update(wait_until=None)
    bank = ScriptedBank(states={name.replace("_", "-"): at for name, at in states.items()})
    poll_open_orders(account, bank, timezone.now())
    return bank


WAITS = Whereabouts(OrderState.AWAITING_APPROVAL)


def test_an_order_that_the_bank_does_not_know_is_left_to_the_statement_after_a_while(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    poll(account)
    assert reread(order).left_list_at is None
    monday.shift(NOT_SHOWN_FOR)
    poll(account)
    assert reread(order).left_list_at is not None

    make_lines(account, "-150.00", day=TODAY, kind="transfer", counterparty_document=SUPPLIER)
    with tenant_scope(account.tenant_id):
        match_statement(account)

    assert reread(order).status == OrderStatus.PAID


def test_an_order_that_is_shown_again_was_never_gone(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    poll(account)
    poll(account, ref_1=WAITS)
    monday.shift(NOT_SHOWN_FOR)

    poll(account)

    assert reread(order).left_list_at is None


def test_a_returned_transfer_keeps_the_banks_reason(
    tenant: Tenant, account: BankAccount, order: PaymentOrder
) -> None:
    poll(account, ref_1=Whereabouts(OrderState.RETURNED, "Conta encerrada."))

    after = reread(order)
    assert (after.status, after.message) == (OrderStatus.RETURNED, "Conta encerrada.")
    assert bill_of(order).hold == Payable.Hold.RETURNED


def test_a_paid_transfer_is_asked_about_for_five_banking_days(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    with tenant_scope(account.tenant_id):
        apply_state(order, OrderState.PAID, source="O banco informou.")

    assert poll(account).asked_about == []
    monday.shift(timedelta(hours=7))
    assert poll(account).asked_about == ["ref-1"]
    assert poll(account).asked_about == []
    monday.shift(timedelta(days=6))  # Sunday
    assert poll(account).asked_about == ["ref-1"]
    monday.shift(timedelta(days=2))
    assert poll(account).asked_about == []


def make_pix_order(payable: Payable, account: BankAccount) -> PaymentOrder:
    """Sent by a bank that has Pix."""
    with tenant_scope(account.tenant_id):
        Payable.objects.of(account.tenant_id).filter(id=payable.id).update(status="sent")
        order: PaymentOrder = PaymentOrder.objects.create(
            tenant_id=account.tenant_id,
            payable=payable,
            bank_account=account,
            rail=Rail.PIX,
            amount=payable.amount,
            key=uuid4(),
            content=describe(payable, Rail.PIX) | {"code": "kp-2"},
            status=OrderStatus.AT_BANK,
            reference="ref-2",
            first_sent_at=timezone.now(),
        )
    return order


@pytest.mark.parametrize(
    ("kind", "document", "is_paid"),
    [
        ("pix", SUPPLIER, True),
        ("other", SUPPLIER, True),
        ("pix", "52998224725", False),
        ("transfer", SUPPLIER, False),
    ],
)
def test_a_pix_is_proved_by_a_pix_to_its_payee(
    tenant: Tenant, account: BankAccount, kind: str, document: str, is_paid: bool
) -> None:
    payable = make_payable(tenant, "80.00", approved=True, destination=PIX_KEY)
    order = make_pix_order(payable, account)
    make_lines(account, "-80.00", day=TODAY, kind=kind, counterparty_document=document)
    change(order, left_list_at=timezone.now())

    with tenant_scope(tenant.id):
        match_statement(account)

    assert (reread(order).status == OrderStatus.PAID) is is_paid

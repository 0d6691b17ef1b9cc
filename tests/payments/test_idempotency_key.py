"""The key of an order: what it follows from, and what the database holds of it."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banking.banks.contract.payments import OrderState, Rail
from banking.models import BankAccount
from payments.dispatch.send_now import send_now
from payments.models import Payable, PaymentOrder
from payments.orders.idempotency_key import ended_unpaid, order_key
from payments.orders.payload import describe
from payments.orders.transitions import apply_state, take_from_queue
from payments.states import OrderStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import (
    PIX_ACCOUNT,
    approve,
    make_bank_account,
    make_order,
    make_payable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def payable(tenant: Tenant) -> Payable:
    return make_payable(tenant, approved=True, destination=PIX_ACCOUNT)


def key_of(payable: Payable, account: BankAccount, rail: Rail = Rail.TED, earlier: int = 0) -> UUID:
    with tenant_scope(payable.tenant_id):
        return order_key(payable, account, rail, describe(payable, rail), earlier)


def send(payable: Payable) -> PaymentOrder:
    with tenant_scope(payable.tenant_id):
        (order,) = send_now([payable], by=payable.created_by)
    return order


def give_back(order: PaymentOrder) -> None:
    with tenant_scope(order.tenant_id):
        assert take_from_queue(order.tenant_id, {order.id: "Ainda não."}) == 1


def test_it_is_not_by_chance(tenant: Tenant, account: BankAccount) -> None:
    bill = make_payable(tenant, approved=True)
    with tenant_scope(tenant.id):
        as_stored = Payable.objects.of(tenant).with_details().get(id=bill.id)

    order = send(bill)

    assert key_of(as_stored, account) == order.key
    assert order.key.version == 5
    assert order.content["code"] == order.code


@pytest.mark.parametrize(
    "change",
    [
        lambda p: setattr(p, "id", uuid4()),
        lambda p: p.approval.seal.update(amount="151.00"),
        lambda p: p.approval.seal["destinations"]["ted"].update(account="456780"),
        lambda p: p.approval.seal["payee"].update(document="45987321000160"),
        lambda p: setattr(p, "description", "NF 2"),
    ],
    ids=["bill", "amount", "destination", "payee", "rest of the content"],
)
def test_another_payment_has_another_key(
    payable: Payable, account: BankAccount, change: Callable[[Payable], None]
) -> None:
    before = key_of(payable, account)

    change(payable)

    assert key_of(payable, account) != before


def test_another_account_rail_or_turn_has_another_key(
    tenant: Tenant, payable: Payable, account: BankAccount
) -> None:
    other = make_bank_account(tenant, preferred=False)
    keys = [
        key_of(payable, account),
        key_of(payable, other),
        key_of(payable, account, Rail.PIX),
        key_of(payable, account, earlier=1),
    ]

    assert len(set(keys)) == len(keys)


def test_an_order_that_never_left_lends_its_key_as_often_as_need_be(
    tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    orders = []
    for _ in range(3):
        orders.append(send(payable))
        give_back(orders[-1])
    orders.append(send(payable))

    assert len({order.key for order in orders}) == 1
    assert len({order.id for order in orders}) == 4


@pytest.mark.parametrize("ended", [OrderState.REJECTED, OrderState.CANCELLED, OrderState.RETURNED])
def test_an_order_that_reached_the_bank_and_ended_unpaid_counts(
    tenant: Tenant, account: BankAccount, ended: OrderState
) -> None:
    payable = make_payable(tenant, approved=True)
    reached = make_order(payable, OrderStatus.AT_BANK, first_sent_at=timezone.now())
    with tenant_scope(tenant.id):
        apply_state(reached, ended, source="Cora informou.")
        assert ended_unpaid(tenant.id, [payable.id]) == {payable.id: 1}

    again = send(approve(payable))

    assert again.key != reached.key
    assert again.content["code"] != reached.content["code"]


def test_an_order_that_lives_does_not_count(tenant: Tenant, account: BankAccount) -> None:
    payable = make_payable(tenant, approved=True)
    make_order(payable, OrderStatus.UNKNOWN)

    with tenant_scope(tenant.id):
        assert ended_unpaid(tenant.id, [payable.id]) == {}


def refusal(order: PaymentOrder) -> str:
    """The name of what keeps the row out."""
    try:
        with tenant_scope(order.tenant_id), transaction.atomic():
            order.pk = uuid4()
            order.save(force_insert=True)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    return ""


def test_two_orders_that_live_never_share_a_key(tenant: Tenant, account: BankAccount) -> None:
    order = send(make_payable(tenant, approved=True))
    order.payable = make_payable(tenant, approved=True)

    assert refusal(order) == "order_key_once"


def test_a_key_that_reached_a_bank_is_never_lent(tenant: Tenant, account: BankAccount) -> None:
    order = send(make_payable(tenant, approved=True))
    with tenant_scope(tenant.id):
        mine = PaymentOrder.objects.of(tenant).filter(id=order.id)
        mine.update(status=OrderStatus.SENDING, first_sent_at=order.created_at)
        mine.update(status=OrderStatus.UNKNOWN)
        mine.update(status=OrderStatus.CANCELLED)

    assert refusal(order) == "order_key_once"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "9.99"},
        {"rail": "boleto"},
        {"content": {"amount": "9.99"}},
    ],
    ids=["amount", "rail", "content"],
)
def test_a_key_is_lent_for_the_same_payment_only(
    tenant: Tenant, account: BankAccount, change: dict[str, object]
) -> None:
    order = send(make_payable(tenant, approved=True))
    give_back(order)
    for name, value in change.items():
        setattr(order, name, value)

    assert refusal(order) == "order_key_content"


def test_the_same_payment_takes_the_key(tenant: Tenant, account: BankAccount) -> None:
    order = send(make_payable(tenant, approved=True))
    give_back(order)

    assert refusal(order) == ""

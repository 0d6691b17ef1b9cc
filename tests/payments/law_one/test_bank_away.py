"""The bank is not to be reached, or the tie to it is undone: orders wait and say why."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from banking.models import BankAccount, BankHealth
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.states import OrderStatus
from tenants.models import Plan, Tenant
from tenants.scope import tenant_scope
from tests.banking.made import change
from tests.cora_simulator import CoraSimulator
from tests.payments.law_one import bills
from tests.payments.law_one.rounds import follow, is_paid_once, send

pytestmark = pytest.mark.django_db(transaction=True)

NOT_YET = "Não saiu: será tentada de novo"


def pause(bank: str = "cora", *, seconds: float = 60) -> None:
    """As after many failures: nobody calls the bank for a while."""
    until = timezone.now() + timedelta(seconds=seconds)
    BankHealth.objects.update_or_create(
        provider=bank, defaults={"failures": 99, "open_until": until}
    )


def message_of(tenant: Tenant) -> str:
    (order,) = bills.orders(tenant)
    assert order.status == OrderStatus.QUEUED
    return order.message


def test_while_a_bank_is_left_alone_orders_stay_in_the_queue_and_say_so(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    pause()
    payable = bills.enter_ted(tenant)

    send(payable)
    send_queued(tenant.id, account.id)

    assert "está indisponível. Nada foi enviado" in message_of(tenant)
    assert bills.timeline(payable).count(NOT_YET) == 1
    assert cora.count_requests("/transfers/initiate") == 0

    monday.shift(timedelta(minutes=2))
    send_queued(tenant.id, account.id)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)


def test_while_a_bank_is_left_alone_nothing_is_concluded(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    lost, known = bills.enter_ted(tenant), bills.enter_ted(tenant, "200.00")
    send(known)
    cora.lose_next_answer("/transfers/initiate")
    send(lost)
    pause(seconds=600)
    monday.shift(timedelta(minutes=5))

    tracking.follow_account(tenant.id, account.id)

    assert bills.statuses(tenant) == {OrderStatus.UNKNOWN: 1, OrderStatus.AT_BANK: 1}
    monday.shift(timedelta(minutes=10))
    cora.approve_all()
    follow(account, monday, times=2)
    assert is_paid_once([lost, known], account, "350.00")


def test_orders_of_a_lost_connection_say_that_it_has_to_be_made_again(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    change(account.connection, status="lost")

    for _ in range(2):
        send_queued(tenant.id, account.id)
        monday.shift(timedelta(minutes=2))

    assert "precisa ser refeita" in message_of(tenant)
    assert bills.timeline(payable).count(NOT_YET) == 1

    change(account.connection, status="active")
    send_queued(tenant.id, account.id)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)


def test_orders_of_a_plan_without_the_bank_say_so(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    send_queued(tenant.id, account.id)

    assert "O plano da empresa não inclui Cora" in message_of(tenant)
    assert not cora.orders()

"""The database goes away in the middle of a send."""

from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.db import OperationalError
from pytest_django import Settings

from banking.banks.http.client import CallInsideTransaction
from banking.gateway import connect
from banking.models import BankAccount
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.states import OrderStatus
from payments.timeline import AT_BANK, UNKNOWN_ANSWER
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.database import (
    ORDERS,
    cut_stuck_connections,
    locked,
    wait_until_stuck,
)
from tests.payments.at_most_once.proxy import through_a_proxy
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.at_most_once.worker_pool import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def send(account: BankAccount) -> int:
    return send_queued(account.tenant_id, account.id)


def follow(account: BankAccount) -> None:
    tracking.follow_account(account.tenant_id, account.id)


def test_a_connection_cut_while_the_outcome_is_stored_loses_nothing(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    cora.fault("slow_answer", "/transfers/initiate", ms=700)
    worker = Thread(target=lambda: at_once(lambda: send(account), people=1))
    worker.start()
    wait_for(cora.transfers, "the bank has done the work")
    with locked(ORDERS):
        wait_until_stuck(ORDERS)
        assert cut_stuck_connections(ORDERS) == 1
    worker.join()

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert UNKNOWN_ANSWER not in bills.timeline(payable)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_stored_outcome_whose_commit_was_not_confirmed_is_stored_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    with through_a_proxy() as proxy:
        proxy.lose_commit_after("UPDATE payments_paymentorder AS o")
        send(account)
        assert proxy.lost.is_set()

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.timeline(payable).count(AT_BANK) == 1
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_claim_whose_commit_was_not_confirmed_is_asked_about(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    settings: Settings,
    monday: time_machine.Traveller,
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    with through_a_proxy() as proxy:
        proxy.lose_commit_after("SET status = 'sending', claim = ")
        with pytest.raises(OperationalError):
            send(account)
        assert proxy.lost.is_set()
    assert bills.all_are(tenant, OrderStatus.SENDING)

    monday.shift(timedelta(seconds=settings.SEND_LEASE_SECONDS + 1))
    for _ in range(3):
        follow(account)
        monday.shift(timedelta(minutes=1))
        send(account)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_token_that_cannot_be_read_now_means_that_nothing_was_sent(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    connect._tokens.cache_clear()
    with tenant_scope(tenant.id):
        assert account.connection is not None
        account.connection.credentials = b"of another key"
        account.connection.save(update_fields=["credentials"])

    send(account)

    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert not cora.orders()


def test_the_bank_is_not_called_inside_a_transaction(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant)])

    with pytest.raises(CallInsideTransaction), tenant_scope(tenant.id):
        send(account)

    assert cora.count_requests("/transfers/initiate") == 0
    assert bills.all_are(tenant, OrderStatus.QUEUED)

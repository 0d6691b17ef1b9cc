"""What comes of a send, whatever the bank, the network or the database do meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from banking.banks.contract.info import Capability
from banking.gateway import connect
from banking.gateway.credentials import seal
from banking.models import BankAccount
from core.clock import Stopwatch
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.models import Payable
from payments.orders import tracking
from payments.orders.send import send_one, send_queued, sending_time
from payments.orders.transitions import Outcome, abandon_stale_sends, claim_queued, store_outcomes
from payments.states import OrderStatus, PayableStatus
from payments.timeline import NOT_YET, UNKNOWN_ANSWER
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_grant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.at_most_once.worker_pool import wait_for
from tests.payments.factories import sender

pytestmark = pytest.mark.django_db(transaction=True)

Enter = Callable[[Tenant], Payable]

both_rails = pytest.mark.parametrize(
    "enter", [bills.enter_ted, bills.enter_boleto], ids=["ted", "boleto"]
)


def send(account: BankAccount) -> int:
    return send_queued(account.tenant_id, account.id)


def follow(account: BankAccount) -> None:
    tracking.follow_account(account.tenant_id, account.id)


@both_rails
def test_an_order_that_the_bank_takes_waits_there_for_approval(
    enter: Enter, tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = enter(tenant)
    bills.queue([payable])

    assert send(account) == 1

    (order,) = bills.orders(tenant)
    (at_bank,) = cora.orders()
    assert (order.status, order.reference) == (OrderStatus.AT_BANK, at_bank["id"])
    assert at_bank["code"] == order.code
    assert bills.read(payable).status == PayableStatus.SENT


@both_rails
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("lose_answer", {}),
        ("replace_answer", {"status": 500}),
        ("replace_answer", {"status": 409}),
        ("replace_answer", {"status": 200, "body": "html"}),
        ("replace_answer", {"status": 200, "body": "truncated"}),
        ("drop", {}),
        ("status", {"status": 503}),
    ],
    ids=["lost", "500 after", "409 after", "html", "truncated", "dropped before", "503 before"],
)
def test_an_answer_that_does_not_come_is_asked_for_and_never_guessed(
    kind: str,
    more: dict[str, Any],
    enter: Enter,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = enter(tenant)
    bills.queue([payable])
    cora.fault(kind, "/*/initiate", **more)

    send(account)
    send(account)

    assert bills.all_are(tenant, OrderStatus.UNKNOWN)
    assert cora.count_requests("/*/initiate") == 1
    assert UNKNOWN_ANSWER in bills.timeline(payable)

    monday.shift(timedelta(minutes=1))
    follow(account)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)


@pytest.mark.parametrize("kind", ["slow_answer", "delay"], ids=["after the work", "before it"])
def test_a_time_out_is_an_unknown_outcome_even_while_the_bank_is_still_at_work(
    kind: str,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    assert account.connection is not None
    client = connect._client(account.provider, account.connection.id)
    client.timeout = httpx.Timeout(0.4)  # the product's own takes 45 s
    cora.fault(kind, "/transfers/initiate", ms=2500)

    send(account)

    assert bills.all_are(tenant, OrderStatus.UNKNOWN)
    client.timeout = httpx.Timeout(5)
    monday.shift(timedelta(minutes=1))
    follow(account)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    wait_for(
        lambda: all(request["status"] for request in cora.requests("/transfers/initiate")),
        "the bank has done with the first request too",
    )
    assert bills.effects(cora) == bills.once_each(tenant)


@both_rails
def test_a_bank_that_says_wait_is_sent_the_same_order_later(
    enter: Enter,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = enter(tenant)
    bills.queue([payable])
    cora.fault("status", "/*/initiate", status=429)

    send(account)
    send(account)  # too soon: nothing is asked

    (order,) = bills.orders(tenant)
    assert (order.status, order.first_sent_at) == (OrderStatus.QUEUED, None)
    assert cora.count_requests("/*/initiate") == 1

    monday.shift(timedelta(minutes=2))
    send(account)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)
    assert bills.read(payable).status == PayableStatus.SENT


def test_a_bank_that_cannot_be_reached_leaves_the_order_queued_and_notes_it_once(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    settings: Settings,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    connect._client.cache_clear()
    settings.CORA_BASE_URL = "http://127.0.0.1:9"

    for _ in range(3):
        send(account)
        monday.shift(timedelta(minutes=2))

    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert bills.timeline(payable).count(NOT_YET) == 1

    connect._client.cache_clear()
    settings.CORA_BASE_URL = cora.base_url
    send(account)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_certificate_that_cannot_be_used_leaves_the_order_queued_and_says_so(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    assert account.connection is not None
    secrets = {"client_id": "int-x", "certificate": "not one", "private_key": "none"}
    broken = make_grant(mode="direta", secrets=secrets)
    change(account.connection, mode="direta", credentials=seal(broken, account.connection.id))
    connect._tokens.cache_clear()

    send(account)
    follow(account)

    assert bills.all_are(tenant, OrderStatus.QUEUED)
    (order,) = bills.orders(tenant)
    assert "certificado" in order.message
    assert cora.count_requests("/transfers/initiate") == 0


@both_rails
def test_a_refusal_gives_the_bill_back_held(
    enter: Enter, tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = enter(tenant)
    bills.queue([payable])
    cora.fault("status", "/*/initiate", status=422, body='{"code":"PAY-0001","message":"x"}')

    send(account)

    assert bills.all_are(tenant, OrderStatus.REJECTED)
    given_back = bills.read(payable)
    assert (given_back.status, given_back.hold) == (PayableStatus.PENDING, Payable.Hold.REFUSED)
    assert not cora.orders()


def test_one_refusal_does_not_stop_the_others_of_its_batch(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in range(1, 21)])
    cora.fault("status", "/transfers/initiate", status=422)

    send(account)

    assert bills.statuses(tenant) == {OrderStatus.AT_BANK: 19, OrderStatus.REJECTED: 1}
    assert len(cora.transfers()) == 19


def test_no_order_leaves_once_its_claim_is_old(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    """A slow batch, or a machine that slept: a sweep may take the sender for dead by then."""
    bills.queue([bills.enter_ted(tenant)])
    (order,) = claim_queued(account)
    assert account.connection is not None
    with connect.connect(account.connection, needing=Capability.SEND_TED) as bank:
        claimed = Stopwatch()
        monday.shift(sending_time())

        outcome = send_one(bank, order, claimed)

    assert outcome.status == OrderStatus.QUEUED
    assert cora.count_requests("/transfers/initiate") == 0


@pytest.mark.parametrize(
    ("late", "status"),
    [
        (OrderStatus.AT_BANK, OrderStatus.AT_BANK),
        (OrderStatus.REJECTED, OrderStatus.UNKNOWN),
        (OrderStatus.QUEUED, OrderStatus.UNKNOWN),
    ],
)
def test_of_an_answer_that_comes_after_the_sweep_only_a_yes_is_believed(
    late: OrderStatus,
    status: OrderStatus,
    tenant: Tenant,
    account: BankAccount,
    settings: Settings,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    bills.queue([payable])
    (order,) = claim_queued(account)
    monday.shift(timedelta(seconds=settings.SEND_LEASE_SECONDS + 1))
    with tenant_scope(tenant.id):
        abandon_stale_sends(account, timezone.now())

    store_outcomes(tenant.id, order.claim, [Outcome(order, late, "tarde")])

    assert bills.all_are(tenant, status)
    assert bills.read(payable).status == PayableStatus.SENT


def test_the_answer_of_a_claim_that_was_given_up_changes_nothing(
    tenant: Tenant, account: BankAccount
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    (order,) = claim_queued(account)
    store_outcomes(tenant.id, order.claim, [Outcome(order, OrderStatus.QUEUED, "não saiu")])
    assert len(claim_queued(account)) == 1  # another worker is at it

    for late in (OrderStatus.REJECTED, OrderStatus.QUEUED, OrderStatus.AT_BANK):
        store_outcomes(tenant.id, order.claim, [Outcome(order, late)])

    assert bills.all_are(tenant, OrderStatus.SENDING)


def test_senders_at_the_same_time_share_the_orders(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in range(1, 101)])

    tried = at_once(lambda: send(account), people=4)

    assert sum(count for count in tried if isinstance(count, int)) == 100
    assert cora.count_requests("/transfers/initiate") == 100
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_claims_at_the_same_time_have_no_order_in_common(
    tenant: Tenant, account: BankAccount
) -> None:
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in range(1, 41)])

    claims = at_once(lambda: [order.id for order in claim_queued(account)], people=8)

    claimed = [
        order_id
        for claim_queued in claims
        if isinstance(claim_queued, list)
        for order_id in claim_queued
    ]
    assert len(claimed) == len(set(claimed)) == 40


def test_two_people_who_send_the_same_bills_send_each_once(
    tenant: Tenant, operator: User, account: BankAccount, cora: CoraSimulator
) -> None:
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in range(1, 4)]
    turned = iter([payables, payables[::-1]] * 2)

    def click() -> int:
        with tenant_scope(tenant.id):
            return len(send_now(next(turned), by=operator))

    results = at_once(click, people=4)

    assert [result for result in results if isinstance(result, int)] == [3]
    assert len(bills.orders(tenant)) == 3
    send(account)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_a_bill_that_a_person_and_the_run_send_at_once_has_one_order(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    payable = bills.enter_ted(tenant)

    def click() -> None:
        with tenant_scope(tenant.id):
            send_now([payable], by=operator)

    def run() -> None:
        dispatch_by_hand(tenant.id, account.id, payable.payment_date, by=sender(tenant))

    acts = iter([click, run] * 2)

    at_once(lambda: next(acts)(), people=4)

    assert len(bills.orders(tenant)) == 1

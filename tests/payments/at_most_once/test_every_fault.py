"""Every bank × everything that a bank, or the way to it, may do wrong.

Each case says what the product makes of it at once; all of them, that in the end the bank has
executed the payment at most once and that the bill is paid, held, or before a person: never lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from banking.gateway.tokens import StoredTokens
from banking.models import BankAccount
from payments.models import Payable, PaymentOrder
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tests.banking.factories import change
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.every_bank import BS2, CORA, KAMINO, BankTraits, EveryBank, deliver
from tests.payments.at_most_once.rounds import is_paid_once, send, sync

pytestmark = pytest.mark.django_db(transaction=True)

BANKS = [CORA, BS2, KAMINO]
QUEUED, UNKNOWN = {OrderStatus.QUEUED}, {OrderStatus.UNKNOWN}
TAKEN = {*OPEN_AT_BANK}  # in which of the two ways, the bank says


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at the order of a payment, once; what is made of it; if it was done."""

    name: str
    kind: str
    at_once: set[OrderStatus]
    done: bool
    more: dict[str, Any] = field(default_factory=dict)


FAULTS = [
    Fault("slow", "slow_answer", TAKEN, True, {"ms": 150}),
    Fault("429", "status", QUEUED, False, {"status": 429}),
    Fault("429 with Retry-After", "status", QUEUED, False, {"status": 429, "retry_after": 120}),
    Fault("500", "status", UNKNOWN, False, {"status": 500}),
    Fault("500 after the work", "replace_answer", UNKNOWN, True, {"status": 500}),
    Fault("502 with HTML", "status", UNKNOWN, False, {"status": 502, "body": "html"}),
    Fault("200 with HTML", "replace_answer", UNKNOWN, True, {"status": 200, "body": "html"}),
    Fault("empty body", "replace_answer", UNKNOWN, True, {"status": 200, "body": "empty"}),
    Fault("truncated", "replace_answer", UNKNOWN, True, {"status": 200, "body": "truncated"}),
    Fault("unknown field", "unknown_field", TAKEN, True),
    Fault("unknown enum", "unknown_enum", TAKEN, True),
    Fault("answer lost", "lose_answer", UNKNOWN, True),
    Fault("closed before", "drop", UNKNOWN, False),
    Fault("reset before", "reset", UNKNOWN, False),
    Fault("reset after", "reset_answer", UNKNOWN, True),
    Fault("token expired", "expire_tokens", TAKEN, True),
]


@pytest.fixture(params=BANKS, ids=[bank.slug for bank in BANKS])
def manners(request: pytest.FixtureRequest) -> BankTraits:
    found: BankTraits = request.param
    return found


@pytest.fixture
def account(tenant: Tenant, admin: User, bank: EveryBank) -> Iterator[BankAccount]:
    account = bank.connect(tenant, admin)
    change(account, is_preferred=True)

    yield account


def carry_on(bank: EveryBank, account: BankAccount, clock: time_machine.Traveller) -> None:
    """The workers, the bank's people and the statement go on until it ended, and once more."""
    rounds_after_the_end = 0
    for pause in (3, 3, 3, 40, 40):
        pass_time(bank, clock, minutes=pause)
        send_queued(account.tenant_id, account.id)
        bank.approve_all()
        sync(account)
        look(bank, account, clock)
        rounds_after_the_end += {o.status for o in orders_of(account)} == {OrderStatus.PAID}
        if rounds_after_the_end == 2:
            return


def orders_of(account: BankAccount) -> list[PaymentOrder]:
    return bills.orders_in(account.tenant_id)


def look(bank: EveryBank, account: BankAccount, clock: time_machine.Traveller) -> None:
    """A round, when everybody's next turn has come."""
    pass_time(bank, clock, minutes=3)
    tracking.follow_account(account.tenant_id, account.id)


def pass_time(bank: EveryBank, clock: time_machine.Traveller, *, minutes: float) -> None:
    """For us and for the bank."""
    clock.shift(timedelta(minutes=minutes))
    bank.process.set_clock(timezone.now())


def are(tenant: Tenant, statuses: set[OrderStatus]) -> bool:
    return {order.status for order in bills.orders(tenant)} <= statuses


def is_before_a_person(tenant: Tenant) -> bool:
    (order,) = bills.orders(tenant)
    return order.status in UNKNOWN and order.needs_person and bool(order.seen)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_sends_nothing_twice_and_loses_nothing(
    fault: Fault,
    tenant: Tenant,
    account: BankAccount,
    bank: EveryBank,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    bank.fault(fault.kind, **fault.more)

    send(payable)

    assert are(tenant, fault.at_once)
    assert len(bank.orders()) == int(fault.done)

    carry_on(bank, account, monday)

    if fault.done or fault.at_once == QUEUED or bank.manners.has_keys:
        assert is_paid_once([payable], account, "150.00")
        assert bank.executed() == len(bank.orders()) == 1
    else:  # nothing shows that it never arrived, and a repeat might be a second payment
        assert is_before_a_person(tenant)
        assert bank.times_asked() == 1
        assert bank.orders() == []
        assert bills.read(payable).status == PayableStatus.SENT


def test_a_token_that_another_process_has_changed_is_changed_here_too(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    first, second = bills.enter_ted(tenant), bills.enter_ted(tenant, "200.00")
    send(first)
    assert account.connection_id is not None
    elsewhere = StoredTokens(tenant.id, account.connection_id, account.provider)
    elsewhere.renew(elsewhere.access_token())

    send(second)

    assert are(tenant, TAKEN)
    carry_on(bank, account, monday)
    assert is_paid_once([first, second], account, "350.00")
    assert bank.executed() == 2


def test_two_equal_payments_of_which_one_was_lost_end_as_two(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    """Where the bank keeps no reference of ours the twin is told apart by counting."""
    first, second = bills.enter_ted(tenant), bills.enter_ted(tenant)
    send(first)
    bank.fault("lose_answer")
    send(second)
    assert [order.status in UNKNOWN for order in bills.orders(tenant)] == [False, True]

    carry_on(bank, account, monday)

    assert is_paid_once([first, second], account, "300.00")
    assert bank.executed() == len(bank.orders()) == 2


def test_of_two_equal_payments_the_one_that_never_arrived_is_not_paid(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    first, second = bills.enter_ted(tenant), bills.enter_ted(tenant)
    send(first)
    bank.fault("drop")
    send(second)

    carry_on(bank, account, monday)

    if bank.manners.has_keys:
        assert is_paid_once([first, second], account, "300.00")
        assert bank.executed() == 2
    else:
        assert bills.statuses(tenant) == {OrderStatus.PAID: 1, OrderStatus.UNKNOWN: 1}
        assert bank.executed() == 1


# --- Webhooks ---


def sent_and_approved(tenant: Tenant, bank: EveryBank) -> Payable:
    payable = bills.enter_ted(tenant)
    send(payable)
    bank.approve_all()
    return payable


def settle(bank: EveryBank, account: BankAccount, clock: time_machine.Traveller) -> None:
    look(bank, account, clock)
    sync(account)
    look(bank, account, clock)


@pytest.mark.parametrize("times", [1, 3], ids=["once", "three times"])
def test_webhooks_that_come_again_pay_once(
    times: int,
    tenant: Tenant,
    account: BankAccount,
    bank: EveryBank,
    monday: time_machine.Traveller,
) -> None:
    payable = sent_and_approved(tenant, bank)

    for _ in range(times):
        for notice in bank.notices():
            assert deliver(notice) == 200
        settle(bank, account, monday)

    assert is_paid_once([payable], account, "150.00")


def test_webhooks_in_the_wrong_order_pay_once(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = sent_and_approved(tenant, bank)

    for notice in reversed(bank.notices()):
        deliver(notice)
        tracking.follow_account(account.tenant_id, account.id)
    settle(bank, account, monday)

    assert is_paid_once([payable], account, "150.00")


def test_webhooks_that_come_late_change_nothing(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = sent_and_approved(tenant, bank)
    settle(bank, account, monday)
    assert is_paid_once([payable], account, "150.00")

    pass_time(bank, monday, minutes=300)
    for notice in bank.notices():
        deliver(notice)
    settle(bank, account, monday)

    assert is_paid_once([payable], account, "150.00")


def test_webhooks_that_never_come_are_not_needed(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = sent_and_approved(tenant, bank)

    settle(bank, account, monday)

    assert is_paid_once([payable], account, "150.00")


# --- After the order was taken ---


def ask_now(tenant: Tenant) -> None:
    """Of an order that was taken long ago the bank is asked seldom."""
    for order in bills.orders(tenant):
        change(order, wait_until=None)


WHILE_ASKED: list[tuple[str, dict[str, Any]]] = [
    ("status", {"status": 500}),
    ("status", {"status": 429}),
    ("status", {"status": 502, "body": "html"}),
    ("replace_answer", {"status": 200, "body": "empty"}),
    ("replace_answer", {"status": 200, "body": "truncated"}),
    ("unknown_field", {}),
    ("reset", {}),
    ("expire_tokens", {}),
]


def test_a_fault_while_the_bank_is_asked_changes_nothing(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)

    for kind, more in WHILE_ASKED:
        asked = bank.times_read()
        bank.process.fault(kind, "*", method="GET", bank=bank.manners.slug, times=2, **more)
        for _ in range(2):
            ask_now(tenant)
            look(bank, account, monday)
        assert bank.times_read() > asked, kind
        assert are(tenant, TAKEN), kind
        bank.process.clear_faults()
        ask_now(tenant)
        look(bank, account, monday)  # else nothing is asked of a bank that fails again and again

    carry_on(bank, account, monday)
    assert is_paid_once([payable], account, "150.00")
    assert bank.executed() == 1


def test_a_word_for_its_state_that_nobody_knows_is_left_to_the_statement(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_ted(tenant)
    send(payable)
    for name in ("status", "situacao"):
        bank.process.fault(
            "unknown_enum", bank.manners.where, method="GET", bank=bank.manners.slug, field=name,
            times=None,
        )  # fmt: skip

    carry_on(bank, account, monday)

    assert is_paid_once([payable], account, "150.00")
    assert bank.executed() == 1

"""A database that has forgotten an order comes to the bank under the key that the bank knows."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from banking.models import BankAccount
from payments.models import Payable
from payments.orders.give_back import give_back_what_may_not_leave
from payments.orders.queue import make_orders
from payments.orders.send import send_queued
from payments.orders.sending_lock import lock_sending
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.cancellations import ask
from tests.payments.at_most_once.database import restore_to_before_the_order
from tests.payments.at_most_once.every_bank import CORA, KAMINO, BankTraits, EveryBank
from tests.payments.at_most_once.rounds import follow, send
from tests.payments.factories import approve

pytestmark = pytest.mark.django_db(transaction=True)


class TestEachBankThatTakesKeys:
    @pytest.fixture(params=[CORA, KAMINO], ids=["cora", "kamino"])
    def manners(self, request: pytest.FixtureRequest) -> BankTraits:
        found: BankTraits = request.param
        return found

    @pytest.fixture
    def account(self, tenant: Tenant, admin: User, bank: EveryBank) -> BankAccount:
        account = bank.connect(tenant, admin)
        change(account, is_preferred=True)
        return account

    def test_a_bill_whose_order_a_restore_forgot_is_one_payment(
        self, tenant: Tenant, account: BankAccount, bank: EveryBank
    ) -> None:
        payable = bills.enter_ted(tenant)
        (first,) = send(payable)
        restore_to_before_the_order(payable)

        (second,) = send(payable)

        assert (second.key, second.reference) == (first.key, first.reference)
        assert second.id != first.id
        assert second.status in OPEN_AT_BANK
        assert bank.times_asked() == 2
        assert len(bank.orders()) == 1

    def test_bills_that_are_alike_are_payments_of_their_own(
        self, tenant: Tenant, account: BankAccount, bank: EveryBank
    ) -> None:
        send(bills.enter_ted(tenant), bills.enter_ted(tenant))

        assert len({order.key for order in bills.orders(tenant)}) == 2
        assert len(bank.orders()) == 2

    def test_an_order_that_never_left_lends_its_key_and_one_that_did_keeps_it(
        self,
        tenant: Tenant,
        account: BankAccount,
        bank: EveryBank,
        monday: time_machine.Traveller,
    ) -> None:
        payable = bills.enter_ted(tenant)
        bills.queue([payable])
        monday.shift(timedelta(hours=10))
        with tenant_scope(tenant.id):
            give_back_what_may_not_leave(account, timezone.now())

        never_left, sent = send(payable)

        assert never_left.status == OrderStatus.CANCELLED
        assert sent.status in OPEN_AT_BANK
        assert sent.key == never_left.key
        assert len(bank.orders()) == 1


def test_what_the_bank_refused_is_another_payment_when_it_is_approved_again(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    cora.fault("status", "/transfers/initiate", status=422)
    (refused,) = send(payable)
    approve(payable, payable.approved_by)

    _, again = send(payable)

    assert again.key != refused.key
    assert (refused.status, again.status) == (OrderStatus.REJECTED, OrderStatus.AT_BANK)


@pytest.fixture
def undecided(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> Payable:
    """Its request was lost on the way; the bank's list of payments cannot tell."""
    cora.fault("drop", "/payments/initiate")
    payable = bills.enter_boleto(tenant)
    send(payable)
    return payable


def test_while_sending_is_locked_no_lost_request_is_repeated(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    undecided: Payable,
    monday: time_machine.Traveller,
) -> None:
    lock_sending(tenant)

    follow(account, monday, times=2)

    assert bills.all_are(tenant, OrderStatus.UNKNOWN)
    assert cora.count_requests("/payments/initiate") == 1
    assert bills.read(undecided).status == PayableStatus.SENT


def test_while_sending_is_locked_the_queue_is_closed_whoever_filled_it(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    lock_sending(tenant)
    with tenant_scope(tenant.id):
        make_orders([(payable, account)], run=None, by=None)

    assert send_queued(tenant.id, account.id) == 0

    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert cora.count_requests("/transfers/initiate") == 0


def test_while_sending_is_locked_payments_are_followed_and_taken_back(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    lock_sending(tenant)

    ask(payable)
    follow(account, monday)

    assert bills.all_are(tenant, OrderStatus.CANCELLED)

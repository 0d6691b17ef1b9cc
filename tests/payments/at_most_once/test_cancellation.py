"""«Cancelar no banco», with the bank itself."""

import pytest
import time_machine

from banking.models import BankAccount
from payments.models import Payable
from payments.orders import tracking
from payments.states import OrderStatus
from payments.timeline import NOT_CANCELLED
from tenants.models import Tenant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.cancellations import ask, is_taken_back
from tests.payments.at_most_once.rounds import deliver, follow, is_paid_once, send
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import BOLETO, SUPPLIER, approve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(tenant: Tenant, account: BankAccount, cora: CoraSimulator) -> Payable:
    """A boleto of its supplier that waits for approval at the bank."""
    cora.title(123456, line=BOLETO, creditor="Fornecedor Exemplo ME", document=SUPPLIER)
    payable = bills.enter_boleto(tenant)
    send(payable)
    return payable


def test_the_bank_forgets_the_order(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, waiting: Payable
) -> None:
    ask(waiting)

    tracking.follow_account(tenant.id, account.id)

    assert bills.all_are(tenant, OrderStatus.CANCELLED)
    assert is_taken_back(waiting)
    assert cora.approve_all() == 0


def test_a_person_may_send_it_again(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    waiting: Payable,
    monday: time_machine.Traveller,
) -> None:
    ask(waiting)
    tracking.follow_account(tenant.id, account.id)

    send(approve(waiting))
    cora.approve_all()
    deliver(cora)
    follow(account, monday)

    assert is_paid_once([waiting], account, "1234.56")


def test_what_was_approved_meanwhile_is_paid_and_says_why_it_was_not_taken_back(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    waiting: Payable,
    monday: time_machine.Traveller,
) -> None:
    cora.approve_all()
    ask(waiting)

    tracking.follow_account(tenant.id, account.id)
    assert NOT_CANCELLED in bills.timeline(waiting)
    deliver(cora)
    follow(account, monday, times=2)

    assert is_paid_once([waiting], account, "1234.56")


def test_a_cancellation_whose_answer_was_lost_ends_taken_back(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    waiting: Payable,
    monday: time_machine.Traveller,
) -> None:
    ask(waiting)
    cora.fault("lose_answer", "/payments/initiate/*", method="DELETE")

    tracking.follow_account(tenant.id, account.id)
    deliver(cora)
    follow(account, monday, times=3)

    assert is_taken_back(waiting)
    assert bills.entries(tenant.id) == 0


def test_of_those_who_look_at_the_same_time_one_asks_the_bank(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, waiting: Payable
) -> None:
    ask(waiting)
    cora.settings(latency_ms=60)

    at_once(lambda: tracking.follow_account(tenant.id, account.id), people=4)

    assert cora.count_requests("/payments/initiate/*", method="DELETE") == 1
    assert is_taken_back(waiting)

"""A TED to a bank that Cora does not know: she answers 500, which tells nothing by itself."""

from dataclasses import replace

import pytest
import time_machine

from banking.models import BankAccount
from payments.states import OrderStatus
from tenants.models import Tenant
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import follow, send
from tests.payments.factories import ITAU

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ted_to_a_bank_that_cora_does_not_know_ends_and_says_why(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    (order,) = send(bills.enter_ted(tenant, destination=replace(ITAU, bank_code="999")))
    assert order.status == OrderStatus.UNKNOWN
    follow(account, monday, times=2)

    (order,) = bills.orders(tenant)
    assert order.status == OrderStatus.REJECTED
    assert "999" in order.message
    assert cora.transfers() == []

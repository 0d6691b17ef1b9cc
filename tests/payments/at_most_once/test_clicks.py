"""Two people who click the same button at the same moment, each in a browser of their own."""

from itertools import cycle

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from payments.models import Payable
from payments.orders.send import send_queued
from payments.states import OrderStatus, PayableStatus
from tenants.models import Role, Tenant, User
from tests.cast import make_member, sign_in
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import make_payable, shown

pytestmark = pytest.mark.django_db(transaction=True)


def browsers(tenant: Tenant, role: Role, people: int = 3) -> list[Client]:
    clients = [Client() for _ in range(people)]
    for client in clients:
        sign_in(client, make_member(tenant, role), tenant)
    return clients


def click_at_once(clients: list[Client], address: str, **form: object) -> None:
    """Everybody gets a page back, be it one that says why not."""
    turns = cycle(clients)
    answers = at_once(lambda: next(turns).post(address, form), people=len(clients))
    assert {getattr(answer, "status_code", answer) for answer in answers} <= {200, 302, 422}


def test_several_who_send_a_bill_at_once_send_it_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    clients = browsers(tenant, Role.FINANCE)

    click_at_once(clients, reverse("payments:send", args=[payable.id]))

    assert len(bills.orders(tenant)) == 1
    send_queued(tenant.id, account.id)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_several_who_send_the_late_ones_at_once_send_each_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in range(1, 6)]
    clients = browsers(tenant, Role.FINANCE)

    click_at_once(clients, reverse("payments:send_late"), payable=[p.id for p in payables])

    assert bills.statuses(tenant) == {OrderStatus.QUEUED: 5}
    send_queued(tenant.id, account.id)
    assert bills.effects(cora) == bills.once_each(tenant)


def test_several_who_approve_at_once_approve_once(tenant: Tenant, operator: User) -> None:
    payable: Payable = make_payable(tenant, by=operator)
    clients = browsers(tenant, Role.APPROVER)

    click_at_once(clients, reverse("payments:approve", args=[payable.id]), shown=shown(payable))

    assert bills.read(payable).status == PayableStatus.APPROVED
    assert bills.timeline(payable).count("Aprovada") == 1


def test_of_one_who_sends_and_one_who_cancels_one_is_heard(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    payable = bills.enter_ted(tenant)
    clients = browsers(tenant, Role.ADMIN, people=2)
    addresses = cycle(reverse(f"payments:{act}", args=[payable.id]) for act in ("send", "cancel"))
    turns = cycle(clients)

    at_once(lambda: next(turns).post(next(addresses)))

    send_queued(tenant.id, account.id)
    is_cancelled = bills.read(payable).status == PayableStatus.CANCELLED
    assert len(cora.orders()) == (0 if is_cancelled else 1)

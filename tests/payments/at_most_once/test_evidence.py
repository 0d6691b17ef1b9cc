"""Orders that only the statement can tell of: a line pays the one it must be of, or none."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from banking.models import BankAccount
from payments.models import Payable
from payments.orders.evidence import match_statement
from payments.states import OrderStatus, PayableStatus
from payments.timeline import DEBIT_SEEN, LEFT_THE_LIST, NEEDS_CHECKING
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import deliver, follow, is_paid_once, order_of, send, sync
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_boleto_that_left_the_list_without_a_word_is_paid_by_its_line_of_the_statement(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()
    follow(account, monday)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.timeline(payable).count(LEFT_THE_LIST) == 1

    sync(account)
    follow(account, monday, times=2)

    assert is_paid_once([payable], account, "1234.56")
    (order,) = bills.orders(tenant)
    assert len(bills.bank_lines(tenant)) == 1
    with tenant_scope(tenant.id):
        assert order.entry is not None
        assert order.entry.date == TODAY


def test_a_boleto_that_left_the_list_and_no_line_pays_calls_a_person(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.refuse_all()
    follow(account, monday)
    sync(account)
    follow(account, monday)
    assert NEEDS_CHECKING not in bills.timeline(payable)

    monday.shift(timedelta(hours=23))  # twice, for the consent's own token lasts a day
    for _ in range(2):
        follow(account, monday)
        monday.shift(timedelta(hours=23))
    follow(account, monday, times=3)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.read(payable).status == PayableStatus.SENT
    assert bills.timeline(payable).count(NEEDS_CHECKING) == 1


def twins(tenant: Tenant, cora: CoraSimulator) -> tuple[Payable, Payable]:
    """Two boletos of one value."""
    lines = [cora.title(15075, TODAY)["digitable"] for _ in range(2)]
    first, second = [bills.enter(tenant, "150.75", destination=line) for line in lines]
    return first, second


def test_of_two_boletos_of_one_value_and_one_line_none_is_guessed_to_be_paid(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    paid, refused = twins(tenant, cora)
    send(paid, refused)
    cora.approve(order_of(paid).reference)
    cora.refuse(order_of(refused).reference)
    sync(account)

    follow(account, monday, times=2)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.entries(tenant.id) == 0

    deliver(cora)
    follow(account, monday)
    assert bills.read(paid).status == PayableStatus.PAID
    assert bills.read(refused).hold == Payable.Hold.REFUSED


def test_a_line_that_may_be_of_an_order_still_in_the_list_pays_no_other(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    refused, approved_later = twins(tenant, cora)
    send(refused, approved_later)
    cora.refuse(order_of(refused).reference)
    follow(account, monday)
    assert LEFT_THE_LIST in bills.timeline(refused)

    cora.approve(order_of(approved_later).reference)
    sync(account)
    follow(account, monday)

    assert bills.read(refused).status == PayableStatus.SENT
    assert bills.entries(tenant.id) == 0


def test_two_boletos_of_one_value_and_two_lines_are_both_paid(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    pair = twins(tenant, cora)
    send(*pair)
    cora.approve_all()
    follow(account, monday)
    sync(account)

    follow(account, monday)

    assert is_paid_once(pair, account, "301.50")
    assert len(set(bills.bank_lines(tenant))) == 2


def test_a_line_that_is_older_than_the_order_does_not_pay_it(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    older = {"type": "DEBIT", "kind": "PAYMENT", "amount": 123456, "day": "2026-11-19"}
    cora.add_entries([older | {"description": "Pagamento de boleto"}])
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.refuse_all()
    follow(account, monday)
    sync(account)

    follow(account, monday)

    assert bills.read(payable).status == PayableStatus.SENT
    assert bills.entries(tenant.id) == 0


def test_reading_the_statement_is_enough_for_a_paid_order_to_have_its_line(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    """A boleto that is paid is followed no more."""
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()
    deliver(cora)
    follow(account, monday)
    assert is_paid_once([payable], account, "1234.56")
    assert bills.bank_lines(tenant) == []

    sync(account)

    assert len(bills.bank_lines(tenant)) == 1
    assert is_paid_once([payable], account, "1234.56")


def test_workers_that_read_the_statement_at_the_same_moment_give_each_order_one_line(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
    settings: Settings,
) -> None:
    """Three are told by the bank's list, two by the statement alone."""
    told = [bills.enter_ted(tenant) for _ in range(3)]
    silent = twins(tenant, cora)
    send(*told, *silent)
    cora.approve_all()
    follow(account, monday)
    settings.ON_STATEMENT_READ = ()  # they come to it together
    sync(account)
    assert bills.bank_lines(tenant) == []

    def match() -> None:
        with tenant_scope(tenant.id):
            match_statement(account)

    assert at_once(match, people=4) == [None] * 4

    assert is_paid_once([*told, *silent], account, "751.50")
    lines = bills.bank_lines(tenant)
    assert len(lines) == len(set(lines)) == 5
    for payable in told:
        assert bills.timeline(payable).count(DEBIT_SEEN) == 1

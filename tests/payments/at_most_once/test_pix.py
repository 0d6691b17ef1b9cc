"""Pix from the Conta Kamino: by key, by account and by copia e cola, on any day."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO
from payments.dispatch.schedule import due_accounts
from payments.models import Payable
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.rails.destinations import Destination
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tests.banking.factories import change, reread
from tests.cora_simulator import BankProcess
from tests.kamino_simulator import KaminoSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.cancellations import ask, is_taken_back
from tests.payments.at_most_once.conftest import NOW
from tests.payments.at_most_once.every_bank import KAMINO, EveryBank
from tests.payments.at_most_once.rounds import follow, is_paid_once, send, sync, tick
from tests.payments.factories import OPEN_CODE, PIX_ACCOUNT, PIX_CODE, PIX_KEY, SUPPLIER, sender

pytestmark = pytest.mark.django_db(transaction=True)

SATURDAY = date(2026, 11, 28)


@pytest.fixture
def bank(
    bank_process: BankProcess, settings: Settings, monday: time_machine.Traveller
) -> EveryBank:
    bank_process.reset(now=NOW)
    settings.KAMINO_BASE_URL = bank_process.addresses["kamino"]
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    bank = KaminoSimulator(bank_process)
    for key in (PIX_KEY.value, "123e4567-e12b-12d1-a456-426655440000"):
        bank.pix_key(key, "Fornecedor Exemplo ME", SUPPLIER)
    return EveryBank(bank_process, KAMINO)


@pytest.fixture
def account(tenant: Tenant, admin: User, bank: EveryBank) -> BankAccount:
    account = bank.connect(tenant, admin)
    change(account, is_preferred=True, modo_banking_from=date(2026, 1, 2))
    found: BankAccount = reread(account)
    return found


def enter_pix(tenant: Tenant, to: Destination = PIX_KEY, **more: Any) -> Payable:
    amount = "1234.56" if to is PIX_CODE else "150.00"
    return bills.enter(tenant, amount, destination=to, **more)


@pytest.mark.parametrize("to", [PIX_KEY, PIX_ACCOUNT, PIX_CODE, OPEN_CODE])
def test_a_pix_is_sent_approved_and_paid_and_has_its_line_of_the_statement(
    to: Destination,
    tenant: Tenant,
    account: BankAccount,
    bank: EveryBank,
    monday: time_machine.Traveller,
) -> None:
    payable = enter_pix(tenant, to)
    send(payable)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)

    bank.approve_all()
    follow(account, monday)
    sync(account)
    follow(account, monday)

    assert is_paid_once([payable], account, str(payable.amount))
    assert bank.executed() == 1
    assert len(bills.bank_lines(tenant)) == 1


def test_a_pix_whose_answer_was_lost_is_found_and_not_sent_again(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    payable = enter_pix(tenant)
    bank.fault("lose_answer")
    send(payable)
    assert bills.all_are(tenant, OrderStatus.UNKNOWN)

    follow(account, monday)
    bank.approve_all()
    follow(account, monday, times=2)

    assert is_paid_once([payable], account, "150.00")
    assert bank.times_asked() == 1


def test_a_pix_may_be_taken_back(tenant: Tenant, account: BankAccount, bank: EveryBank) -> None:
    payable = enter_pix(tenant)
    send(payable)
    ask(payable)

    tracking.follow_account(tenant.id, account.id)

    assert is_taken_back(payable)
    bank.approve_all()
    assert bank.executed() == 0


@pytest.mark.usefixtures("run_tasks_here")
def test_on_a_saturday_pix_goes_and_nothing_else_does(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    pix = enter_pix(tenant, due_date=SATURDAY)
    ted = bills.enter_ted(tenant, due_date=SATURDAY)
    bank.process.set_clock("2026-11-28T07:00:00")

    tick(monday, "06:59", SATURDAY)
    assert bills.runs(tenant) == []
    tick(monday, "07:00", SATURDAY)

    (run,) = bills.runs(tenant)
    assert (run.day, run.left_out) == (SATURDAY, [])
    assert bills.read(pix).status == PayableStatus.SENT
    assert bills.read(ted).status == PayableStatus.APPROVED  # on Monday


def test_by_hand_on_a_saturday_the_pix_of_the_day_goes_and_what_is_overdue_is_left_out(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    pix = enter_pix(tenant, due_date=SATURDAY)
    ted = bills.enter_ted(tenant, due_date=SATURDAY)
    overdue = bills.enter_ted(tenant, "200.00", due_date=date(2026, 11, 27))
    bank.process.set_clock("2026-11-28T10:00:00")
    monday.move_to(datetime(2026, 11, 28, 10, tzinfo=SAO_PAULO))

    call_command("dispatch", by=sender(tenant).user.email, day=SATURDAY)

    (run,) = bills.runs(tenant)
    assert [item["payable"] for item in run.left_out] == [str(overdue.id)]
    assert [order.payable_id for order in bills.orders(tenant)] == [pix.id]
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.read(ted).status == PayableStatus.APPROVED  # on Monday


def test_a_run_of_pix_may_begin_until_the_end_of_the_day(
    tenant: Tenant, account: BankAccount, bank: EveryBank, monday: time_machine.Traveller
) -> None:
    enter_pix(tenant)
    tick_time = NOW.replace(hour=2, day=24, minute=30)  # Monday, 23:30 in São Paulo

    assert due_accounts(tick_time) == [(tenant.id, account.id)]


def test_a_pix_that_the_bank_refuses_is_held_with_its_reason(
    tenant: Tenant, account: BankAccount, bank: EveryBank
) -> None:
    body = '{"type":"about:blank","title":"Chave não encontrada","status":422,"code":"x"}'
    bank.fault("status", status=422, body=body)
    payable = enter_pix(tenant)
    send(payable)

    assert bills.all_are(tenant, OrderStatus.REJECTED)
    assert bills.read(payable).hold == Payable.Hold.REFUSED
    assert send_queued(tenant.id, account.id) == 0

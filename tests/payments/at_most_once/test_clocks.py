"""Clocks that are wrong: beat's, a worker's, a bank's. The day is PostgreSQL's."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.core.management import call_command

from banking.gateway.bank_clock import clocks_off
from banking.models import BankAccount
from banking.statements.sync import sync_account
from brazil.banking_days import SAO_PAULO
from core.clock import clock_difference, is_off
from payments import tasks
from payments.orders.send import send_queued
from payments.states import OrderStatus
from tenants.models import Tenant
from tests.banking.factories import change
from tests.clock import Traveller, moved_by
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.worker_pool import Process, WorkerPool, wait_for
from tests.payments.factories import TODAY, sender

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
both_ways = pytest.mark.parametrize("wrong_by", [-HOUR, HOUR], ids=["behind", "ahead"])


def looks(beat: Process) -> int:
    """How often it asked whose run is to be made."""
    return beat.count("payments.tasks.dispatch_due_accounts")


def wait_for_ticks(beat: Process) -> None:
    before = looks(beat)
    wait_for(lambda: looks(beat) >= before + 2, "beat ticks")


# --- Beat ---------------------------------------------------------------------------------


@both_ways
def test_beat_ticks_on_when_its_clock_is_moved_and_when_it_is_started_again(
    wrong_by: timedelta, workers: WorkerPool
) -> None:
    beat = workers.beat()
    wait_for_ticks(beat)
    beat.set_clock(wrong_by)
    wait_for_ticks(beat)
    beat.kill()

    again = workers.beat(wrong_by=2 * wrong_by)
    wait_for_ticks(again)
    again.set_clock(-wrong_by)
    wait_for_ticks(again)


def test_two_beats_with_wrong_clocks_and_two_workers_of_each_queue_send_the_day_once(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: Traveller,
) -> None:
    monday.move_to(datetime(2026, 11, 23, 7, tzinfo=SAO_PAULO))
    change(account, modo_banking_from=TODAY)
    for amount in range(1, 21):
        bills.enter_ted(tenant, f"{amount}.00")
    workers.one_of_each()
    wrong = workers.one_of_each(wrong_by=DAY)
    for beat in (workers.beat(wrong_by=-DAY), workers.beat(wrong_by=3 * HOUR)):
        wait_for_ticks(beat)

    wait_for(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "all is at the bank")
    assert [run.day for run in bills.runs(tenant)] == [TODAY]
    assert len(bills.orders(tenant)) == 20
    assert bills.effects(cora) == bills.once_each(tenant)
    assert all(worker.is_alive() for worker in wrong)


# --- A machine ----------------------------------------------------------------------------


@both_ways
def test_a_worker_whose_clock_is_wrong_sends_nothing_until_it_is_right(
    wrong_by: timedelta,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    workers: WorkerPool,
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    worker = workers.worker(wrong_by=wrong_by)
    workers.tick_until(lambda: worker.said("machine_clock_off"), "the worker tried")
    wait_for(lambda: bills.orders(tenant)[0].message, "the order says why it waits")
    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert not cora.orders()

    worker.set_clock(timedelta())

    workers.tick_until(lambda: bills.all_are(tenant, OrderStatus.AT_BANK), "it is at the bank")
    assert bills.effects(cora) == bills.once_each(tenant)


@pytest.mark.usefixtures("run_tasks_here", "modo_banking")
def test_the_day_of_a_run_is_postgresqls_and_a_machine_a_day_ahead_sends_none_of_it(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: Traveller
) -> None:
    monday.move_to(datetime(2026, 11, 23, 6, 59, tzinfo=SAO_PAULO))
    bills.enter_ted(tenant)
    bills.enter_ted(tenant, "200.00", due_date=TODAY + DAY)
    with time_machine.travel(datetime(2026, 11, 24, 7, tzinfo=SAO_PAULO)):
        assert is_off(clock_difference())
        tasks.dispatch_due_accounts()
    assert not bills.runs(tenant)

    monday.move_to(datetime(2026, 11, 23, 7, tzinfo=SAO_PAULO))
    with time_machine.travel(datetime(2026, 11, 24, 7, tzinfo=SAO_PAULO)):
        tasks.dispatch_due_accounts()
        call_command("dispatch", by=sender(tenant).user.email)

    assert [run.day for run in bills.runs(tenant)] == [TODAY]
    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert not cora.orders()
    assert not is_off(clock_difference())
    monday.shift(60)
    tasks.sweep_orders()
    assert bills.all_are(tenant, OrderStatus.AT_BANK)


# --- A bank -------------------------------------------------------------------------------


def send(account: BankAccount) -> None:
    send_queued(account.tenant_id, account.id)


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_bank_whose_date_is_wrong_is_sent_nothing_and_is_read(
    minutes: int,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: Traveller,
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    cora.set_date_ahead(moved_by() + timedelta(minutes=minutes))
    assert sync_account(tenant.id, account.id) is not None

    send(account)

    assert bills.all_are(tenant, OrderStatus.QUEUED)
    assert bills.orders(tenant)[0].message
    assert cora.count_requests("/transfers/initiate") == 0
    assert list(clocks_off()) == ["cora"]
    assert sync_account(tenant.id, account.id) is not None

    cora.set_date_ahead(moved_by())
    monday.shift(61)
    send(account)
    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert clocks_off() == {}


def test_what_was_seen_of_a_banks_clock_too_long_ago_is_asked_again_before_anything_is_sent(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: Traveller
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    monday.shift(timedelta(minutes=61))
    cora.set_date_ahead(moved_by() + timedelta(minutes=20))

    send(account)

    assert cora.count_requests("/transfers/initiate") == 0
    assert cora.count_requests("*/balance") == 1


@pytest.mark.parametrize("minutes", [-9, 9])
def test_a_difference_of_some_minutes_stops_nothing(
    minutes: int, tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant)])
    cora.set_date_ahead(moved_by() + timedelta(minutes=minutes))
    with time_machine.travel(timedelta(minutes=-minutes)):
        send(account)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)


def test_the_calendar_of_a_bank_is_not_its_clock(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    cora.advance(2 * 86_400)
    bills.queue([bills.enter_ted(tenant)])

    send(account)

    assert bills.all_are(tenant, OrderStatus.AT_BANK)


def test_a_bank_whose_clock_goes_wrong_in_the_middle_gets_no_further_batch(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator
) -> None:
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in range(1, 101)])
    cora.settings(latency_ms=200)
    sender = Thread(target=send, args=[account])
    sender.start()
    wait_for(lambda: cora.count_requests("/transfers/initiate") > 0, "the first batch leaves")
    cora.set_date_ahead(moved_by() + HOUR)
    sender.join()

    assert bills.statuses(tenant) == {OrderStatus.AT_BANK: 64, OrderStatus.QUEUED: 36}
    assert cora.count_requests("/transfers/initiate") == 64

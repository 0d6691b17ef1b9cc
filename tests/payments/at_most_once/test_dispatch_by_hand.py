"""Modo Banking with a person's help, and with a bank that is down at seven."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from banking.gateway import connect
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant
from tests.banking.factories import change
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.rounds import tick
from tests.payments.factories import PIX_ACCOUNT, TODAY, sender

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("run_tasks_here", "modo_banking"),
]

TOMORROW = TODAY + timedelta(days=1)
SATURDAY = date(2026, 11, 28)


def test_a_run_by_hand_before_seven_does_not_stand_for_the_one_at_seven(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)
    monday.move_to(datetime(2026, 11, 23, 6, tzinfo=SAO_PAULO))
    call_command("dispatch", by=sender(tenant).user.email)
    assert len(cora.orders()) == 1
    bills.enter_ted(tenant, "200.00")

    tick(monday, "07:00:00")
    bills.enter_ted(tenant, "300.00")  # approved after the run
    tick(monday, "07:01:00")

    assert len(cora.orders()) == 2
    assert len(bills.runs(tenant)) == 1


def test_tomorrow_asked_for_today_sends_nothing_before_its_day(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant, due_date=TOMORROW)
    call_command("dispatch", by=sender(tenant).user.email, day=TOMORROW)
    assert not cora.orders()
    bills.enter_ted(tenant, "200.00", due_date=TOMORROW)

    tick(monday, "07:00:00", TOMORROW)

    assert len(cora.orders()) == 2
    assert [run.day for run in bills.runs(tenant)] == [TOMORROW]


def test_a_second_run_by_hand_sends_only_what_came_since(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)
    tick(monday, "07:00:00")
    bills.enter_ted(tenant, "200.00")

    call_command("dispatch", by=sender(tenant).user.email)
    call_command("dispatch", by=sender(tenant).user.email)

    assert bills.effects(cora) == bills.once_each(tenant)
    assert len(cora.orders()) == 2


def test_by_hand_on_a_day_without_settlement_a_ted_is_left_out_with_the_reason(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    monday.move_to(datetime(2026, 11, 28, 10, tzinfo=SAO_PAULO))
    change(account, pix_policy=BankAccount.PixPolicy.TED)
    as_ted = bills.enter(tenant, "150.00", destination=PIX_ACCOUNT, due_date=SATURDAY)

    call_command("dispatch", by=sender(tenant).user.email, day=SATURDAY)

    (run,) = bills.runs(tenant)
    (left_out,) = run.left_out
    assert left_out["payable"] == str(as_ted.id)
    assert "28/11/2026" in left_out["reason"]
    assert not cora.orders()


# --- A bank that is down ------------------------------------------------------------------


@pytest.fixture
def down(cora: CoraSimulator, account: BankAccount, settings: Settings) -> Iterator[None]:
    """Nobody answers at the bank's address."""
    connect._client.cache_clear()
    settings.CORA_BASE_URL = "http://127.0.0.1:9"
    yield
    connect._client.cache_clear()


def test_a_bank_that_is_down_at_seven_gets_the_orders_when_it_is_back(
    down: None,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    settings: Settings,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    for hour in ("07:00:00", "07:02:00", "09:59:00"):
        tick(monday, hour)
    assert bills.all_are(tenant, OrderStatus.QUEUED)

    connect._client.cache_clear()
    settings.CORA_BASE_URL = cora.base_url
    tick(monday, "10:01:00")

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert bills.effects(cora) == bills.once_each(tenant)
    assert bills.read(payable).status == PayableStatus.SENT


@pytest.mark.parametrize("by_hand", [False, True], ids=["by the clock", "«Enviar agora»"])
def test_a_bank_that_is_down_until_the_cut_off_gives_the_bills_back_with_the_reason(
    by_hand: bool,
    down: None,
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    if by_hand:
        monday.move_to(datetime(2026, 11, 23, 9, tzinfo=SAO_PAULO))
        bills.queue([payable])
    for hour in ("10:00:00", "16:59:59"):
        tick(monday, hour)
    assert bills.all_are(tenant, OrderStatus.QUEUED)

    tick(monday, "17:00:00")

    (order,) = bills.orders(tenant)
    assert order.status == OrderStatus.CANCELLED
    assert "17h00" in order.message
    given_back = bills.read(payable)
    assert (given_back.status, given_back.hold) == (PayableStatus.APPROVED, "")
    assert bills.timeline(payable)[-1] == "Não foi enviada"
    assert not cora.orders()


def test_what_is_sent_by_hand_after_the_cut_off_has_until_the_next_one(
    tenant: Tenant,
    account: BankAccount,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    payable = bills.enter_ted(tenant)
    monday.move_to(datetime(2026, 11, 23, 18, tzinfo=SAO_PAULO))
    bills.queue([payable])

    tick(monday, "18:01:00")

    assert bills.all_are(tenant, OrderStatus.AT_BANK)
    assert len(cora.orders()) == 1

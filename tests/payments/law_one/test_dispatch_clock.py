"""Modo Banking by the clock: which minute of which day sends what, once."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from banking.models import BankAccount, Connection
from brazil.banking_days import SAO_PAULO
from payments import tasks
from payments.dispatch import run
from payments.models import Payable
from payments.states import OrderStatus, PayableStatus
from tenants.models import Plan, Tenant
from tenants.scope import tenant_scope
from tests.banking.made import change
from tests.cora_simulator import CoraSimulator
from tests.payments.law_one import bills
from tests.payments.law_one.rounds import tick
from tests.payments.law_one.side_by_side import at_once
from tests.payments.make import TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("run_tasks_here", "modo_banking"),
]

TOMORROW = TODAY + timedelta(days=1)


def test_nothing_leaves_before_seven_and_all_of_the_day_does_at_seven(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)
    bills.enter_boleto(tenant)
    bills.enter_ted(tenant, due_date=TOMORROW)

    tick(monday, "06:59:59")
    assert not bills.runs(tenant)
    assert not cora.orders()

    tick(monday, "07:00:00")
    (run,) = bills.runs(tenant)
    assert (run.day, run.started_by, run.left_out) == (TODAY, None, [])
    assert bills.statuses(tenant) == {OrderStatus.AT_BANK: 2}
    assert bills.effects(cora) == bills.once_each(tenant)


def test_ticks_that_come_twice_or_late_make_no_second_run(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)

    for hour in ("07:00:00", "07:00:00", "07:01:00", "11:30:00", "16:59:00"):
        tick(monday, hour)

    assert len(bills.runs(tenant)) == 1
    assert cora.count_requests("/transfers/initiate") == 1


def test_a_beat_that_was_down_until_ten_still_makes_the_run_once(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)

    tick(monday, "10:00:00")
    tick(monday, "10:01:00")

    assert len(bills.runs(tenant)) == 1
    assert bills.effects(cora) == bills.once_each(tenant)


def test_after_the_cut_off_of_a_rail_its_bills_stay_with_the_reason(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    late = bills.enter_ted(tenant)
    bills.enter_boleto(tenant)

    tick(monday, "17:00:00")

    (run,) = bills.runs(tenant)
    assert run.left_out == [
        {"payable": str(late.id), "reason": "Passou do horário de TED (17h00)."}
    ]
    assert [order.rail for order in bills.orders(tenant)] == [Payable.Method.BOLETO]


@pytest.mark.parametrize("hour", ["20:00:00", "23:59:59"])
def test_after_the_last_cut_off_there_is_no_run(
    hour: str, tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    bills.enter_boleto(tenant)

    tick(monday, hour)

    assert not bills.runs(tenant)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 20),  # Consciência Negra, a Friday
        date(2026, 11, 28),  # Saturday
        date(2026, 11, 29),  # Sunday
        date(2026, 12, 25),
        date(2026, 12, 31),  # no holiday, and yet nothing settles
        date(2027, 2, 9),  # Carnival
    ],
    ids=str,
)
def test_a_day_on_which_banks_do_not_settle_has_no_run(
    day: date, tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant, due_date=day)

    tick(monday, "07:00:00", day)

    assert not bills.runs(tenant)


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2027, 2, 10)], ids=str)
def test_christmas_eve_and_ash_wednesday_have_a_run(
    day: date, tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    tick(monday, "07:00:00", day)

    assert [run.day for run in bills.runs(tenant)] == [day]


def test_a_bill_due_on_a_holiday_leaves_on_the_next_banking_day(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant, due_date=date(2026, 11, 21))  # Saturday, after Friday's holiday

    tick(monday, "07:00:00")

    assert len(cora.transfers()) == 1


@pytest.mark.parametrize(
    "changes",
    [{"modo_banking_from": None}, {"modo_banking_from": TOMORROW}, {"connection": None}],
    ids=["off", "from tomorrow", "not connected"],
)
def test_an_account_that_does_not_take_part_has_no_run(
    changes: dict[str, object],
    tenant: Tenant,
    account: BankAccount,
    monday: time_machine.Traveller,
) -> None:
    bills.enter_ted(tenant)
    change(account, **changes)

    tick(monday, "07:00:00")

    assert not bills.runs(tenant)


def test_a_plan_without_the_bank_has_no_run(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    tick(monday, "07:00:00")

    assert not bills.runs(tenant)


def test_a_lost_connection_has_no_run(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    bills.enter_ted(tenant)
    change(account.connection, status=Connection.Status.LOST)

    tick(monday, "07:00:00")

    assert not bills.runs(tenant)


@pytest.mark.parametrize(
    ("hour", "day", "changes"),
    [
        ("06:30:00", TOMORROW, {}),
        ("20:30:00", TODAY, {}),
        ("09:00:00", date(2026, 11, 28), {}),
        ("07:00:30", TODAY, {"modo_banking_from": None}),
    ],
    ids=["next morning", "night", "Saturday", "switched off since"],
)
def test_a_message_that_comes_when_the_run_is_not_due_makes_none(
    hour: str,
    day: date,
    changes: dict[str, object],
    tenant: Tenant,
    account: BankAccount,
    monday: time_machine.Traveller,
) -> None:
    bills.enter_ted(tenant)
    if changes:
        change(account, **changes)
    monday.move_to(datetime.combine(day, time.fromisoformat(hour), SAO_PAULO))

    tasks.dispatch_account(str(tenant.id), str(account.id))

    assert not bills.runs(tenant)


def test_workers_that_make_the_run_at_once_make_one(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    for amount in range(1, 11):
        bills.enter_ted(tenant, f"{amount}.00")
    monday.move_to(datetime(2026, 11, 23, 7, tzinfo=SAO_PAULO))

    made = at_once(
        lambda: run.dispatch_account(tenant.id, account.id, now=timezone.now()), people=4
    )

    assert sum(run is not None for run in made) == 1
    assert len(bills.runs(tenant)) == 1
    assert len(bills.once_each(tenant)) == 10


def test_a_bill_approved_after_the_run_waits_for_a_person(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    tick(monday, "07:00:00")
    late = bills.enter_ted(tenant)

    for hour in ("07:01:00", "09:00:00", "16:00:00"):
        tick(monday, hour)
    assert not cora.orders()
    assert bills.read(late).status == PayableStatus.APPROVED

    bills.queue([late])
    tick(monday, "16:01:00")
    assert len(cora.orders()) == 1


def test_overdue_bills_are_left_out_with_the_reason_and_held_ones_are_no_part_of_it(
    tenant: Tenant, account: BankAccount, cora: CoraSimulator, monday: time_machine.Traveller
) -> None:
    overdue = bills.enter_ted(tenant, due_date=date(2026, 11, 18))
    held = bills.enter_ted(tenant, "200.00")
    change(held, hold=Payable.Hold.REFUSED)

    tick(monday, "07:00:00")

    (run,) = bills.runs(tenant)
    assert {item["payable"]: item["reason"] for item in run.left_out} == {
        str(overdue.id): "Venceu em 18/11/2026: vencidas só saem com «Enviar agora».",
    }
    assert not cora.orders()

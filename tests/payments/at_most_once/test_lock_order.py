"""Acts that write several rows take them in the order of their ids, so that none wait in a ring.

Each is played against somebody who holds the first of two rows and then wants the second. The rows
lie the other way round, on the disk, by reference and by day: an act that takes them as it finds
them holds the second by then, and PostgreSQL breaks the ring by ending one of the two.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from banking.banks.contract.payments import OrderState
from banking.models import Allocation, BankAccount, BankEvent
from payments.models import PaymentOrder
from payments.orders.evidence import match_statement
from payments.orders.give_back import give_back_what_may_not_leave
from payments.orders.status_polling import close_news, take_news, take_turns_of_paid
from payments.orders.tracking import follow_account
from payments.orders.transitions import Outcome, apply_state, store_outcomes
from payments.orders.unknown import record_unreachable_bank
from payments.states import OrderStatus
from tenants.models import Notice, Role, Tenant
from tenants.notices import withdraw
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_lines, reread
from tests.cast import make_member, make_notice
from tests.clock import Traveller
from tests.payments.at_most_once.database import wait_until_stuck
from tests.payments.factories import (
    SUPPLIER,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
)

pytestmark = pytest.mark.django_db(transaction=True)

Row = PaymentOrder | BankEvent | Notice


@pytest.fixture
def account(tenant: Tenant, monday: Traveller) -> BankAccount:
    return make_bank_account(tenant)


def make_orders(
    account: BankAccount, *statuses: OrderStatus, **changes: object
) -> list[PaymentOrder]:
    """In the order of their ids; the other way round in all else."""
    bills = [make_payable(account.tenant, approved=True, bank_account=account) for _ in statuses]
    orders = [make_order(bill, status) for bill, status in zip(bills, statuses, strict=True)]
    now = timezone.now()
    for place, order in reversed(list(enumerate(orders))):
        sent = {"reference": f"ref-{9 - place}", "first_sent_at": now - timedelta(minutes=place)}
        change(order, **sent | changes)
    return [reread(order) for order in orders]


def make_events(account: BankAccount, orders: list[PaymentOrder]) -> list[BankEvent]:
    with tenant_scope(account.tenant_id):
        events = [
            BankEvent.objects.create(
                tenant_id=account.tenant_id,
                connection=account.connection,
                event_id=order.reference,
                reference=order.reference,
                kind="transfer.completed",
                claims="paid",
            )
            for order in orders
        ]
    for event in reversed(events):
        change(event, kind="transfer.completed")
    return events


def play(act: Callable[[], object], first: Row, second: Row) -> None:
    """Hold the first, let the act come as far as it can, and take the second."""
    table = type(first)._meta.db_table
    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(first.tenant_id):
            hold(first)
            attempt = pool.submit(elsewhere, act)
            wait_until_stuck(table)
            hold(second)
        attempt.result()


def elsewhere(act: Callable[[], object]) -> None:
    """On a database connection of its own, which finds rows as they lie on the disk.

    By which index they are found, and so in what order, is PostgreSQL's choice of the moment.
    """
    ways = ("enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan")
    with database.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET {way} = off")
    try:
        act()
    finally:
        with database.cursor() as cursor:
            for way in ways:
                cursor.execute(f"RESET {way}")
        database.close()


def hold(row: Row) -> None:
    type(row).objects.of(row.tenant_id).select_for_update(no_key=True).get(id=row.id)


def scoped(account: BankAccount, act: Callable[[], object]) -> Callable[[], object]:
    def run() -> None:
        with tenant_scope(account.tenant_id):
            act()

    return run


def pay(orders: list[PaymentOrder]) -> list[PaymentOrder]:
    """The bank has paid them, and they have their entries."""
    for order in orders:
        with tenant_scope(order.tenant_id):
            apply_state(order, OrderState.PAID, source="Uma consulta.", day=TODAY)
    return [reread(order) for order in orders]


def entries_with_a_line(account: BankAccount) -> set[UUID]:
    with tenant_scope(account.tenant_id):
        parts = Allocation.objects.of(account.tenant_id).standing()
        return set(parts.values_list("journal_line__entry", flat=True))


TWO_AT_BANK = (OrderStatus.AT_BANK, OrderStatus.AT_BANK)
TWO_PAID = (OrderStatus.PAID, OrderStatus.PAID)


def test_news_of_open_orders(account: BankAccount) -> None:
    orders = make_orders(account, *TWO_AT_BANK, wait_until=timezone.now())
    make_events(account, orders)

    play(lambda: take_news(account), *orders)

    assert [reread(order).wait_until for order in orders] == [None, None]


def test_news_of_paid_orders(account: BankAccount) -> None:
    orders = make_orders(account, *TWO_PAID)
    news = {order.reference for order in orders}

    play(lambda: take_turns_of_paid(account, timezone.now(), news), *orders)

    assert None not in [reread(order).wait_until for order in orders]


def test_events_that_were_read(account: BankAccount) -> None:
    orders = make_orders(account, *TWO_AT_BANK)
    events = make_events(account, orders)
    news = {order.reference for order in orders}

    play(lambda: close_news(account, news, timezone.now()), *events)

    assert None not in [reread(event).handled_at for event in events]


def test_paid_orders_that_get_their_line(account: BankAccount) -> None:
    orders = pay(make_orders(account, *TWO_AT_BANK))
    make_lines(
        account, "-150.00", "-150.00", day=TODAY, kind="transfer", counterparty_document=SUPPLIER
    )

    play(scoped(account, lambda: match_statement(account)), *orders)

    assert entries_with_a_line(account) == {order.entry_id for order in orders}


def test_orders_that_only_the_statement_tells_of(account: BankAccount) -> None:
    orders = make_orders(account, OrderStatus.UNKNOWN, OrderStatus.UNKNOWN, needs_person=True)
    make_lines(
        account, "-150.00", "-150.00", day=TODAY, kind="transfer", counterparty_document=SUPPLIER
    )

    play(scoped(account, lambda: match_statement(account)), *orders)

    assert {reread(order).status for order in orders} == {OrderStatus.PAID}


def test_orders_that_missed_the_day(account: BankAccount) -> None:
    orders = make_orders(account, OrderStatus.QUEUED, OrderStatus.QUEUED)
    later = timezone.now() + timedelta(days=2)

    play(scoped(account, lambda: give_back_what_may_not_leave(account, later)), *orders)

    assert {reread(order).status for order in orders} == {OrderStatus.CANCELLED}


def test_orders_whose_bank_cannot_be_asked(account: BankAccount) -> None:
    orders = make_orders(account, OrderStatus.UNKNOWN, OrderStatus.UNKNOWN)

    play(scoped(account, lambda: record_unreachable_bank(account, "fora do ar")), *orders)

    assert {reread(order).seen for order in orders} == {"fora do ar"}


def test_what_came_of_a_batch(account: BankAccount) -> None:
    """A sweep took its sender for dead; its late yes is stored while another looks for them."""
    claim = uuid4()
    orders = make_orders(account, OrderStatus.UNKNOWN, OrderStatus.UNKNOWN, claim=claim)
    outcomes = [Outcome(order, OrderStatus.AT_BANK, reference="ref") for order in orders]

    play(lambda: store_outcomes(account.tenant_id, claim, outcomes[::-1]), *orders)

    assert {reread(order).status for order in orders} == {OrderStatus.AT_BANK}


def test_a_round_holds_nothing_from_one_step_to_the_next(account: BankAccount) -> None:
    """It gives a send up, then waits for an order that somebody holds who wants the other."""
    at_bank, sending = make_orders(account, OrderStatus.AT_BANK, OrderStatus.SENDING)
    (paid,) = pay([at_bank])
    long_ago = timezone.now() - timedelta(seconds=settings.SEND_LEASE_SECONDS + 1)
    change(sending, claimed_at=long_ago)
    change(account.connection, status="lost")
    make_lines(account, "-150.00", day=TODAY, kind="transfer", counterparty_document=SUPPLIER)

    play(lambda: follow_account(account.tenant_id, account.id), paid, sending)

    assert reread(sending).status == OrderStatus.UNKNOWN
    assert entries_with_a_line(account) == {paid.entry_id}


def test_notices_that_are_taken_back(tenant: Tenant, account: BankAccount) -> None:
    told = [
        make_notice(tenant, make_member(tenant, Role.ADMIN), subject="assunto") for _ in range(2)
    ]
    for notice in reversed(told):
        change(notice, title=notice.title)

    play(scoped(account, lambda: withdraw(tenant, ["assunto"])), *told)

    assert None not in [reread(notice).closed_at for notice in told]

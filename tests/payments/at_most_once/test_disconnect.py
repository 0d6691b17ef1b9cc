"""An account is undone and redone, with much on its way; real bank, real workers, real kills.

1 000 lines, 40 open bills, 3 orders at the bank and 2 in the queue.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, unclosed_connections
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from payments.dispatch.run import dispatch_account
from payments.models import Payable
from payments.orders.send import send_queued
from payments.orders.tracking import follow_account
from payments.orders.transitions import claim_queued
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread, stored_lines
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.conftest import NOW
from tests.payments.at_most_once.database import CONNECTIONS, locked, wait_until_stuck
from tests.payments.at_most_once.disconnected import (
    connection_of,
    facts,
    later,
    make_busy,
    redo,
    undo_it,
)
from tests.payments.at_most_once.rounds import follow, is_paid_once, send, sync
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "banking_bankaccount"


@pytest.fixture
def busy(account: BankAccount, tenant: Tenant, cora: CoraSimulator) -> BankAccount:
    return make_busy(account, tenant, cora)


def open_bills(tenant: Tenant) -> Counter[str]:
    with tenant_scope(tenant.id):
        return Counter(Payable.objects.of(tenant).values_list("status", flat=True))


def test_an_account_undone_and_redone_is_as_it_was(
    busy: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    before = facts(busy)
    undo_it(busy, tenant, admin)
    close_connection(tenant.id, busy.connection_id)

    assert facts(busy) == before
    assert bills.statuses(tenant) == {"at_bank": 3, "cancelled": 2}
    assert open_bills(tenant) == {"approved": 40, "sent": 3}
    assert connection_of(busy).status == Connection.Status.UNDONE
    assert bytes(connection_of(busy).credentials) == b""

    connection = redo(busy, tenant, admin, cora)
    open_connection(tenant.id, connection.id)
    sync_account(tenant.id, busy.id)

    assert facts(busy) == before
    assert reread(busy).connection_id == connection.id
    assert cora.approve_all() == 3
    change_orders_due(tenant)
    follow_account(tenant.id, busy.id)
    assert bills.statuses(tenant) == {"paid": 3, "cancelled": 2}
    assert len(cora.orders()) == 3
    assert bills.book_balance(busy) == -Decimal("36.00")


def change_orders_due(tenant: Tenant) -> None:
    for order in bills.orders(tenant):
        change(order, wait_until=None)


def test_a_kill_in_the_middle_of_the_undo_and_of_the_redo_changes_nothing(
    busy: BankAccount,
    tenant: Tenant,
    admin: User,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: time_machine.Traveller,
) -> None:
    before = facts(busy)
    undo_it(busy, tenant, admin)
    undone = busy.connection_id
    crash(workers, lambda: workers.broker.send("banking.tasks.close_connection", tenant.id, undone))
    assert unclosed_connections()

    later(monday, cora)
    workers.worker()
    tick(workers, lambda: not unclosed_connections() and is_closed(busy), "it is closed")
    workers.end()
    connection = redo(busy, tenant, admin, cora)
    crash(
        workers,
        lambda: workers.broker.send("banking.tasks.open_connection", tenant.id, connection.id),
        table=ACCOUNTS,
    )
    assert connection_of(busy).id == undone

    later(monday, cora)
    workers.worker()
    tick(workers, lambda: connection_of(busy).id == connection.id, "it is redone")
    workers.broker.send("banking.tasks.sync_account", tenant.id, busy.id)
    tick(workers, lambda: has_read_again(busy, connection), "the statement is read again")
    assert facts(busy) == before
    assert len(cora.orders()) == 3

    cora.approve_all()
    workers.tick_until(
        lambda: bills.statuses(tenant) == {"paid": 3, "cancelled": 2}, "those at the bank are paid"
    )
    assert open_bills(tenant) == {"approved": 40, "paid": 3}
    assert bills.book_balance(busy) == -Decimal("36.00")
    assert len(cora.orders()) == 3


def has_read_again(account: BankAccount, connection: Connection) -> bool:
    return reread(account).synced_at > connection.connected_at


def crash(workers: WorkerPool, send: Callable[[], None], table: str = CONNECTIONS) -> None:
    """A worker dies while it waits for the table."""
    victim = workers.worker()
    with locked(table):
        send()
        wait_until_stuck(table)
        victim.kill()
    workers.broker.flush()


def tick(workers: WorkerPool, look: Callable[[], bool], what: str) -> None:
    def send_and_look() -> bool:
        workers.broker.send("banking.tasks.sync_due_accounts")
        return look()

    workers.tick_until(send_and_look, what)


def is_closed(account: BankAccount) -> bool:
    return not connection_of(account).credentials


def test_a_sender_that_holds_the_connection_claims_nothing_after_the_undo(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    undo_it(account, tenant, admin)
    queue_behind_the_undo(account, tenant)

    assert claim_queued(account) == []


def queue_behind_the_undo(account: BankAccount, tenant: Tenant) -> None:
    """As a run does that read the account just before."""
    change(account.connection, status=Connection.Status.ACTIVE)
    bills.queue([bills.enter_ted(tenant)])
    change(account.connection, status=Connection.Status.UNDONE)


def test_what_was_queued_while_it_was_undone_goes_back_at_the_next_look(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    undo_it(account, tenant, admin)
    queue_behind_the_undo(account, tenant)

    send_queued(tenant.id, account.id)

    (order,) = bills.orders(tenant)
    assert order.status == OrderStatus.CANCELLED
    assert bills.read(order.payable).status == PayableStatus.APPROVED
    assert not cora.orders()


def test_what_was_sent_by_the_old_connection_is_not_repeated_by_the_new_one(
    account: BankAccount,
    tenant: Tenant,
    admin: User,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    cora.lose_next_answer("/payments/initiate")
    payable = bills.enter_boleto(tenant)
    send(payable)
    cora.approve_all()  # no list of the bank shows it any more
    undo_it(account, tenant, admin)
    open_connection(tenant.id, redo(account, tenant, admin, cora).id)

    follow(account, monday, times=2)
    monday.shift(timedelta(hours=2))
    sync(account)
    follow(account, monday, times=2)

    assert cora.count_requests("/payments/initiate") == 1
    assert is_paid_once([payable], account, bills.BOLETO_AMOUNT)


@pytest.mark.usefixtures("modo_banking")
def test_an_undone_account_has_no_run(account: BankAccount, tenant: Tenant, admin: User) -> None:
    bills.enter_ted(tenant)
    undo_it(account, tenant, admin)

    assert dispatch_account(tenant.id, account.id, now=NOW) is None
    assert not bills.orders(tenant)


def test_an_undone_account_keeps_its_lines_and_reads_no_more(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    sync_account(tenant.id, account.id)
    lines = stored_lines(account)
    undo_it(account, tenant, admin)

    assert sync_account(tenant.id, account.id) is None
    assert stored_lines(account) == lines > 0
    assert connection_of(account).is_undone


def test_an_undo_in_the_middle_of_a_sync_stays_and_its_lines_come_once(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    cora.fault("slow_answer", "/bank-statement/*", ms=1500)
    cora.clear_requests()
    with ThreadPoolExecutor(1) as pool:
        syncing = pool.submit(sync_account, tenant.id, account.id)
        wait_for(lambda: cora.count_requests("/bank-statement/*") > 0, "the statement is read")
        undo_it(account, tenant, admin)
        close_connection(tenant.id, account.connection_id)
        syncing.result()
    assert connection_of(account).is_undone
    assert not connection_of(account).credentials
    lines = stored_lines(account)

    connection = redo(account, tenant, admin, cora)
    open_connection(tenant.id, connection.id)
    result = sync_account(tenant.id, account.id)

    assert result is not None
    assert stored_lines(account) == lines + result.new_lines
    assert reread(account).proof == BankAccount.Proof.PROVED

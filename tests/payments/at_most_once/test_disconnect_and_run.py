"""An account is undone while the run of 07:00 is at work in another process.

Whenever the undo comes: what the bank has stays there and is followed again after a redo, what
never left is approved again, and each bill is paid once.
"""

from collections import Counter
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, unclosed_connections
from banking.models import BankAccount
from payments.models import DispatchRun, Payable
from payments.orders.send import send_queued
from payments.orders.transitions import BATCH
from payments.reads.run_summary import Tally, run_notes
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once import bills
from tests.payments.at_most_once.database import ORDERS, locked, wait_until_stuck
from tests.payments.at_most_once.disconnected import later, redo, undo_it
from tests.payments.at_most_once.rounds import follow
from tests.payments.at_most_once.token import let_the_token_end
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("modo_banking"),
]

RUN = "payments.tasks.dispatch_account"
TRANSFERS, TOKEN = "/transfers/initiate", "/oauth/token"

# Starts the run, undoes the account at its moment, and says how the three orders stand then.
Moment = Callable[[Callable[[], None], Callable[[], None], BankAccount, CoraSimulator], None]


def while_the_orders_are_made(
    start: Callable[[], None], undo: Callable[[], None], account: BankAccount, cora: CoraSimulator
) -> None:
    with locked(ORDERS):
        start()
        wait_until_stuck(ORDERS)
        undo()


def after_the_claim(
    start: Callable[[], None], undo: Callable[[], None], account: BankAccount, cora: CoraSimulator
) -> None:
    """Claimed, and no call was made: the sender waits for a token."""
    let_the_token_end(account)
    cora.fault("slow_answer", TOKEN, ms=1500)
    start()
    wait_for(lambda: cora.count_requests(TOKEN) == 1, "the bank is asked for a token")
    undo()


def during_the_calls(
    start: Callable[[], None], undo: Callable[[], None], account: BankAccount, cora: CoraSimulator
) -> None:
    cora.fault("slow_answer", TRANSFERS, times=3, ms=1500)
    start()
    wait_for(lambda: len(cora.orders()) == 3, "the bank has the orders")
    undo()


def during_calls_whose_answers_are_lost(
    start: Callable[[], None], undo: Callable[[], None], account: BankAccount, cora: CoraSimulator
) -> None:
    cora.fault("delay", TRANSFERS, times=3, ms=1500)
    cora.fault("lose_answer", TRANSFERS, times=3)
    start()
    wait_for(lambda: cora.count_requests(TRANSFERS) == 3, "the requests are at the bank")
    undo()


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        (while_the_orders_are_made, {"cancelled": 3}),
        (after_the_claim, {"at_bank": 3}),  # as if the undo had come a second later
        (during_the_calls, {"at_bank": 3}),
        (during_calls_whose_answers_are_lost, {"unknown": 3}),
    ],
)
def test_an_undo_during_the_run_pays_each_bill_once_in_the_end(
    moment: Moment,
    then: dict[str, int],
    account: BankAccount,
    tenant: Tenant,
    admin: User,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: time_machine.Traveller,
) -> None:
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in (1, 2, 3)]
    workers.worker()
    cora.clear_requests()

    moment(
        lambda: workers.broker.send(RUN, tenant.id, account.id),
        lambda: undo_it(account, tenant, admin),
        account,
        cora,
    )
    settle_down(workers, tenant, then)

    given_back = then.get("cancelled", 0)
    assert open_bills(payables) == Counter(approved=given_back, sent=3 - given_back)
    assert len(cora.orders()) == 3 - given_back
    pay_in_the_end(payables, account, tenant, admin, cora, monday)


def test_an_undo_between_two_batches_of_the_run_keeps_the_second_one_here(
    account: BankAccount,
    tenant: Tenant,
    admin: User,
    cora: CoraSimulator,
    workers: WorkerPool,
    monday: time_machine.Traveller,
) -> None:
    payables = [bills.enter_ted(tenant, f"{n}.00") for n in range(1, BATCH + 4)]
    cora.fault("slow_answer", TRANSFERS, times=1, ms=1500)
    workers.worker()

    workers.broker.send(RUN, tenant.id, account.id)
    wait_for(lambda: len(cora.orders()) == BATCH, "the first batch is at the bank")
    undo_it(account, tenant, admin)
    settle_down(workers, tenant, {"at_bank": BATCH, "cancelled": 3})

    (tally,) = tallies(tenant)
    assert (tally.sent, tally.given_back) == (BATCH, 3)
    assert len(cora.orders()) == BATCH
    pay_in_the_end(payables, account, tenant, admin, cora, monday)


def open_bills(payables: list[Payable]) -> Counter[str]:
    return Counter(bills.read(payable).status for payable in payables)


def tallies(tenant: Tenant) -> list[Tally]:
    with tenant_scope(tenant.id):
        runs = DispatchRun.objects.of(tenant)
        return [note.tally for note in run_notes(runs, timezone.now())]


def settle_down(workers: WorkerPool, tenant: Tenant, then: dict[str, int]) -> None:
    """The workers end what they are at, and close the connection."""
    workers.tick_until(lambda: bills.statuses(tenant) == then, f"the orders are {then}")


def pay_in_the_end(
    payables: list[Payable],
    account: BankAccount,
    tenant: Tenant,
    admin: User,
    cora: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    """Redo, follow, send by hand what came back, approve all at the bank: each is paid once."""
    later(monday, cora)
    for pair in unclosed_connections():
        close_connection(*pair)
    connection = redo(account, tenant, admin, cora)
    assert open_connection(tenant.id, connection.id) is not None
    came_back = [p for p in payables if bills.read(p).status == PayableStatus.APPROVED]
    if came_back:
        bills.queue(came_back)
        send_queued(tenant.id, account.id)
    follow(account, monday, times=3)
    assert set(bills.statuses(tenant)) <= {OrderStatus.AT_BANK, OrderStatus.CANCELLED}

    assert cora.approve_all() == len(payables)
    follow(account, monday, times=2)

    assert open_bills(payables) == Counter(paid=len(payables))
    assert bills.entries(tenant.id) == len(payables)
    sent = [o.code for o in bills.orders(tenant) if o.status == OrderStatus.PAID]
    assert bills.effects(cora) == Counter(sent)

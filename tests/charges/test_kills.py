"""A worker dies by SIGKILL at each step of issuing; another takes over. Real processes throughout.

The steps are pinned from outside: by a lock on the table that the worker comes to next, or by a
bank that takes its time.
"""

from collections.abc import Callable
from datetime import timedelta
from time import sleep

import pytest

from banking.models import BankAccount
from charges.models import Slip
from charges.states import SlipStatus
from tenants.scope import tenant_scope
from tests.bs2_simulator import Bs2Simulator
from tests.charges.factories import make_charge
from tests.charges.issued import queue, slip_of
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import Process, WorkerPool, wait_for

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

SLIPS = "charges_slip"
ISSUE = "/v2/invoices/"
LOGGED = ISSUE.rstrip("/")  # as the bank notes it
COUNT = 3
# A slip leaves within a quarter of it: enough for a machine that does other things too.
LEASE = "8"
LEASE_ENDS = timedelta(seconds=9)

Later = Callable[[timedelta], None]
Killing = Callable[[Process, Callable[[], None], CoraSimulator], None]


def before_the_claim(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    with locked(SLIPS):
        send()
        wait_until_stuck(SLIPS)
        victim.kill()
    assert cora.count_requests(LOGGED, method="POST") == 0


def while_the_bank_works(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    cora.fault("delay", ISSUE, method="POST", ms=1500, times=COUNT)
    send()
    asked = lambda: cora.count_requests(LOGGED, method="POST") == COUNT  # noqa: E731
    wait_for(asked, "the requests are at the bank")
    victim.kill()


def after_the_requests_left(victim: Process, send: Callable[[], None], cora: CoraSimulator) -> None:
    cora.fault("slow_answer", ISSUE, method="POST", ms=20_000, times=COUNT)
    send()
    wait_for(lambda: len(cora.invoices()) == COUNT, "the bank has done the work")
    victim.kill()


def before_the_outcome_is_stored(
    victim: Process, send: Callable[[], None], cora: CoraSimulator
) -> None:
    cora.fault("slow_answer", ISSUE, method="POST", ms=1000, times=COUNT)
    send()
    wait_for(lambda: len(cora.invoices()) == COUNT, "the bank has done the work")
    with locked(SLIPS):
        wait_until_stuck(SLIPS)  # the answers are here
        victim.kill()


def test_at_a_bank_without_keys_none_is_issued_twice(
    workers: WorkerPool, at_bs2: BankAccount, bs2: Bs2Simulator, later: Later
) -> None:
    workers.environment |= {"SEND_LEASE_SECONDS": LEASE, "BS2_BASE_URL": bs2.base_url}
    for _ in range(COUNT):
        queue(make_charge(at_bs2.tenant, at_bs2))
    names = (str(at_bs2.tenant_id), str(at_bs2.id))
    workers.broker.flush()
    bs2.fault("slow_answer", "*/boletos/simplificado", ms=20_000, times=COUNT)
    victim = workers.worker()
    workers.broker.send("charges.tasks.issue_queued", *names)
    wait_for(lambda: len(bs2.boletos()) == COUNT, "the bank has done the work")
    victim.kill()
    workers.broker.flush()

    later(LEASE_ENDS)
    workers.worker()

    def tick_and_look() -> bool:
        workers.broker.send("charges.tasks.sweep_charges")
        return are(at_bs2, SlipStatus.UNKNOWN)

    wait_for(tick_and_look, "it is not known what became of them", pause=0.25)
    for _ in range(8):  # and it stays so
        assert tick_and_look()
        sleep(0.5)
    assert len(bs2.boletos()) == COUNT


def are_at_bank(account: BankAccount) -> bool:
    return are(account, SlipStatus.REGISTERING, SlipStatus.OPEN)


def are(account: BankAccount, *statuses: SlipStatus) -> bool:
    with tenant_scope(account.tenant_id):
        slips = Slip.objects.of(account.tenant_id)
        return slips.filter(status__in=statuses).count() == COUNT


@pytest.mark.parametrize(
    "kill",
    [
        before_the_claim,
        while_the_bank_works,
        after_the_requests_left,
        before_the_outcome_is_stored,
    ],
)
def test_a_worker_killed_at_any_step_leaves_one_slip_a_charge(
    kill: Killing, at_cora: BankAccount, cora: CoraSimulator, workers: WorkerPool, later: Later
) -> None:
    workers.environment["SEND_LEASE_SECONDS"] = LEASE
    charges = [make_charge(at_cora.tenant, at_cora) for _ in range(COUNT)]
    for charge in charges:
        queue(charge)
    names = (str(at_cora.tenant_id), str(at_cora.id))
    workers.broker.flush()
    kill(workers.worker(), lambda: workers.broker.send("charges.tasks.issue_queued", *names), cora)
    workers.broker.flush()

    later(LEASE_ENDS)
    workers.worker()

    def tick_and_look() -> bool:
        workers.broker.send("charges.tasks.sweep_charges")
        return are_at_bank(at_cora)

    wait_for(tick_and_look, "all is at the bank", pause=0.25)

    issued = cora.invoices()
    assert len(issued) == COUNT
    assert {each["code"] for each in issued} == {slip_of(charge).code for charge in charges}
    assert {each["id"] for each in issued} == {slip_of(charge).reference for charge in charges}

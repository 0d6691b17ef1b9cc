"""A worker dies by SIGKILL at each step of giving money back; another takes over."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from banking.models import BankAccount
from charges.refunds.send import ASK_AFTER
from charges.states import RefundStatus
from tests.charges.returned import paid_by_pix, refunds, released
from tests.kamino_simulator import KaminoSimulator
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import RIGHT, Process, WorkerPool, wait_for

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

REFUNDS, PATH = "charges_refund", "/v1/charges/*/refunds"
# A refund leaves within a quarter of it: enough for a machine that does other things too.
LEASE = "8"
LEASE_ENDS = timedelta(seconds=9)

Later = Callable[[timedelta], None]
Killing = Callable[[Process, Callable[[], None], KaminoSimulator], None]


def before_the_claim(victim: Process, send: Callable[[], None], kamino: KaminoSimulator) -> None:
    with locked(REFUNDS):
        send()
        wait_until_stuck(REFUNDS)
        victim.kill()
    assert kamino.refunds() == []


def after_the_request_left(
    victim: Process, send: Callable[[], None], kamino: KaminoSimulator
) -> None:
    kamino.fault("slow_answer", PATH, ms=20_000)
    send()
    wait_for(lambda: len(kamino.refunds()) == 1, "the bank has done the work")
    victim.kill()


def before_the_outcome_is_stored(
    victim: Process, send: Callable[[], None], kamino: KaminoSimulator
) -> None:
    kamino.fault("slow_answer", PATH, ms=1000)
    send()
    wait_for(lambda: len(kamino.refunds()) == 1, "the bank has done the work")
    with locked(REFUNDS):
        wait_until_stuck(REFUNDS)  # the answer is here
        victim.kill()


@pytest.mark.parametrize(
    "kill", [before_the_claim, after_the_request_left, before_the_outcome_is_stored]
)
def test_a_worker_killed_at_any_step_gives_money_back_once(
    kill: Killing,
    workers: WorkerPool,
    kamino: KaminoSimulator,
    at_kamino: BankAccount,
    later: Later,
) -> None:
    # The workers come first: with them the banks begin anew.
    workers.environment |= {"SEND_LEASE_SECONDS": LEASE, "KAMINO_BASE_URL": kamino.base_url}
    charge = paid_by_pix(at_kamino, kamino)
    released(charge, "150.00")
    names = (str(at_kamino.tenant_id), str(at_kamino.id))
    workers.broker.flush()
    kill(
        workers.worker(), lambda: workers.broker.send("charges.tasks.send_refunds", *names), kamino
    )
    workers.broker.flush()

    later(LEASE_ENDS)
    worker = workers.worker()

    def tick() -> str:
        workers.broker.send("charges.tasks.sweep_charges")
        (refund,) = refunds(charge)
        return refund.status

    known = (RefundStatus.UNKNOWN, RefundStatus.DONE)
    wait_for(lambda: tick() in known, "who was killed is taken for dead", pause=0.25)
    later(ASK_AFTER)
    worker.set_clock(RIGHT)
    wait_for(lambda: tick() == RefundStatus.DONE, "it is done", pause=0.25)
    (at_bank,) = kamino.refunds()
    assert refunds(charge)[0].reference == at_bank["id"]

"""A worker dies by SIGKILL at each step of ending slips, at all three banks at once; another takes
over. Real processes throughout; steps are pinned as in test_kills.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest

from charges.models import Charge
from charges.states import ChargeStatus
from charges.tracking.cancellation import cancel_charge
from charges.tracking.reissue import change_terms
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import issued_charge, slip_of
from tests.charges.three_banks import AtBank
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import Process, WorkerPool, wait_for

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

SLIPS = "charges_slip"
COUNT = 3  # at each bank: one is cancelled, one written off, one gets another due date
LEASE = "8"  # as in test_kills
NEXT = Decimal("160.00")

Banks = Sequence[AtBank]
Killing = Callable[[Process, Callable[[], None], Banks], None]


def before_it_is_claimed(victim: Process, send: Callable[[], None], banks: Banks) -> None:
    with locked(SLIPS):
        send()
        wait_until_stuck(SLIPS, many=len(banks))
        victim.kill()
    assert [bank.times_asked() for bank in banks] == [0] * len(banks)


def while_the_banks_work(victim: Process, send: Callable[[], None], banks: Banks) -> None:
    for bank in banks:
        bank.fault("delay", ms=1500)
    send()
    wait_for(lambda: are_asked(banks), "the requests are at the banks")
    victim.kill()


def after_the_banks_ended_it(victim: Process, send: Callable[[], None], banks: Banks) -> None:
    for bank in banks:
        bank.fault("slow_answer", ms=20_000)
    send()
    ended = lambda: {len(bank.alive()) for bank in banks} == {COUNT - 1}  # noqa: E731
    wait_for(ended, "the banks have done the work")
    victim.kill()


def before_it_is_stored(victim: Process, send: Callable[[], None], banks: Banks) -> None:
    for bank in banks:
        bank.fault("slow_answer", ms=1500)
    send()
    wait_for(lambda: are_asked(banks), "the requests are at the banks")
    with locked(SLIPS):
        wait_until_stuck(SLIPS, many=len(banks))  # the answers are here
        victim.kill()


def are_asked(banks: Banks) -> bool:
    return all(bank.times_asked() == 1 for bank in banks)


def begin(bank: AtBank) -> tuple[Charge, Charge, Charge]:
    bank.hurry()
    ended, kept, moved = (issued_charge(bank.account) for _ in range(COUNT))
    with tenant_scope(bank.account.tenant_id):
        by = membership(bank.account.tenant)
        cancel_charge(ended, by=by)
        cancel_charge(kept, by=by, still_owed=True)
        change_terms(moved, by=by, due_date=date(2026, 12, 20), amount=NEXT)
    return ended, kept, moved


def is_over(charges: tuple[Charge, Charge, Charge]) -> bool:
    """Each as it was asked for."""
    states = [ChargeStatus.CANCELLED, ChargeStatus.WRITTEN_OFF, ChargeStatus.OPEN]
    return [reread(each).status for each in charges] == states and slip_of(
        charges[2]
    ).amount == NEXT


@pytest.mark.parametrize(
    "kill",
    [before_it_is_claimed, while_the_banks_work, after_the_banks_ended_it, before_it_is_stored],
)
def test_a_worker_killed_while_slips_are_ended_leaves_one_for_what_is_issued_again(
    kill: Killing, workers: WorkerPool, at_banks: Banks
) -> None:
    # The workers come first: with them the banks begin anew.
    workers.environment |= {"SEND_LEASE_SECONDS": LEASE} | {
        f"{slug.upper()}_BASE_URL": bank.simulator.base_url
        for slug, bank in zip(("cora", "bs2", "kamino"), at_banks, strict=True)
    }
    charges = [begin(bank) for bank in at_banks]

    def follow_all() -> None:
        for bank in at_banks:
            names = (bank.account.tenant_id, bank.account.id)
            workers.broker.send("charges.tasks.follow_account", *names)

    workers.broker.flush()
    kill(workers.worker(), follow_all, at_banks)
    workers.broker.flush()
    workers.worker()

    def tick_and_look() -> bool:
        for _ in range(2):  # a message comes twice
            follow_all()
        workers.broker.send("charges.tasks.sweep_charges")
        return all(is_over(each) for each in charges)

    wait_for(tick_and_look, "each has ended as it was asked for", pause=0.5)

    for bank, (_, _, moved) in zip(at_banks, charges, strict=True):
        assert len(bank.slips()) == COUNT + 1
        assert bank.alive() == [slip_of(moved).reference]

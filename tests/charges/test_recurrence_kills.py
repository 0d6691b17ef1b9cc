"""A worker dies by SIGKILL while contracts make their charges, and people click meanwhile."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Recurrence
from charges.recurrences.issue_now import issue_period
from core.clock import database_now
from core.errors import InvalidState
from tenants.scope import tenant_scope
from tests.charges.contracts import make_recurrence
from tests.charges.factories import make_payer, membership
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 6
SLIPS = "charges_slip"


def test_two_workers_a_kill_and_a_click_make_one_charge_a_period(
    at_cora: BankAccount, workers: WorkerPool
) -> None:
    due = sao_paulo_day(database_now()) + timedelta(days=12)
    by, payer = membership(at_cora.tenant), make_payer(at_cora.tenant)
    recurrences = [
        make_recurrence(
            at_cora,
            by=by,
            payer=payer,
            day=due.day,
            first_month=due.replace(day=1),
            days_before=20,
        )
        for _ in range(COUNT)
    ]
    names = str(at_cora.tenant_id)
    workers.broker.flush()
    victim = workers.worker()
    with locked(SLIPS):  # one has its charge, and its slip is about to be written
        workers.broker.send("charges.tasks.generate_recurrences", names)
        wait_until_stuck(SLIPS)
        victim.kill()
    workers.broker.flush()
    workers.worker()
    workers.worker()

    def click() -> None:
        try:
            with tenant_scope(at_cora.tenant_id):
                issue_period(recurrences[-1], due.replace(day=1), by=by)
        except InvalidState:
            pass  # the clock was quicker
        finally:
            connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for _ in range(3):
        workers.broker.send("charges.tasks.generate_recurrences", names)
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    def made() -> int:
        with tenant_scope(at_cora.tenant_id):
            return Charge.objects.of(at_cora.tenant_id).filter(recurrence__isnull=False).count()

    def all_are_made() -> bool:
        workers.broker.send("charges.tasks.sweep_charges")
        return made() >= COUNT

    wait_for(all_are_made, "each period has its charge", pause=0.25)
    assert made() == COUNT
    with tenant_scope(at_cora.tenant_id):
        charges = Charge.objects.of(at_cora.tenant_id)
        assert set(charges.values_list("due_date", flat=True)) == {due}
        assert set(charges.values_list("recurrence_id", flat=True)) == {r.id for r in recurrences}
        assert not Recurrence.objects.of(at_cora.tenant_id).filter(next_due=due).exists()

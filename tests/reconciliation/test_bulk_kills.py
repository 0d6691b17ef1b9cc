"""A worker dies by SIGKILL while many lines are undone; another one goes on where it was."""

import pytest

from audit.models import Record
from audit.verification import verify
from banking.models import StatementLine
from core.clock import database_now
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.bulk.work import unfinished
from reconciliation.matches.amounts import open_parts
from reconciliation.models import BulkAct, BulkLine, Match
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.charges.factories import membership
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for
from tests.payments.factories import make_bank_account
from tests.reconciliation.bulk_acts import begun, drafted, states
from tests.reconciliation.matched import balance
from tests.reconciliation.stacked import entry_given_back, rest_paid

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

WORK = "tests.reconciliation.bulk_process"
# Where a worker is pinned before it dies: a match has ended, an entry is being reversed, all is
# done but the record of it, and the line is to be told as done.
TABLES = ("banking_allocation", "accounts_journalentry", "audit_record", "reconciliation_bulkline")
EACH = 6  # of either kind


def done(bulk: BulkAct) -> int:
    return sum(state == BulkLine.State.DONE for state in states(bulk).values())


def let_the_lease_end(bulk: BulkAct) -> None:
    with tenant_scope(bulk.tenant_id):
        BulkAct.objects.of(bulk.tenant_id).update(leased_until=database_now())


def test_killed_again_and_again_each_match_is_undone_once(
    tenant: Tenant, workers: WorkerPool
) -> None:
    by, account = membership(tenant), make_bank_account(tenant)
    stacks = [build(account, by) for build in (entry_given_back, rest_paid) * EACH]
    bulk = drafted(BulkAct.Kind.UNDO, by, *(each.row for each in stacks))
    begun(bulk, by, together=True)

    for number, table in enumerate(TABLES, start=1):
        with locked(table):
            victim = workers.run(WORK, tenant.id, bulk.id)
            wait_until_stuck(table)
            victim.kill()
        let_the_lease_end(bulk)
        victim = workers.run(WORK, tenant.id, bulk.id)
        wait_for(lambda least=number: done(bulk) >= least, "a line is done", pause=0)
        victim.end()
        let_the_lease_end(bulk)
    workers.run(WORK, tenant.id, bulk.id).wait()

    assert unfinished(database_now()) == []
    assert set(states(bulk).values()) == {BulkLine.State.DONE}
    with tenant_scope(tenant.id):
        lines = {each.id: each.amount for each in StatementLine.objects.of(tenant)}
        assert open_parts(tenant.id, list(lines)) == lines
        matches = set(Match.objects.of(tenant).undone().values_list("id", flat=True))
        assert len(matches) == Match.objects.of(tenant).count() == 4 * EACH
        records = Record.objects.of(tenant).filter(act="match_undone")
        assert sorted(records.values_list("on_id", flat=True)) == sorted(matches)
        bills = Payable.objects.of(tenant).order_by("amount").values_list("status", flat=True)
        assert list(bills) == [PayableStatus.CANCELLED] * EACH + [PayableStatus.PENDING] * EACH
    assert (balance(tenant, account.ledger_account), balance(tenant, "5.5.01")) == (0, 0)
    assert verify(tenant.id).broken == ""

"""The web process that undoes a connection dies by SIGKILL; then somebody clicks again."""

import pytest

from banking.connections.disconnect import unclosed_connections
from banking.models import BankAccount
from tenants.models import Tenant, User
from tests.cora_simulator import CoraSimulator
from tests.payments.law_one import bills
from tests.payments.law_one.database import CONNECTIONS, ORDERS, locked, wait_until_stuck
from tests.payments.law_one.processes import Crew, Process
from tests.payments.law_one.undone import connection_of, facts, make_busy

pytestmark = pytest.mark.django_db(transaction=True)

# The tables that an undo writes to, in its order: waiting for one, it has written those before.
# Behind the last one only the commit is left.
STEPS = [CONNECTIONS, ORDERS, "payments_payable", "payments_payableevent", "audit_record"]


def click(crew: Crew, tenant: Tenant, admin: User, account: BankAccount) -> Process:
    return crew.run("tests.payments.law_one.undo_process", tenant.id, admin.id, account.id)


def test_an_undo_killed_at_any_step_is_not_done_and_the_next_click_does_it(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator, crew: Crew
) -> None:
    busy = make_busy(account, tenant, cora)
    before = facts(busy)
    for table in STEPS:
        with locked(table):
            victim = click(crew, tenant, admin, busy)
            wait_until_stuck(table)
            victim.kill()
        assert connection_of(busy).is_active, table
        assert bills.statuses(tenant) == {"at_bank": 3, "queued": 2}, table
        assert not unclosed_connections()

    assert click(crew, tenant, admin, busy).wait() == 0

    assert connection_of(busy).is_undone
    assert bills.statuses(tenant) == {"at_bank": 3, "cancelled": 2}
    assert facts(busy) == before
    assert len(cora.orders()) == 3

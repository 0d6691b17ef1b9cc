"""Two tabs, and two workers, at one act on many lines."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from banking.models import BankAccount
from core.clock import database_now
from core.errors import InvalidState
from reconciliation.bulk.work import work
from reconciliation.models import BulkAct, BulkLine, Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.reconciliation.bulk_acts import begun, drafted, states
from tests.reconciliation.matched import line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

IGNORE, State = BulkAct.Kind.IGNORE, BulkLine.State


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def apart(act: Callable[[], object]) -> str:
    """In a connection of its own; the code of the refusal, empty when there was none."""
    try:
        act()
    except InvalidState as error:
        return error.code
    finally:
        connection.close()
    return ""


def test_of_two_tabs_that_confirm_one_does(
    itau: BankAccount, ana: Membership, pool: ThreadPoolExecutor
) -> None:
    bulk = drafted(IGNORE, ana, line(itau, "-10.00"))

    with locked("reconciliation_bulkact", "EXCLUSIVE"):
        tabs = [
            pool.submit(apart, lambda said=why: begun(bulk, ana, why=said))
            for why in ("Tarifa", "Estorno")
        ]
        wait_until_stuck("reconciliation_bulkact", many=2)

    assert sorted(each.result(60) for each in tabs) == ["", "begun"]


def test_of_two_workers_each_line_is_done_by_one(
    tenant: Tenant, itau: BankAccount, ana: Membership, pool: ThreadPoolExecutor
) -> None:
    """The first one is slower than its lease."""
    bulk = drafted(IGNORE, ana, *(line(itau, f"-{number}.00") for number in range(1, 5)))
    begun(bulk, ana, why="Não é nossa")

    with locked("reconciliation_matchline"):
        first = pool.submit(apart, lambda: work(tenant.id, bulk.id))
        wait_until_stuck("reconciliation_matchline")
        change(bulk, leased_until=database_now())
        second = pool.submit(apart, lambda: work(tenant.id, bulk.id))
        wait_until_stuck("pg_advisory_xact_lock")
    assert (first.result(60), second.result(60)) == ("", "")

    assert set(states(bulk).values()) == {State.DONE}
    assert reread(bulk).stage == BulkAct.Stage.DONE
    with tenant_scope(tenant.id):
        assert Match.objects.of(tenant).count() == 4

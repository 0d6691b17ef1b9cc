"""The lease of a sync: freed whatever happens, and by its holder alone."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection as database
from django.utils import timezone

from banking import tasks
from banking.models import BankAccount, DailyBalance, UnreadMovement
from banking.statements.continuity import SyncResult
from banking.statements.sync import BROKE_DOWN, sync_account
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import change, reread, stored_lines
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once.worker_pool import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
STATEMENT = "/bank-statement/statement"

SlowWorker = Callable[[], "Future[SyncResult | None]"]


def lease_of(account: BankAccount) -> tuple[UUID | None, object]:
    read = reread(account)
    return read.sync_lease, read.sync_leased_until


def balances(account: BankAccount) -> list[DailyBalance]:
    with tenant_scope(account.tenant_id):
        return list(DailyBalance.objects.of(account.tenant_id).filter(bank_account=account))


@pytest.fixture
def spoiled(account: BankAccount) -> UnreadMovement:
    """What was kept is no JSON, which nothing expects: the sync breaks down."""
    with tenant_scope(account.tenant_id):
        row: UnreadMovement = UnreadMovement.objects.create(
            tenant_id=account.tenant_id,
            bank_account=account,
            key="0" * 64,
            number=1,
            reason="field",
            raw="{",
            seen_since=NOW.date(),
        )
    change(account, unread_movements=1)
    return row


@pytest.fixture
def slow_worker(cora: CoraSimulator, account: BankAccount) -> Iterator[SlowWorker]:
    """A worker on a database connection of its own, which waits for the bank's statement."""

    def work() -> SyncResult | None:
        try:
            return sync_account(account.tenant_id, account.id)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:

        def begin() -> "Future[SyncResult | None]":
            cora.clear_requests()
            cora.fault("slow_answer", STATEMENT, ms=3000)
            working = pool.submit(work)
            wait_for(lambda: cora.count_requests(STATEMENT) == 1, "the statement is asked for")
            return working

        yield begin


def test_a_sync_that_breaks_down_frees_its_account_and_says_so(
    account: BankAccount, spoiled: UnreadMovement
) -> None:
    with pytest.raises(ValueError, match="Expecting property"):
        sync_account(account.tenant_id, account.id)

    assert lease_of(account) == (None, None)
    assert reread(account).sync_error == BROKE_DOWN
    change(spoiled, raw="{}")
    assert sync_account(account.tenant_id, account.id) is not None
    assert reread(account).sync_error == ""


def test_its_traceback_is_in_the_log(
    account: BankAccount, spoiled: UnreadMovement, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        tasks.sync_account.apply(args=[str(account.tenant_id), str(account.id)])

    errors = [record.exc_info for record in caplog.records]
    assert any(error and isinstance(error[1], ValueError) for error in errors)


def test_a_sync_that_ends_frees_its_account(cora: CoraSimulator, account: BankAccount) -> None:
    assert sync_account(account.tenant_id, account.id) is not None
    assert lease_of(account) == (None, None)

    cora.fault("status", STATEMENT, status=500)
    assert sync_account(account.tenant_id, account.id) is None
    assert lease_of(account) == (None, None)


def test_a_worker_whose_account_another_has_by_now_writes_nothing(
    account: BankAccount, slow_worker: SlowWorker
) -> None:
    working = slow_worker()
    other, until = uuid4(), timezone.now() + timedelta(minutes=5)
    change(account, sync_lease=other, sync_leased_until=until, sync_lines=7)

    assert working.result() is None

    read = reread(account)
    assert lease_of(account) == (other, until)
    assert (read.sync_lines, read.sync_error, read.synced_at) == (7, "", None)
    assert (stored_lines(account), balances(account)) == (0, [])


def test_a_worker_whose_account_another_has_read_by_now_writes_nothing(
    account: BankAccount, slow_worker: SlowWorker
) -> None:
    working = slow_worker()
    change(account, sync_leased_until=timezone.now() - timedelta(seconds=1))
    assert sync_account(account.tenant_id, account.id) is not None
    done = reread(account)
    change(account, balance="1.23", sync_error="Do outro.")
    assert not working.done()

    assert working.result() is None

    read = reread(account)
    assert (str(read.balance), read.sync_error) == ("1.23", "Do outro.")
    assert (read.synced_at, read.sync_lines) == (done.synced_at, done.sync_lines)


def test_a_lease_that_nobody_took_is_still_its_holders(
    account: BankAccount, slow_worker: SlowWorker
) -> None:
    working = slow_worker()
    change(account, sync_leased_until=timezone.now() - timedelta(seconds=1))

    assert working.result() is not None
    assert reread(account).synced_at is not None

"""Two people, or a person and a worker, at the same account at the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection as database
from django.utils import timezone

from banking.bank_accounts.settings import Settings, prefer, save_settings
from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, undo_connection
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from core.errors import DomainError, InvalidState
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.made import (
    change,
    granted,
    make_account,
    make_connection,
    reread,
    stored_lines,
)
from tests.cora_simulator import CoraSimulator
from tests.payments.law_one.database import wait_until_stuck
from tests.payments.law_one.processes import wait_for
from tests.payments.law_one.side_by_side import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "banking_bankaccount"
OPENING = Connection.Status.OPENING
WHO_IS_IT = "/third-party/account"


def undo(account: BankAccount, tenant: Tenant, by: User) -> Connection:
    with tenant_scope(tenant.id):
        return undo_connection(account, tenant, by=by, typed=tenant.name)


def opening(tenant: Tenant, by: User, cora: CoraSimulator, **changes: object) -> Connection:
    """A consent that came back; a worker has still to open it."""
    return make_connection(tenant, by, grant=granted(cora), status=OPENING, **changes)


def statuses(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        return sorted(Connection.objects.of(tenant).values_list("status", flat=True))


def preferred(tenant: Tenant) -> list[BankAccount]:
    with tenant_scope(tenant.id):
        return list(BankAccount.objects.of(tenant).filter(is_preferred=True))


def choose(account: BankAccount, tenant: Tenant, by: User) -> BankAccount | None:
    with tenant_scope(tenant.id):
        return prefer(account, by=by)


class Meanwhile(Thread):
    """An act on a database connection of its own, and what came of it."""

    result: object = None

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act

    def run(self) -> None:
        try:
            self.result = self._act()
        except DomainError as error:
            self.result = error
        finally:
            database.close()


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[Meanwhile]:
    """To be started within the block; it has ended when the block has."""
    thread = Meanwhile(act)
    try:
        yield thread
    finally:
        if thread.is_alive():
            thread.join()


# --- Settings ----------------------------------------------------------------------------


def test_of_two_admins_who_save_at_once_the_second_is_told_and_changes_nothing(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    seen = Settings.of(account)
    keep, ted = BankAccount.PixPolicy.KEEP, BankAccount.PixPolicy.TED
    wanted = iter([Settings(ted, False), Settings(keep, True)])

    def save() -> tuple[Settings, list[str]]:
        mine, row = next(wanted), reread(account)
        with tenant_scope(tenant.id):
            return mine, save_settings(row, mine, seen=seen, by=admin, now=timezone.now())

    (first, told_first), (second, told_second) = at_once(save)

    assert [told_first, told_second].count([]) == 1
    assert Settings.of(reread(account)) == (first if not told_first else second)


def test_of_two_accounts_preferred_at_once_one_is(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    others = [make_account(tenant, admin), make_account(tenant, admin)]
    wanted = iter(others)

    before = at_once(lambda: choose(next(wanted), tenant, admin))

    (now,) = preferred(tenant)
    assert now in others
    assert before.count(account) == 1  # the other one was told of the first
    assert set(before) == {account, next(other for other in others if other != now)}


def test_an_account_that_is_being_undone_is_not_made_the_preferred_one(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    other = make_account(tenant, admin)
    with meanwhile(lambda: choose(other, tenant, admin)) as choice, tenant_scope(tenant.id):
        undo_connection(other, tenant, by=admin, typed=tenant.name)
        choice.start()
        wait_until_stuck(ACCOUNTS)

    assert isinstance(choice.result, InvalidState)
    assert "foi desfeito" in str(choice.result)
    assert preferred(tenant) == [account]


def test_an_account_that_is_being_made_the_preferred_one_is_undone_and_stays_preferred(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    other = make_account(tenant, admin)
    with meanwhile(lambda: undo(other, tenant, admin)) as undoing, tenant_scope(tenant.id):
        prefer(other, by=admin)
        undoing.start()
        wait_until_stuck(ACCOUNTS)

    assert isinstance(undoing.result, Connection)
    assert preferred(tenant) == [other]
    assert reread(other.connection).is_undone


# --- Connections -------------------------------------------------------------------------


def test_a_redo_in_two_tabs_ends_with_one_account_and_one_connection(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    sync_account(tenant.id, account.id)
    lines = stored_lines(account)
    close_connection(tenant.id, undo(account, tenant, admin).id)
    tabs = [opening(tenant, admin, cora, redoes=account) for _ in range(2)]

    open_both_at_once(tenant, tabs)

    assert statuses(tenant) == ["active", "lost", "undone"]
    now = reread(account).connection_id
    (other,) = [tab for tab in tabs if tab.id != now]
    assert reread(other).status_reason == "Refeita por uma nova conexão."
    assert bytes(reread(other).credentials) == b""
    at_once(lambda: sync_account(tenant.id, account.id))
    assert stored_lines(account) == lines
    assert reread(account).proof == BankAccount.Proof.PROVED


def test_an_account_that_is_connected_twice_at_once_is_made_once(
    tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    open_both_at_once(tenant, [opening(tenant, admin, cora) for _ in range(2)])

    assert statuses(tenant) == ["active", "lost"]


def open_both_at_once(tenant: Tenant, connections: list[Connection]) -> None:
    turns = iter(connections)
    found = at_once(lambda: open_connection(tenant.id, next(turns).id))
    with tenant_scope(tenant.id):
        assert set(found) == {BankAccount.objects.of(tenant).get()}


def test_an_undo_while_the_redo_is_being_opened_stays(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    change(account.connection, status=Connection.Status.LOST)
    redone = opening(tenant, admin, cora, redoes=account)
    cora.clear_requests()
    cora.fault("slow_answer", WHO_IS_IT, ms=1000)
    with meanwhile(lambda: open_connection(tenant.id, redone.id)) as redoing:
        redoing.start()
        wait_for(lambda: cora.count_requests(WHO_IS_IT) == 1, "the bank is asked whose it is")
        undo(account, tenant, admin)

    assert redoing.result is None
    assert statuses(tenant) == ["failed", "undone"]
    assert "enquanto esta conexão era feita" in reread(redone).status_reason
    assert bytes(reread(redone).credentials) == b""
    assert reread(account).connection_id == account.connection_id

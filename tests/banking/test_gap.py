"""A redo fills the time in between, however long it was, from each bank."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from banking.banks import registry
from banking.connections.begin import connect_by_terms, terms_version
from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection, undo_connection
from banking.models import BankAccount, Connection
from banking.statements.continuity import LONGEST_READING, stretches
from banking.statements.sync import sync_account
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import (
    granted,
    make_bs2_connection,
    make_connection,
    reread,
    stored_lines,
)
from tests.cora_simulator import CoraSimulator

pytestmark = pytest.mark.django_db(transaction=True)

MOVEMENTS = 5
SINCE = date(2026, 4, 1)
OPENING = Connection.Status.OPENING


@dataclass(frozen=True)
class AtBank:
    """A bank of the simulator, and how an account is connected there, each time anew."""

    simulator: Any
    connect: Callable[[], BankAccount | None]


@pytest.fixture
def at_bank(request: pytest.FixtureRequest, tenant: Tenant, admin: User) -> AtBank:
    simulator = request.getfixturevalue(request.param)
    make = {"cora": by_consent, "bs2": by_keys, "kamino": by_terms}[request.param]

    def connect() -> BankAccount | None:
        return open_connection(tenant.id, make(tenant, admin, simulator).id)

    return AtBank(simulator, connect)


def by_consent(tenant: Tenant, admin: User, cora: Any) -> Connection:
    return make_connection(tenant, admin, grant=granted(cora), status=OPENING)


def by_keys(tenant: Tenant, admin: User, bs2: Any) -> Connection:
    bs2.settings(statement_max_days=31)
    return make_bs2_connection(tenant, admin, bs2)


def by_terms(tenant: Tenant, admin: User, kamino: Any) -> Connection:
    mode = registry.info("kamino").modes[0]
    with tenant_scope(tenant.id):
        return connect_by_terms(tenant, "kamino", mode, version=terms_version(mode), by=admin)


@pytest.mark.parametrize("days", [5, 200, 400])
@pytest.mark.parametrize("at_bank", ["cora", "bs2", "kamino"], indirect=True)
def test_what_moved_while_it_was_undone_arrives_once(
    days: int,
    at_bank: AtBank,
    tenant: Tenant,
    admin: User,
    bank_process: CoraSimulator,
    monday: time_machine.Traveller,
) -> None:
    account = at_bank.connect()
    assert account is not None
    assert sync_account(tenant.id, account.id) is not None
    before = stored_lines(account)
    with tenant_scope(tenant.id):
        undone = undo_connection(account, tenant, by=admin, typed=tenant.name)
    close_connection(tenant.id, undone.id)

    for _ in range(MOVEMENTS):
        monday.shift(timedelta(days=days / MOVEMENTS))
        bank_process.advance(timedelta(days=days / MOVEMENTS).total_seconds())
        at_bank.simulator.credit(12_345)
    redone = at_bank.connect()
    assert redone is not None
    assert redone.id == account.id
    result = sync_account(tenant.id, account.id)

    assert result is not None
    assert result.new_lines == MOVEMENTS
    assert stored_lines(account) == before + MOVEMENTS
    assert reread(account).proof == BankAccount.Proof.PROVED


@pytest.mark.parametrize("days", [0, 7, 90, 91, 92, 200, 400])
def test_a_reading_is_cut_into_pieces_that_touch(days: int) -> None:
    until = SINCE + timedelta(days=days)

    pieces = stretches(SINCE, until)

    every_day = [
        first + timedelta(n) for first, last in pieces for n in range((last - first).days + 1)
    ]
    assert every_day == [SINCE + timedelta(days=n) for n in range(days + 1)]
    assert all(last - first <= LONGEST_READING for first, last in pieces)


def test_the_usual_reading_is_one() -> None:
    assert stretches(SINCE, SINCE + LONGEST_READING) == [(SINCE, SINCE + LONGEST_READING)]

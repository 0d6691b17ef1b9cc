"""Two people, two workers, and a sync of the same days at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from banking.banks.contract.statement import StatementPage
from banking.models import StatementFile, StatementLine
from banking.statements.allocation import allocate
from banking.statements.imports.files import begin_apply, begin_undo
from banking.statements.store import store_pages
from core.clock import database_now
from core.errors import InvalidState
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, reread
from tests.banking.imports.making import (
    applied,
    compared,
    csv,
    lines,
    movement,
    ofx,
    states,
    work,
)
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.reconciliation.books import post, posted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]
FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
RENT = ("2026-11-12", "-2300.00", "ALUGUEL")
BOTH = [("11-10", "-1.20"), ("11-12", "-2300.00")]


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as pool:
        yield pool


def apart(act, *arguments):
    """In a connection of its own; the code of the refusal, empty when there was none."""
    try:
        act(*arguments)
    except InvalidState as error:
        return error.code
    finally:
        connection.close()
    return ""


def in_scope(act, file, by):
    with tenant_scope(file.tenant_id):
        act(file, by=by)


def at_once(pool, act, file, *people):
    """All of them come while the file is held, and then one after the other."""
    with locked("banking_statementfile", "EXCLUSIVE"):
        asked = [pool.submit(apart, in_scope, act, file, by) for by in people]
        wait_until_stuck("banking_statementfile", many=len(people))
    return sorted(each.result(60) for each in asked)


def test_of_two_people_who_apply_one_does(other, by, boss, pool):
    file = compared(other, ofx(FEE, RENT), by)

    assert at_once(pool, begin_apply, file, by, boss) == ["", "not_ready"]
    work(file)
    assert lines(other) == BOTH


def test_of_two_people_who_undo_one_does(other, by, boss, pool):
    file = applied(other, ofx(FEE, RENT), by)

    assert at_once(pool, begin_undo, file, by, boss) == ["", "not_ready"]
    work(file)
    assert lines(other) == []


def test_of_two_workers_at_a_file_one_works(other, by, pool):
    file = compared(other, ofx(FEE, RENT), by)
    in_scope(begin_apply, file, by)
    with locked("banking_statementline"):
        first = pool.submit(apart, work, file)
        wait_until_stuck("banking_statementline")
        assert apart_ends_at_once(pool, file)
    first.result(60)

    assert states(file) == ["applied", "applied"]
    assert lines(other) == BOTH


def apart_ends_at_once(pool, file):
    pool.submit(apart, work, file).result(60)
    return True


@pytest.fixture
def at_cora(tenant, admin):
    """An account that a worker reads at the moment."""
    account = make_account(tenant, admin)
    change(account, sync_lease=uuid4(), sync_leased_until=database_now() + timedelta(minutes=9))
    return reread(account)


def told(*rows):
    movements = [movement(*row) for row in rows]
    return [StatementPage(Decimal(0), Decimal(0), movements)]


def test_a_sync_waits_for_a_file_that_is_applied_and_joins_its_lines(at_cora, by, pool):
    file = compared(at_cora, csv(FEE, RENT), by)
    in_scope(begin_apply, file, by)
    with locked("banking_linesource"):
        applying = pool.submit(apart, work, file)
        wait_until_stuck("banking_linesource")
        syncing = pool.submit(apart, store_pages, at_cora, told(FEE, RENT))
        wait_until_stuck("banking_bankaccount")
    applying.result(60)
    syncing.result(60)

    assert lines(at_cora) == BOTH


def test_a_file_waits_for_a_batch_of_a_sync_and_is_compared_anew(at_cora, by, pool):
    file = compared(at_cora, csv(FEE, RENT), by)
    in_scope(begin_apply, file, by)
    with locked("banking_statementline"):
        syncing = pool.submit(apart, store_pages, at_cora, told(FEE, RENT))
        wait_until_stuck("banking_statementline")
        applying = pool.submit(apart, work, file)
        wait_until_stuck("banking_bankaccount")
    syncing.result(60)
    applying.result(60)

    assert states(file) == ["here", "here"]
    assert lines(at_cora) == BOTH


def test_what_stands_for_a_line_at_that_moment_is_undone_with_its_file(other, by, pool):
    file = applied(other, ofx(FEE, RENT), by)
    in_scope(begin_undo, file, by)
    entry = post(other, "-1.20")
    with tenant_scope(other.tenant_id):
        fee = StatementLine.objects.of(other.tenant_id).get(amount="-1.20")
        allocate(fee, posted(other, entry))
        undoing = pool.submit(apart, work, file)
        wait_until_stuck("banking_statementline")

    assert undoing.result(60) == ""
    assert reread(file).status == StatementFile.Status.UNDONE
    assert lines(other) == []

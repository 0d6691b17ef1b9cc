"""A worker dies by SIGKILL in the middle of a stage of a statement file: it is done once."""

import pytest

from audit.models import Record
from audit.verification import verify
from banking.models import LineSource, StatementFile
from banking.statements.imports.files import begin_apply, begin_undo
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.banking.imports.making import applied, compared, csv, lines, ofx, send, states
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import wait_for

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)
FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
SALE = ("2026-11-10", "500.00", "PIX RECEBIDO ALFA")
RENT = ("2026-11-12", "-2300.00", "ALUGUEL")
ALL = [("11-10", "-1.20"), ("11-10", "500.00"), ("11-12", "-2300.00")]
TASK = "banking.tasks.go_on_with_statement"


def killed_at(table, file, workers):
    """A worker dies where it is about to write into the table; others then go on, several times."""
    names = (file.tenant_id, file.id)
    workers.broker.flush()
    victim = workers.worker()
    with locked(table):
        workers.broker.send(TASK, *names)
        wait_until_stuck(table)
        victim.kill()
    workers.broker.flush()
    change(file, leased_until=database_now())  # what it had taken runs out
    for _ in range(2):
        workers.worker()
    for _ in range(3):
        workers.broker.send(TASK, *names)


def ends_as(file, status):
    wait_for(lambda: reread(file).status == status, f"the file is {status}")


def counts(file):
    """Sources of the file, and records of what was done to it."""
    with tenant_scope(file.tenant_id):
        sources = LineSource.objects.of(file.tenant_id).filter(file=file).count()
        records = Record.objects.of(file.tenant_id).filter(act__startswith="statement_").count()
    return sources, records


@pytest.mark.parametrize("table", ["banking_filerow", "banking_statementfile"])
def test_a_kill_while_it_is_read_or_compared_leaves_each_row_once(other, by, workers, table):
    file = send(other, ofx(FEE, SALE, RENT), by)
    killed_at(table, file, workers)

    ends_as(file, StatementFile.Status.READY)
    assert states(file) == ["new"] * 3


@pytest.mark.parametrize(
    "table",
    ["banking_statementline", "banking_linesource", "banking_dailybalance", "audit_record"],
)
def test_a_kill_while_it_is_applied_applies_it_once(other, by, workers, table):
    applied(other, csv(FEE), by)
    file = compared(other, ofx(FEE, SALE, RENT, closing="10.00", on="20261112"), by)
    with tenant_scope(other.tenant_id):
        begin_apply(file, by=by)
    killed_at(table, file, workers)

    ends_as(file, StatementFile.Status.READY)
    assert lines(other) == ALL
    assert states(file) == ["here", "applied", "applied"]
    assert counts(file) == (3, 2)
    assert verify(file.tenant_id).broken == ""


@pytest.mark.parametrize("table", ["banking_linesource", "banking_statementline", "audit_record"])
def test_a_kill_while_it_is_undone_undoes_it_once(other, by, workers, table):
    applied(other, csv(FEE), by)
    file = applied(other, ofx(FEE, SALE, RENT, closing="10.00", on="20261112"), by)
    with tenant_scope(other.tenant_id):
        begin_undo(file, by=by)
    killed_at(table, file, workers)

    ends_as(file, StatementFile.Status.UNDONE)
    assert lines(other) == ALL[:1]
    assert counts(file) == (0, 3)
    assert verify(file.tenant_id).broken == ""

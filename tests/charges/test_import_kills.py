"""A worker dies by SIGKILL in the middle of a batch; somebody enters the same payer meanwhile."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from audit.verification import verify
from brazil.banking_days import sao_paulo_day
from charges.importing.files import begin_import, begin_undo
from charges.importing.stages import go_on
from charges.models import Charge, ImportFile
from charges.states import ChargeStatus
from core.clock import database_now
from parties.models import Payer
from parties.payers import PayerData, enter_payer
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.sheets import CNPJ, CPF, checked, line, rows, states
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for
from tests.payments.factories import make_bank_account

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)
PAYERS = "parties_payer"
COUNT = 5


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    make_bank_account(tenant)
    return membership(tenant)


@pytest.fixture
def file(tenant: Tenant, by: Membership) -> ImportFile:
    """One payer of several charges, and one of one."""
    due = f"{sao_paulo_day(database_now()) + timedelta(days=12):%d/%m/%Y}"
    lines = [line(number=str(n), due=due) for n in range(COUNT - 1)]
    lines.append(line(document=CPF, name="Joana", number="9", due=due))
    return checked(tenant, *lines, by=by)


def killed_in_a_batch(workers: WorkerPool, file: ImportFile) -> None:
    names = (str(file.tenant_id), str(file.id))
    workers.broker.flush()
    victim = workers.worker()
    with locked("charges_chargeevent"):
        workers.broker.send("charges.tasks.go_on_with_import", *names)
        wait_until_stuck("charges_chargeevent")
        victim.kill()
    workers.broker.flush()
    with tenant_scope(file.tenant_id):  # what it had taken runs out
        ImportFile.objects.of(file.tenant_id).filter(id=file.id).update(leased_until=database_now())
    for _ in range(2):
        workers.worker()
    for _ in range(3):
        workers.broker.send("charges.tasks.go_on_with_import", *names)


def charges_that_are(file: ImportFile, status: ChargeStatus) -> int:
    with tenant_scope(file.tenant_id):
        return Charge.objects.of(file.tenant_id).filter(status=status).count()


def test_a_kill_in_a_batch_imports_each_row_once(
    file: ImportFile, by: Membership, workers: WorkerPool
) -> None:
    with tenant_scope(file.tenant_id):
        begin_import(file, by=by)
    killed_in_a_batch(workers, file)

    wait_for(lambda: reread(file).imported_at, "the rest is imported")
    assert states(file) == ["imported"] * COUNT
    assert charges_that_are(file, ChargeStatus.DRAFT) == COUNT
    with tenant_scope(file.tenant_id):
        assert Payer.objects.of(file.tenant_id).count() == 2
    assert verify(file.tenant_id).broken == ""


def test_a_kill_in_a_batch_undoes_each_row_once(
    file: ImportFile, by: Membership, workers: WorkerPool
) -> None:
    with tenant_scope(file.tenant_id):
        begin_import(file, by=by)
    while go_on(file.tenant_id, file.id):
        pass
    with tenant_scope(file.tenant_id):
        begin_undo(reread(file), by=by)
    killed_in_a_batch(workers, file)

    wait_for(lambda: reread(file).undone_at, "the rest is undone")
    assert states(file) == ["undone"] * COUNT
    assert charges_that_are(file, ChargeStatus.CANCELLED) == COUNT
    assert verify(file.tenant_id).broken == ""


def test_a_payer_who_is_entered_while_a_batch_is_made_is_taken_as_they_are(
    file: ImportFile, by: Membership
) -> None:
    with tenant_scope(file.tenant_id):
        begin_import(file, by=by)

    def import_all() -> None:
        while go_on(file.tenant_id, file.id):
            pass
        connection.close()

    importing = Thread(target=import_all)
    with tenant_scope(file.tenant_id):
        # Written, and not yet committed: the batch finds nobody, and waits to enter them.
        known = enter_payer(file.tenant, PayerData("Padaria", CNPJ), by=by)
        importing.start()
        wait_until_stuck(PAYERS)
    importing.join()

    assert states(file) == ["imported"] * COUNT
    assert {row.payer_id for row in rows(file)[:-1]} == {known.id}
    assert [row.payer_fate for row in rows(file)] == [""] * (COUNT - 1) + ["made"]

"""Many charges in one PDF: at once while they are few, else apart from the request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from brazil.banking_days import sao_paulo_day
from charges.documents.sheets import pdf_of_charges, printable
from charges.models import Charge, PrintJob
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidInput, InvalidState
from core.lease import is_due
from tenants.models import Membership
from tenants.scope import across_tenants, tenant_scope

AT_ONCE = 50  # a page takes some 20 ms
MOST = 2000
KEPT = timedelta(days=1)
# A worker that has not made it by then is taken for dead.
MAKING = timedelta(minutes=5)


def ids_of_group(charge: Charge) -> list[UUID]:
    """The instalments that were sold together, the first one first; else the charge alone."""
    if charge.instalment_group is None:
        return [charge.id]
    group = Charge.objects.of(charge.tenant_id).filter(instalment_group=charge.instalment_group)
    return list(group.order_by("instalment_number").values_list("id", flat=True))


def print_now(tenant_id: UUID, ids: Sequence[UUID]) -> tuple[bytes, int]:
    """The PDF and how many of them are in it; a charge that cannot be paid now is not.

    Runs inside the company's scope.

    Raises:
        InvalidState: (code `not_printable`) none of them can be paid now.
    """
    pairs = printable(tenant_id, ids, sao_paulo_day(database_now()))
    if not pairs:
        raise InvalidState(
            "Nenhuma destas cobranças pode ser paga agora: só se imprime o que o banco já "
            "registrou e ainda aceita.",
            code="not_printable",
        )
    return pdf_of_charges(pairs), len(pairs)


def ask_for_print(ids: Sequence[UUID], *, by: Membership) -> PrintJob:
    """Have a worker make it. Every member may: it tells what they see.

    Raises:
        InvalidInput: there are too many.
    """
    if len(ids) > MOST:
        raise InvalidInput(f"São {len(ids)} cobranças; imprima até {MOST} de cada vez.")
    job: PrintJob = PrintJob.objects.create(
        tenant_id=by.tenant_id, created_by=by.user, charges=[str(each) for each in ids]
    )
    enqueue("charges.tasks.make_print", str(by.tenant_id), str(job.id))
    return job


def waiting_prints(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, job) of each that nobody makes, and those to be thrown away."""
    with across_tenants():
        rows = PrintJob.objects.filter(is_due(now), done_at=None)
        return list(rows.values_list("tenant_id", "id"))


def make_print(tenant_id: UUID, job_id: UUID) -> bool:
    """False when it is made, or another worker makes it. To be called outside of scopes."""
    now = database_now()
    with tenant_scope(tenant_id):
        mine = PrintJob.objects.of(tenant_id).filter(id=job_id, done_at=None)
        if not mine.filter(is_due(now)).update(wait_until=now + MAKING):
            return False
        ids = [UUID(each) for each in mine.get().charges]
        pairs = printable(tenant_id, ids, sao_paulo_day(now))
    content = pdf_of_charges(pairs) if pairs else None
    with tenant_scope(tenant_id):
        told = {"sheets": len(pairs), "content": content, "done_at": database_now()}
        return bool(mine.update(**told))


def purge_prints(now: datetime) -> int:
    """Throw away what was made a day ago. To be called outside of scopes."""
    with across_tenants():
        old = PrintJob.objects.filter(created_at__lt=now - KEPT)
        owners = set(old.values_list("tenant_id", flat=True))
    thrown = 0
    for tenant_id in owners:
        with tenant_scope(tenant_id):
            mine = PrintJob.objects.of(tenant_id).filter(created_at__lt=now - KEPT)
            thrown += mine.delete()[0]
    return thrown

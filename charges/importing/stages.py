"""The work on a file, a batch at a time: read, check, then (when a person says so) import or undo.

What is done is in the rows, so a worker that is killed leaves the rest to the next one, and a row
is imported once whoever comes second. To be called outside of scopes.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.importing.apply import import_batch
from charges.importing.check import Checker, store_all
from charges.importing.files import hold
from charges.importing.reader import ReadFile, read_file
from charges.importing.rows import rows_of
from charges.importing.undo import undo_batch
from charges.models import ImportFile, ImportRow
from core import deadline, lease
from core.clock import database_now
from core.errors import InvalidInput
from core.text import shorten
from tenants.acting import acting_member
from tenants.models import Membership
from tenants.scope import across_tenants, tenant_scope

Status, State, Fate = ImportFile.Status, ImportRow.State, ImportRow.PayerFate
LASTS = timedelta(seconds=60)
BATCH = 250
# A file that ends whoever reads it is not read for ever.
MOST_ATTEMPTS = 4
NO_MORE_ACCESS = "Parou: quem pediu não tem mais permissão para lançar cobranças."


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, file) of each one with something to do, and nobody who does."""
    with across_tenants():
        files = ImportFile.objects.filter(lease.is_free(now), status__in=ImportFile.AT_WORK)
        return list(files.values_list("tenant_id", "id").order_by("created_at"))


def go_on(tenant_id: UUID, file_id: UUID) -> bool:
    """Work on a file until it is done or the time is up. True: there is more to do."""
    mine = ImportFile.objects.of(tenant_id).filter(id=file_id, status__in=ImportFile.AT_WORK)
    with tenant_scope(tenant_id):
        token = lease.take(mine, LASTS, attempts=F("attempts") + 1)
    if token is None:
        return False
    try:
        while True:
            is_more = step(tenant_id, file_id)
            with tenant_scope(tenant_id):
                until = database_now() + LASTS
                is_ours = mine.filter(lease=token).update(leased_until=until, attempts=0)
            if not is_more or not is_ours or deadline.is_over():
                return is_more
    finally:
        with tenant_scope(tenant_id):
            lease.give_back(ImportFile.objects.of(tenant_id).filter(id=file_id), token)


def step(tenant_id: UUID, file_id: UUID) -> bool:
    """One batch. False: nothing is left for a worker."""
    with tenant_scope(tenant_id):
        file = ImportFile.objects.of(tenant_id).select_related("tenant").get(id=file_id)
    match file.status:
        case Status.READING:
            return read(file)
        case Status.CHECKING:
            return check(file)
        case Status.IMPORTING | Status.UNDOING:
            return act(file)
    return False


def read(file: ImportFile) -> bool:
    if file.attempts > MOST_ATTEMPTS:
        return refuse(file, "Não foi possível ler este arquivo: salve-o de novo como «.xlsx».")
    assert file.content is not None
    try:
        found = read_file(bytes(file.content), file.kind)
    except InvalidInput as error:
        return refuse(file, str(error))
    with tenant_scope(file.tenant_id):
        held = hold(file)
        if held.status == Status.READING:
            store_rows(held, found)
    return True


def refuse(file: ImportFile, sentence: str) -> bool:
    with tenant_scope(file.tenant_id):
        reading = ImportFile.objects.of(file.tenant_id).filter(id=file.id, status=Status.READING)
        reading.update(status=Status.REFUSED, fault=shorten(sentence, 300), content=None)
    return False


def store_rows(held: ImportFile, found: ReadFile) -> None:
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                tenant_id=held.tenant_id,
                file=held,
                line=row.line,
                cells=row.cells,
                unread=row.unread,
                remarks=row.remarks,
            )
            for row in found.rows
        ),
        batch_size=500,
    )
    held.sheet, held.columns, held.ignored = found.sheet, list(found.columns), list(found.ignored)
    held.content, held.status = None, Status.CHECKING
    held.save(update_fields=["sheet", "columns", "ignored", "content", "status"])


def check(file: ImportFile) -> bool:
    with tenant_scope(file.tenant_id):
        held = hold(file)
        if held.status != Status.CHECKING:
            return True
        rows = list(rows_of(held).filter(state=State.UNCHECKED).order_by("line")[:BATCH])
        checker = Checker(held, file.tenant, sao_paulo_day(database_now()))
        store_all(checker.check(rows))
        if len(rows) < BATCH:
            held.status = Status.READY
            held.save(update_fields=["status"])
        return len(rows) == BATCH


def act(file: ImportFile) -> bool:
    """What the person who asked for it does, as far as their role in the company goes by now."""
    by = acting_of(file)
    if by is None:
        return stop(file)
    batch = import_batch if file.status == Status.IMPORTING else undo_batch
    if batch(file, by):
        return True
    with tenant_scope(file.tenant_id):
        finish(hold(file), by)
    return False


def acting_of(file: ImportFile) -> Membership | None:
    with tenant_scope(file.tenant_id):
        by = acting_member(file.tenant_id, file.acting_id)
    return by if by is not None and by.can_enter else None


def stop(file: ImportFile) -> bool:
    with tenant_scope(file.tenant_id):
        held = hold(file)
        if held.status in {Status.IMPORTING, Status.UNDOING}:
            held.status, held.fault = Status.READY, NO_MORE_ACCESS
            held.save(update_fields=["status", "fault"])
    return False


@transaction.atomic
def finish(held: ImportFile, by: Membership) -> None:
    rows, now = rows_of(held), database_now()
    said = {
        "Arquivo": held.name,
        "Linhas importadas": str(rows.filter(state=State.IMPORTED).count()),
    }
    if held.status == Status.IMPORTING:
        held.status, held.imported_at = Status.READY, now
        said["Linhas que ficaram de fora"] = str(rows.exclude(state=State.IMPORTED).count())
        what = Act.CHARGES_IMPORTED
    elif held.status == Status.UNDOING:
        held.status, held.undone_at = Status.UNDONE, now
        said = {
            "Arquivo": held.name,
            "Linhas desfeitas": str(rows.filter(state=State.UNDONE).count()),
            "Linhas mantidas": str(rows.filter(state=State.IMPORTED).count()),
            "Pagadores arquivados": str(rows.filter(payer_fate=Fate.WITHDRAWN).count()),
        }
        what = Act.IMPORT_UNDONE
    else:
        return  # another worker did
    held.save(update_fields=["status", "imported_at", "undone_at"])
    record(what, on=held, by=by.user, after=said)

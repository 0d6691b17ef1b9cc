"""Files that people send: stored as they came, imported, undone or discarded by an act.

The request only writes the row; a worker does the rest (charges/importing/stages.py).
"""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Account
from banking.models import BankAccount
from charges.drafts.draft import check_classification, require_enterer
from charges.importing.reader import BOUNDS
from charges.importing.rows import rows_of
from charges.models import ImportFile, ImportRow
from core.enqueue import enqueue
from core.errors import InvalidState
from core.spreadsheet import check_size, is_xlsx
from core.text import clean, shorten
from tenants.models import Membership, Tenant

Kind, Status, State = ImportFile.Kind, ImportFile.Status, ImportRow.State
# What checking a row made of it.
CHECKED = (State.WRONG, State.DOUBTFUL, State.GOOD, State.KNOWN)
TASK = "charges.tasks.go_on_with_import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file as it came, and what rows are given that do not say it."""

    kind: str
    name: str
    content: bytes
    bank_account: BankAccount | None = None
    revenue_account: Account | None = None


class KnownFile(InvalidState):
    """The same file is here already; `file` is that import."""

    def __init__(self, message: str, file: ImportFile) -> None:
        super().__init__(message, code="known_file")
        self.file = file


@transaction.atomic
def receive_file(tenant: Tenant, sent: Sent, *, by: Membership) -> ImportFile:
    """Store a file, to be read by a worker. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `file`) it is no spreadsheet, as its first bytes tell, or too large.
        KnownFile: the same file is here already, and was neither undone nor discarded.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    check_size(sent.content, BOUNDS)
    is_xlsx(sent.content)
    if sent.revenue_account is not None:
        check_classification(sent.revenue_account)
    digest = hashlib.sha256(sent.content).hexdigest()
    try:
        with transaction.atomic():
            file: ImportFile = ImportFile.objects.create(
                tenant=tenant,
                kind=Kind(sent.kind),
                name=shorten(clean(sent.name) or "planilha", 120),
                digest=digest,
                content=sent.content,
                bank_account=sent.bank_account,
                revenue_account=sent.revenue_account,
                created_by=by.user,
            )
    except IntegrityError:
        known = ImportFile.objects.of(tenant).filter(kind=sent.kind, digest=digest)
        raise KnownFile(
            "Este arquivo já foi enviado. Desfaça ou descarte a importação dele para enviar de "
            "novo.",
            known.exclude(status__in=ImportFile.OVER).get(),
        ) from None
    enqueue(TASK, str(tenant.id), str(file.id))
    return file


@transaction.atomic
def begin_import(file: ImportFile, *, by: Membership) -> int:
    """Have the good rows imported. Returns how many there are.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over; (code `nothing_good`) no row is.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = hold_ready(file)
    count: int = rows_of(held).filter(state=State.GOOD).count()
    if not count:
        raise InvalidState("Nenhuma linha está pronta para importar.", code="nothing_good")
    start(held, Status.IMPORTING, by)
    return count


@transaction.atomic
def check_all_again(file: ImportFile, *, by: Membership) -> None:
    """Have every row checked that is not imported: accounts, payers or classifications may be here
    by now that were not. Answers to doubts stay.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = hold_ready(file)
    rows_of(held).filter(state__in=CHECKED).update(state=State.UNCHECKED)
    start(held, Status.CHECKING, by)


@transaction.atomic
def begin_undo(file: ImportFile, *, by: Membership) -> int:
    """Have what was imported withdrawn, where nothing was done with it since. Returns of how many
    rows.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over; (code `nothing_imported`).
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = hold_ready(file)
    imported = rows_of(held).filter(state=State.IMPORTED)
    count: int = imported.update(stays="")
    if not count:
        raise InvalidState("Nada desta planilha foi importado.", code="nothing_imported")
    start(held, Status.UNDOING, by)
    return count


@transaction.atomic
def discard_file(file: ImportFile, *, by: Membership) -> None:
    """Forget a file of which nothing was imported, with all that was in it.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over; (code `imported`) something was.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = hold_ready(file)
    if rows_of(held).filter(state__in=[State.IMPORTED, State.UNDONE]).exists():
        raise InvalidState("Parte desta planilha já foi importada: desfaça-a.", code="imported")
    rows_of(held).delete()
    held.status = Status.DISCARDED
    held.save(update_fields=["status"])


def hold_ready(file: ImportFile) -> ImportFile:
    """The file, held until the transaction ends.

    Raises:
        InvalidState: (code `not_ready`) a worker is at it, or it is over.
    """
    held = hold(file)
    if held.status != Status.READY:
        raise InvalidState(
            f"Esta importação consta como «{held.get_status_display().lower()}»: atualize a "
            "página.",
            code="not_ready",
        )
    return held


def hold(file: ImportFile) -> ImportFile:
    held: ImportFile = (
        ImportFile.objects.of(file.tenant_id).select_for_update(no_key=True).get(id=file.id)
    )
    return held


def start(held: ImportFile, status: str, by: Membership) -> None:
    held.status, held.acting, held.fault = status, by.user, ""
    held.save(update_fields=["status", "acting", "fault"])
    enqueue(TASK, str(held.tenant_id), str(held.id))

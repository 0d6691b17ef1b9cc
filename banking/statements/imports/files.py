"""Statement files: stored as they came, then applied, undone or discarded by an act of a person.

The request only writes rows; a worker does the rest (banking/statements/imports/stages.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from banking.models import BankAccount, ColumnMap, FileChunk, FileRow, StatementFile
from banking.statements.files.columns import Columns
from banking.statements.imports.columns import digest_of_headings
from banking.statements.imports.content import digest_of, store_content
from banking.statements.imports.proved_days import proved_days
from core.enqueue import enqueue
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import clean, shorten
from tenants.models import Membership, TenantQuerySet

Status, State, Doubt, Answer = StatementFile.Status, FileRow.State, FileRow.Doubt, FileRow.Answer
TASK = "banking.tasks.go_on_with_statement"
LARGEST = 320 * 1024 * 1024  # a million lines; the page takes less, for it holds them in memory
Pieces = Callable[[], Iterable[bytes]]


class KnownFile(InvalidState):
    """The same file is here already; `file` is that import."""

    def __init__(self, file: StatementFile) -> None:
        super().__init__(f"«{file.name}» já foi enviado a esta conta.", code="known_file")
        self.file = file


def require_importer(by: Membership) -> None:
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite enviar extratos.", code="wrong_role")


@transaction.atomic
def receive_file(
    account: BankAccount, *, name: str, pieces: Pieces, by: Membership
) -> StatementFile:
    """Store a file, to be read by a worker. `pieces` may be asked for twice. Runs inside the
    company's scope.

    Raises:
        InvalidInput: (field `file`) it is empty or too large.
        KnownFile: the same file is here already, and was neither undone nor discarded.
        NotAllowed: `by` does not work on the statement.
    """
    require_importer(by)
    digest, size = digest_of(pieces())
    if not size:
        raise InvalidInput("O arquivo está vazio.", field="file", code="empty")
    if size > LARGEST:
        raise InvalidInput(
            f"O arquivo passa de {LARGEST // 1024 // 1024} MB. Exporte um período menor.",
            field="file",
            code="too_large",
        )
    known = StatementFile.objects.of(account.tenant_id).filter(
        bank_account=account, digest=digest, part=1
    )
    try:
        with transaction.atomic():
            file: StatementFile = StatementFile.objects.create(
                tenant_id=account.tenant_id,
                bank_account=account,
                name=shorten(clean(name) or "extrato", 120),
                digest=digest,
                created_by=by.user,
            )
    except IntegrityError:
        raise KnownFile(known.exclude(status__in=StatementFile.OVER).get()) from None
    store_content(file, pieces())
    nudge(file)
    return file


@transaction.atomic
def say_columns(file: StatementFile, columns: Columns, *, by: Membership) -> None:
    """Which column is which: remembered for the account's files with these headings, if it has any.

    Raises:
        InvalidState: (code `not_mapping`) the columns of the file are not asked for.
    """
    require_importer(by)
    held = hold(file)
    if held.status != Status.MAPPING:
        raise InvalidState("As colunas deste arquivo já foram informadas.", code="not_mapping")
    told = asdict(columns)
    held.columns = {key: value for key, value in told.items() if value is not None}
    held.status, held.attempts = Status.READING, 0
    held.save(update_fields=["columns", "status", "attempts"])
    if columns.headings:
        ColumnMap.objects.update_or_create(
            tenant_id=held.tenant_id,
            bank_account_id=held.bank_account_id,
            headings=digest_of_headings(columns.headings),
            defaults={"columns": held.columns, "said_by": by.user},
        )
    nudge(held)


@transaction.atomic
def answer_doubts(
    file: StatementFile,
    asked: Sequence[UUID] | FileRow.Question,
    answer: str,
    *,
    by: Membership,
    why: str = "",
) -> int:
    """Say of doubtful rows, or of all that ask the same and wait for an answer, whether they are
    what they seem to be. Returns of how many. A row of a day that the bank's API has proved enters
    with a reason, by an admin alone, whatever the doubt is.

    Raises:
        InvalidInput: (field `why`) there is no reason.
        InvalidState: (code `not_ready`) a worker is at the file, or it is over.
        NotAllowed: (code `admin_only`).
    """
    require_importer(by)
    held = hold_ready(file)
    if isinstance(asked, FileRow.Question):
        rows = rows_of(held).filter(asks(asked))
    else:
        rows = rows_of(held).filter(state=State.DOUBTFUL, id__in=asked)
    if answer == Answer.TWO and on_proved_days(held, rows).exists():
        require_admin_with_reason(held, by, why)
    return rows.update(answer=Answer(answer))


def require_admin_with_reason(held: StatementFile, by: Membership, why: str) -> None:
    if not by.is_admin:
        raise NotAllowed(
            "O banco já confirmou este dia: só um administrador inclui outra linha nele.",
            code="admin_only",
        )
    reason = shorten(clean(why), 300)
    if not reason:
        raise InvalidInput(
            "Diga por que a linha entra num dia que o banco já confirmou.",
            field="why",
            code="required",
        )
    held.why = reason
    held.save(update_fields=["why"])


@transaction.atomic
def begin_apply(file: StatementFile, *, by: Membership, is_of_account: bool = False) -> int:
    """Have the new rows stored. Returns how many there are. Doubtful ones that nobody answered stay
    out. `is_of_account`: the person says that the file is this account's, where that is in doubt.

    Raises:
        InvalidInput: (field `is_of_account`) whose file it is has to be said first.
        InvalidState: (code `not_ready`) it is at work, or over; (code `nothing_new`).
        NotAllowed: `by` does not work on the statement, or (code `admin_only`) rows that an admin
            has to let in are among them.
    """
    require_importer(by)
    held = hold_ready(file)
    if held.account_doubt and not is_of_account:
        raise InvalidInput(
            "Confirme que o extrato é desta conta.", field="is_of_account", code="another_account"
        )
    count: int = entering(held).count()
    told = rows_of(held).filter(state=State.HERE)
    if not count and (held.applied_at is not None or not told.exists()):
        raise InvalidState("Nenhuma linha nova para aplicar.", code="nothing_new")
    if not by.is_admin and on_proved_days(held, entering(held)).exists():
        raise NotAllowed(
            "Há linhas em dias que o banco já confirmou: só um administrador aplica este arquivo.",
            code="admin_only",
        )
    start(held, Status.APPLYING, by)
    return count


@transaction.atomic
def begin_undo(file: StatementFile, *, by: Membership) -> None:
    """Have the file taken back: lines that nobody else told are withdrawn.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over; (code `not_applied`).
        NotAllowed: `by` does not work on the statement.
    """
    require_importer(by)
    held = hold_ready(file)
    if held.applied_at is None:
        raise InvalidState("Nada deste arquivo foi aplicado.", code="not_applied")
    start(held, Status.UNDOING, by)


@transaction.atomic
def discard_file(file: StatementFile, *, by: Membership) -> None:
    """Forget a file of which nothing was applied, with all that was in it.

    Raises:
        InvalidState: (code `not_ready`) it is at work, or over; (code `applied`) it was applied.
        NotAllowed: `by` does not work on the statement.
    """
    require_importer(by)
    held = hold(file)
    if held.status not in {Status.READY, Status.MAPPING}:
        raise not_ready(held)
    if held.applied_at is not None:
        raise InvalidState("Este arquivo já foi aplicado: desfaça-o.", code="applied")
    rows_of(held).delete()
    FileChunk.objects.of(held.tenant_id).filter(file=held).delete()
    held.status = Status.DISCARDED
    held.save(update_fields=["status"])


def asks(question: FileRow.Question) -> Q:
    """Doubtful rows that wait for an answer to it."""
    return Q(state=State.DOUBTFUL, answer=Answer.NONE, doubt__in=FileRow.DOUBTS_OF[question])


def entering(file: StatementFile) -> TenantQuerySet:
    """The rows that enter when the file is applied."""
    rows = rows_of(file)
    return rows.filter(state=State.NEW) | rows.filter(state=State.DOUBTFUL, answer=Answer.TWO)


def on_proved_days(file: StatementFile, rows: TenantQuerySet) -> TenantQuerySet:
    """Those that would add to a day of which the bank has told all."""
    days = proved_days(file.bank_account)
    doubtful = rows.filter(state=State.DOUBTFUL)
    asked = doubtful.filter(doubt=Doubt.PROVED_DAY)
    return asked | doubtful.filter(day__range=days) if days else asked


def rows_of(file: StatementFile) -> TenantQuerySet:
    return FileRow.objects.of(file.tenant_id).filter(file=file)


def hold_ready(file: StatementFile) -> StatementFile:
    """The file, held until the transaction ends.

    Raises:
        InvalidState: (code `not_ready`) a worker is at it, or it is over.
    """
    held = hold(file)
    if held.status != Status.READY:
        raise not_ready(held)
    return held


def not_ready(held: StatementFile) -> InvalidState:
    return InvalidState(
        f"Este arquivo consta como «{held.get_status_display().lower()}»: atualize a página.",
        code="not_ready",
    )


def hold(file: StatementFile) -> StatementFile:
    files = StatementFile.objects.of(file.tenant_id)
    held: StatementFile = files.select_for_update(no_key=True).get(id=file.id)
    return held


def start(held: StatementFile, status: str, by: Membership) -> None:
    held.status, held.acting, held.fault = status, by.user, ""
    held.save(update_fields=["status", "acting", "fault"])
    nudge(held)


def nudge(file: StatementFile) -> None:
    enqueue(TASK, str(file.tenant_id), str(file.id))

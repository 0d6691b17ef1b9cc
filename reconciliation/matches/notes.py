"""What people add to a bank line for each other: comments and files. Neither says what it is."""

from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import StatementLine
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import clean, read_line, shorten
from reconciliation.matches.file_kind import FileKind, kind_of
from reconciliation.models import LineComment, LineFile
from reconciliation.models.line_note import MOST_BYTES, TEXT_LENGTH
from tenants.models import Membership

MOST_FILES = 10  # of a line
MOST_COMMENTS = 200
NAME_LENGTH = 120


def check_may_note(by: Membership) -> None:
    """Who only reads adds nothing, and answers what they are asked."""
    if not (by.can_enter or by.can_approve):
        raise NotAllowed("Seu papel nesta empresa só permite ler o extrato.", code="wrong_role")


def read_text(
    text: str, *, what: str = "O comentário", empty: str = "Escreva o comentário."
) -> str:
    """
    Raises:
        InvalidInput: (field `text`) it is empty or too long.
    """
    text = read_line(text)
    if not text:
        raise InvalidInput(empty, field="text", code="empty")
    if len(text) > TEXT_LENGTH:
        raise InvalidInput(
            f"{what} tem {len(text)} caracteres; o máximo é {TEXT_LENGTH}.",
            field="text",
            code="too_long",
        )
    return text


def hold(line: StatementLine) -> None:
    """Until the commit nobody else adds to what the line has, so that a bound is one."""
    lines = StatementLine.objects.of(line.tenant_id).select_for_update(no_key=True)
    lines.only("id").get(id=line.id)


@transaction.atomic
def comment(line: StatementLine, text: str, *, by: Membership) -> LineComment:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: (field `text`) it is empty or too long.
        InvalidState: (code `too_many`) the line has as many as it may have.
        NotAllowed: `by` only reads.
    """
    check_may_note(by)
    text = read_text(text, what="O comentário", empty="Escreva o comentário.")
    hold(line)
    if LineComment.objects.of(line.tenant_id).filter(statement_line=line).count() >= MOST_COMMENTS:
        raise InvalidState(
            f"Esta linha já tem {MOST_COMMENTS} comentários, o máximo.", code="too_many"
        )
    made: LineComment = LineComment.objects.create(
        tenant_id=line.tenant_id, statement_line=line, text=text, by=by.user
    )
    return made


@transaction.atomic
def attach_file(line: StatementLine, name: str, content: bytes, *, by: Membership) -> LineFile:
    """A PDF, PNG, JPEG or XML of at most 5 MB. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `file`) it is empty, too large, or of another kind, or the line has as
            many as it may have.
        NotAllowed: `by` only reads.
    """
    check_may_note(by)
    if not content:
        raise InvalidInput("O arquivo está vazio.", field="file", code="empty")
    if len(content) > MOST_BYTES:
        raise InvalidInput("O arquivo passa de 5 MB.", field="file", code="too_large")
    kind = kind_of(content)
    if kind is None:
        raise InvalidInput("Anexe um PDF, PNG, JPG ou XML.", field="file", code="other_kind")
    hold(line)
    files = LineFile.objects.of(line.tenant_id).filter(statement_line=line, removed_at=None)
    if files.count() >= MOST_FILES:
        raise InvalidInput(
            f"Esta linha já tem {MOST_FILES} anexos, o máximo. Remova um antes.",
            field="file",
            code="too_many",
        )
    made: LineFile = LineFile.objects.create(
        tenant_id=line.tenant_id,
        statement_line=line,
        name=name_of(name, kind),
        media_type=kind.media_type,
        size=len(content),
        content=content,
        by=by.user,
    )
    record(Act.LINE_FILED, on=made, by=by.user, after={"Extrato": str(line), "Anexo": made.name})
    return made


def name_of(name: str, kind: FileKind) -> str:
    """As it was called, with an ending that says what it is."""
    name = read_line(clean(name).replace("/", " ").replace("\\", " ")) or "anexo"
    stem, dot, ending = name.rpartition(".")
    if not dot or f".{ending.lower()}" not in kind.endings:
        stem, ending = name, kind.endings[0][1:]
    return f"{shorten(stem or 'anexo', NAME_LENGTH - len(ending) - 1)}.{ending}"


@transaction.atomic
def remove_file(file_id: UUID, *, by: Membership) -> LineFile:
    """Its bytes go; that it was there stays. Runs inside the company's scope.

    Raises:
        InvalidState: (code `removed`) it was removed before.
        NotAllowed: `by` only reads.
    """
    check_may_note(by)
    rows = LineFile.objects.of(by.tenant_id).select_related("statement_line")
    held: LineFile = rows.select_for_update(of=("self",), no_key=True).get(id=file_id)
    if held.removed_at is not None:
        raise InvalidState("Este anexo já foi removido.", code="removed")
    held.content, held.removed_at, held.removed_by = None, database_now(), by.user
    held.save(update_fields=["content", "removed_at", "removed_by"])
    record(
        Act.LINE_FILED,
        on=held,
        by=by.user,
        before={"Extrato": str(held.statement_line), "Anexo": held.name},
        after={"Anexo": "removido"},
    )
    return held

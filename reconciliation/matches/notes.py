"""What people add to a bank line for each other: comments and files. Neither says what it is."""

from uuid import UUID

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import StatementLine
from banking.statements.allocation import check_role
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.text import read_line, shorten
from reconciliation.models import LineComment, LineFile
from reconciliation.models.line_note import MOST_BYTES, TEXT_LENGTH
from tenants.models import Membership

# By their first bytes: what the name says is not believed.
KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def comment(line: StatementLine, text: str, *, by: Membership) -> LineComment:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: (field `text`) it is empty or too long.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    text = read_line(text)
    if not text:
        raise InvalidInput("Escreva o comentário.", field="text")
    if len(text) > TEXT_LENGTH:
        raise InvalidInput(
            f"O comentário tem {len(text)} caracteres; o máximo é {TEXT_LENGTH}.", field="text"
        )
    made: LineComment = LineComment.objects.create(
        tenant_id=line.tenant_id, statement_line=line, text=text, by=by.user
    )
    return made


@transaction.atomic
def attach_file(line: StatementLine, name: str, content: bytes, *, by: Membership) -> LineFile:
    """A PDF, PNG or JPEG of at most 5 MB. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `file`) it is empty, too large, or of another kind.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
    if not content:
        raise InvalidInput("O arquivo está vazio.", field="file", code="empty")
    if len(content) > MOST_BYTES:
        raise InvalidInput("O arquivo passa de 5 MB.", field="file", code="too_large")
    media_type = next((kind for start, kind in KINDS if content.startswith(start)), "")
    if not media_type:
        raise InvalidInput("Anexe um PDF, PNG ou JPEG.", field="file", code="other_kind")
    made: LineFile = LineFile.objects.create(
        tenant_id=line.tenant_id,
        statement_line=line,
        name=shorten(read_line(name) or "anexo", 120),
        media_type=media_type,
        size=len(content),
        content=content,
        by=by.user,
    )
    record(Act.LINE_FILED, on=made, by=by.user, after={"Extrato": str(line), "Anexo": made.name})
    return made


@transaction.atomic
def remove_file(file_id: UUID, *, by: Membership) -> LineFile:
    """Its bytes go; that it was there stays. Runs inside the company's scope.

    Raises:
        InvalidState: (code `removed`) it was removed before.
        NotAllowed: `by` does not work on the statement.
    """
    check_role(by)
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

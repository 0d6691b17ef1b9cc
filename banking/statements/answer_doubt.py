"""Say of two lines of the statement that may be one movement whether they are."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from banking.models import Allocation, BankAccount, FileRow, LineDoubt, LineSource, StatementLine
from banking.statements.allocation import undo_allocation
from banking.statements.imports.balances import restate_balances
from banking.statements.imports.files import require_importer
from core.clock import database_now
from core.errors import InvalidState
from core.money import format_brl
from core.plurals import counted
from tenants.models import Membership

State, Answer = FileRow.State, FileRow.Answer


@transaction.atomic
def answer_doubt(doubt: LineDoubt, answer: str, *, by: Membership) -> None:
    """«É a mesma»: what told the file's line tells the bank's from now on, and the file's line is
    withdrawn, with what was said of it. «São duas»: nothing changes. Runs inside the company's
    scope.

    Raises:
        InvalidState: (code `answered`) it was answered, or needs no answer any more; and what
            undoing a conciliation of the file's line raises.
        NotAllowed: `by` does not work on the statement.
    """
    require_importer(by)
    account = hold_account(doubt)
    held = open_or_refuse(doubt)
    if answer == Answer.SAME:
        join_lines(account, held, by)
    held.answer, held.answered_by, held.answered_at = answer, by.user, database_now()
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    note(account, held, by)


def hold_account(doubt: LineDoubt) -> BankAccount:
    """Syncs and files wait."""
    accounts = BankAccount.objects.of(doubt.tenant_id).select_for_update(no_key=True)
    account: BankAccount = accounts.get(id=doubt.bank_account_id)
    return account


def open_or_refuse(doubt: LineDoubt) -> LineDoubt:
    doubts = LineDoubt.objects.of(doubt.tenant_id).open().filter(id=doubt.id)
    held: LineDoubt | None = doubts.select_related("line", "told").first()
    if held is None:
        raise InvalidState("Esta dúvida já foi respondida: atualize a página.", code="answered")
    return held


def join_lines(account: BankAccount, doubt: LineDoubt, by: Membership) -> None:
    take_apart_what_stands(doubt, by)
    lines = line_of(doubt)
    list(lines.select_for_update(no_key=True))
    if allocations_of(doubt).exists():  # by who held the line first
        raise InvalidState("A linha mudou agora mesmo: atualize a página.", code="answered")
    move_sources(doubt.tenant_id, doubt.line_id, doubt.told_id)
    lines.update(withdrawn_at=database_now())
    restate_balances(account)
    for name in settings.ON_LINES_WITHDRAWN:
        import_string(name)(account)
    # The bank is asked again whether the days close now.
    accounts = BankAccount.objects.of(account.tenant_id).filter(id=account.id)
    accounts.exclude(connection=None).update(sync_hinted_at=database_now())


def take_apart_what_stands(doubt: LineDoubt, by: Membership) -> None:
    undo_some = import_string(settings.ON_WITHDRAWAL)
    while undo_some(line_of(doubt), by=by):
        pass
    for allocation in allocations_of(doubt).order_by("id"):
        undo_allocation(allocation, by=by)


def move_sources(tenant_id: UUID, line: UUID, told: UUID) -> None:
    """Files are undone and compared as if they had told the bank's line from the first."""
    sources = LineSource.objects.of(tenant_id).filter(line=line)
    known = LineSource.objects.of(tenant_id).filter(line=told, file__isnull=False)
    sources.filter(file__in=list(known.values_list("file", flat=True))).delete()
    sources.update(line=told)
    rows = FileRow.objects.of(tenant_id).filter(line=line)
    asked = {"doubt": FileRow.Doubt.NEAR_DAY, "answer": Answer.SAME}
    rows.filter(state__in=[State.APPLIED, State.HERE]).update(line=told, state=State.HERE, **asked)


def line_of(doubt: LineDoubt) -> Any:
    return StatementLine.objects.of(doubt.tenant_id).filter(id=doubt.line_id)


def allocations_of(doubt: LineDoubt) -> Any:
    standing = Allocation.objects.of(doubt.tenant_id).standing()
    return standing.filter(statement_line=doubt.line_id)


def effect_of_joining(doubt: LineDoubt) -> list[str]:
    """What «É a mesma» does, in sentences; of a line that nothing was said of, none."""
    said: list[str] = import_string(settings.WITHDRAWAL_EFFECT)(doubt.tenant_id, line_of(doubt))
    count = allocations_of(doubt).count()
    if count and not said:
        said = [
            f"{counted(count, 'conciliação é desfeita', 'conciliações são desfeitas')}: o "
            "lançamento contábil fica, sem linha no extrato."
        ]
    return said


def note(account: BankAccount, doubt: LineDoubt, by: Membership) -> None:
    record(
        Act.LINE_DOUBT_ANSWERED,
        on=doubt.told,
        by=by.user,
        after={
            "Conta": str(account),
            "Do arquivo": in_words(doubt.line),
            "Do banco": in_words(doubt.told),
            "Resposta": Answer(doubt.answer).label,
        },
    )


def in_words(line: StatementLine) -> str:
    return f"{line} · R$\u00a0{format_brl(line.amount)}"

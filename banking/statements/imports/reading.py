"""Read a stored file into rows, a batch to a transaction. Each of its accounts that the company has
becomes a StatementFile of its own; the same account twice in a file is one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.db import connection as database

from banking.models import BankAccount, FileChunk, FileRow, StatementFile, StatementLine
from banking.statements.files.contract import (
    AccountFooter,
    AccountHeader,
    Balance,
    BalanceRow,
    FileLine,
    UnreadRow,
)
from banking.statements.files.detect import Kind, detect
from banking.statements.files.read import read_statement
from banking.statements.imports.account_fit import account_of, fits, words
from banking.statements.imports.columns import columns_for
from banking.statements.imports.content import opened
from banking.statements.imports.files import hold, nudge, rows_of
from core.ids import uuid7
from core.plurals import counted
from core.text import fold, shorten
from tenants.scope import tenant_scope

Status, State = StatementFile.Status, FileRow.State
BATCH = 2000
FUTURE = "Ainda não aconteceu: o dia é depois de hoje."
ZERO = "O valor é zero."
KINDS = (
    ("pix", StatementLine.Kind.PIX),
    ("tarifa", StatementLine.Kind.FEE),
    ("tar ", StatementLine.Kind.FEE),
    ("ted", StatementLine.Kind.TRANSFER),
    ("doc", StatementLine.Kind.TRANSFER),
    ("transf", StatementLine.Kind.TRANSFER),
    ("pag", StatementLine.Kind.PAYMENT),
)
STAGE = """
CREATE TEMPORARY TABLE staged_row (
    id uuid, file_id uuid, number int, row int, statement int, day date, amount numeric, kind text,
    text text, name text, document text, source_id text, check_number text, end_to_end_id text,
    operation_day date, state text, note text
) ON COMMIT DROP
"""
INSERT = """
INSERT INTO banking_filerow (
    id, file_id, number, row, statement, day, amount, kind, text, name, document, source_id,
    check_number, end_to_end_id, operation_day, state, note, tenant_id, doubt, answer
)
SELECT id, file_id, number, row, statement, day, amount, kind, text, name, document, source_id,
    check_number, end_to_end_id, operation_day, state, note, %s, '', ''
FROM staged_row
"""


@dataclass(slots=True)
class Part:
    """What the file tells of one account."""

    file: StatementFile
    header: AccountHeader
    statements: int = 0
    rows: int = 0
    opening: Balance | None = None
    closing: Balance | None = None
    is_whole: bool = True
    swapped: int = 0
    days: set[date] = field(default_factory=set)


def read_file(file: StatementFile, today: date, renew: Callable[[], None]) -> None:
    """Read it from its beginning, whatever an attempt before left. To be called outside of scopes.

    Raises:
        UnreadableFile: no statement can be read from it.
    """
    with tenant_scope(file.tenant_id):
        accounts = list(BankAccount.objects.of(file.tenant_id).order_by("id"))
        forget(file)
    with opened(file) as content:
        kind = detect(content)
        columns = columns_for(file, kind, content)
        reading = Reading(file, kind, accounts)
        for item in read_statement(content, today=today, columns=columns):
            reading.take(item)
            if reading.is_full:
                reading.store()
                renew()
        reading.store()
    with tenant_scope(file.tenant_id):
        reading.finish()


def forget(file: StatementFile) -> None:
    """What an attempt that did not end has stored."""
    siblings = StatementFile.objects.of(file.tenant_id).filter(
        digest=file.digest, part__gt=1, status=Status.DISCARDED, applied_at=None
    )
    for each in [file, *siblings]:
        rows_of(each).delete()
    siblings.delete()


class Reading:
    def __init__(self, file: StatementFile, kind: Kind, accounts: list[BankAccount]) -> None:
        self._file, self._kind, self._accounts = file, kind, accounts
        self._chosen = next(a for a in accounts if a.id == file.bank_account_id)
        self._parts: dict[object, Part] = {}
        self._part: Part | None = None
        self._waiting: list[tuple[object, ...]] = []
        self._unknown: list[str] = []  # accounts of the file that the company does not have
        self._refused: list[str] = []

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= BATCH

    def take(self, item: object) -> None:
        match item:
            case AccountHeader():
                self._begin(item)
            case AccountFooter():
                self._end(item)
            case BalanceRow():
                pass
            case FileLine() | UnreadRow() if self._part is not None:
                self._row(self._part, item)

    def _begin(self, header: AccountHeader) -> None:
        self._part = None
        if header.refused:
            self._refused.append(header.refused)
            return
        account = account_of(header, self._chosen, self._accounts)
        if account is None and not self._parts:
            account = self._chosen  # in doubt: a person says
        if account is None:
            self._unknown.append(words(header))
            return
        part = self._parts.get(account.id)
        if part is None:
            part = self._parts[account.id] = Part(self._file_of(account), header)
        part.statements += 1
        part.days |= {day for day in (header.since, header.until) if day}
        self._part = part

    def _file_of(self, account: BankAccount) -> StatementFile:
        if account.id == self._chosen.id:
            return self._file
        with tenant_scope(self._file.tenant_id):
            made: StatementFile = StatementFile.objects.create(
                tenant_id=self._file.tenant_id,
                bank_account=account,
                name=self._file.name,
                digest=self._file.digest,
                part=len(self._parts) + 2,
                status=Status.DISCARDED,  # until all of it is read
                created_by_id=self._file.created_by_id,
            )
        return made

    def _row(self, part: Part, item: FileLine | UnreadRow) -> None:
        part.rows += 1
        common = (uuid7(), part.file.id, part.rows, item.row, part.statements)
        if isinstance(item, UnreadRow):
            text = shorten(item.text, 500)
            self._waiting.append(
                (*common, None, None, "other", text, "", "", "", "", "", None, State.UNREAD,
                 shorten(item.why, 200))
            )  # fmt: skip
            return
        note = FUTURE if item.is_future else "" if item.amount else ZERO
        if not note:
            part.days.add(item.day)
        self._waiting.append(
            (*common, item.day, item.amount, kind_of(item.text), item.text, item.name[:160],
             item.document[:20], item.source_id, item.check_number, item.end_to_end_id,
             item.operation_day, State.LEFT_OUT if note else State.UNCOMPARED, note)
        )  # fmt: skip

    def _end(self, footer: AccountFooter) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        part.opening = part.opening or footer.opening
        part.closing = footer.closing or part.closing
        part.is_whole = part.is_whole and footer.is_whole
        part.swapped += len(footer.swapped_rows)

    def store(self) -> None:
        if not self._waiting:
            return
        with tenant_scope(self._file.tenant_id), database.cursor() as cursor:
            cursor.execute(STAGE)
            with cursor.copy("COPY staged_row FROM STDIN") as copy:
                for row in self._waiting:
                    copy.write_row(row)
            cursor.execute(INSERT, [self._file.tenant_id])
            cursor.execute("DROP TABLE staged_row")
        self._waiting = []

    def finish(self) -> None:
        """What the parts are; from here on each is compared by itself."""
        held = hold(self._file)
        if held.status != Status.READING:
            return
        remarks = [f"O arquivo também traz a {told}, que não está aqui." for told in self._unknown]
        mine = self._parts.get(self._chosen.id)
        others = [part for part in self._parts.values() if part is not mine]
        for part in others:
            remarks.append(self._open(part))
        FileChunk.objects.of(held.tenant_id).filter(file=held).delete()
        if mine is not None:
            write(held, mine, self._kind, [*self._refused, *remarks], self._chosen)
            return
        held.status, held.kind = Status.REFUSED, self._kind
        held.fault = shorten(" ".join([*self._refused, *remarks]) or "Nada foi lido.", 300)
        held.save(update_fields=["status", "kind", "fault"])

    def _open(self, part: Part) -> str:
        account = part.file.bank_account
        lines = counted(part.rows, "linha", "linhas")
        try:
            with transaction.atomic():
                write(part.file, part, self._kind, [], account)
        except IntegrityError:
            return f"O que o arquivo traz {account.said.of} já foi enviado."
        nudge(part.file)
        return f"O arquivo também traz {account}, com {lines}: confira-a na página dela."


def write(
    file: StatementFile, part: Part, kind: Kind, remarks: list[str], account: BankAccount
) -> None:
    file.kind, file.status, file.remarks = kind, Status.COMPARING, list(remarks)
    if not part.is_whole:
        file.remarks.append("O arquivo parece cortado: falta o fim dele.")
    if part.swapped:
        file.remarks.append(
            "Dia e mês podem estar trocados em "
            f"{counted(part.swapped, 'linha', 'linhas')}: confira com o banco."
        )
    if part.header.is_card:
        file.account_doubt = "O arquivo parece ser de um cartão."
    elif not fits(part.header, account):
        file.account_doubt = shorten(f"O arquivo diz ser da {words(part.header)}.", 300)
    else:
        file.account_doubt = ""
    file.since, file.until = min(part.days, default=None), max(part.days, default=None)
    file.is_whole = part.is_whole
    file.opening = part.opening.amount if part.opening else None
    file.closing = part.closing.amount if part.closing else None
    file.closing_on = (part.closing.day or file.until) if part.closing else None
    file.save(
        update_fields=[
            "kind", "status", "remarks", "account_doubt", "since", "until", "is_whole", "opening",
            "closing", "closing_on",
        ]
    )  # fmt: skip


def kind_of(text: str) -> str:
    words = fold(text)
    found = next((kind for start, kind in KINDS if words.startswith(start)), None)
    return str(found or (StatementLine.Kind.PIX if " pix " in words else StatementLine.Kind.OTHER))

"""Statements that people bring as files, and which lines each of them told."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from banking.models.bank_account import BankAccount
from banking.models.statement import StatementLine
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned


class StatementFile(TenantOwned):
    """What a file tells of one account. Its rows are the queue of the work on it."""

    class Status(models.TextChoices):
        READING = "reading", "Lendo o arquivo"
        REFUSED = "refused", "Não foi lido"
        MAPPING = "mapping", "Aguarda as colunas"
        COMPARING = "comparing", "Comparando"
        READY = "ready", "Comparado"
        APPLYING = "applying", "Aplicando"
        UNDOING = "undoing", "Desfazendo"
        UNDONE = "undone", "Desfeito"
        DISCARDED = "discarded", "Descartado"

    # A worker has something to do.
    AT_WORK = (Status.READING, Status.COMPARING, Status.APPLYING, Status.UNDOING)
    # The same file may be sent again.
    OVER = (Status.REFUSED, Status.UNDONE, Status.DISCARDED)

    bank_account = TenantForeignKey(
        BankAccount, models.PROTECT, related_name="files", db_index=False
    )
    name = models.CharField("arquivo", max_length=120)
    digest = models.CharField(max_length=64)  # SHA-256
    part = models.PositiveSmallIntegerField(default=1)  # of the accounts that the file tells of
    kind = models.CharField(max_length=8, blank=True)  # ofx, csv, xlsx or cnab240, once it is read
    # Of a CSV or an XLSX: which column is which, as a person said it.
    columns = models.JSONField(null=True)

    # As the file tells them.
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    opening = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    closing = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    closing_on = models.DateField(null=True)
    is_whole = models.BooleanField(default=True)  # False: its end is missing
    # Why it may be another account's; a person says that it is this one's.
    account_doubt = models.CharField(max_length=300, blank=True)
    remarks = models.JSONField(default=list)  # sentences: what else a person has to know of it

    status = models.CharField(max_length=10, choices=Status, default=Status.READING)
    fault = models.CharField(max_length=300, blank=True)  # why it was refused, or stopped
    # What was stored of the account when it was compared: when that changes it is compared anew.
    compared_with = models.CharField(max_length=120, blank=True)
    # core.lease: the worker that is at it, and how often one began without getting on.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Who acts while it is applied or undone, and, on days that the bank's API proved, why.
    acting = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    why = models.CharField("motivo", max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True)  # the last time
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "digest", "part"],
                condition=~Q(status__in=["refused", "undone", "discarded"]),
                name="statementfile_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant"],
                condition=Q(status__in=["reading", "comparing", "applying", "undoing"]),
                name="statementfile_at_work",
            ),
            models.Index(
                fields=["tenant", "bank_account", "-created_at"], name="statementfile_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.status in self.AT_WORK

    @property
    def kind_name(self) -> str:
        return "CNAB 240" if self.kind == "cnab240" else self.kind.upper()


class FileChunk(TenantOwned):
    """A piece of a file as it came, until it is read: nobody holds a large one whole."""

    file = TenantForeignKey(StatementFile, models.PROTECT, related_name="chunks", db_index=False)
    position = models.PositiveIntegerField()  # from 0
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "file", "position"], name="filechunk_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class FileRow(TenantOwned):
    """A row of a file, and what comparing it with what is here made of it.

    A row that enters becomes the line of its own id.
    """

    class State(models.TextChoices):
        UNCOMPARED = "uncompared", "Não comparada"
        NEW = "new", "Nova"
        HERE = "here", "Já aqui"
        DOUBTFUL = "doubtful", "Em dúvida"
        REPEATED = "repeated", "Repetida"
        LEFT_OUT = "left_out", "Fora"
        UNREAD = "unread", "Não lida"
        APPLIED = "applied", "Aplicada"

    class Doubt(models.TextChoices):
        ANOTHER_ID = "another_id", "Mesmo dia e valor, mas a identificação difere."
        NEAR_DAY = "near_day", "Mesmo valor, em outro dia próximo."
        PROVED_DAY = "proved_day", "O banco já confirmou este dia, e esta linha não está nele."

    class Question(models.TextChoices):
        """What a doubt asks; one answer to many rows is to one question."""

        IS_SAME = "same", "É a mesma?"
        IS_TO_ENTER = "enter", "Incluir mesmo assim?"

    class Answer(models.TextChoices):
        NONE = "", "Sem resposta"
        SAME = "same", "É a mesma"
        TWO = "two", "São duas"

    DOUBTS_OF: ClassVar[Mapping[Question, Sequence[Doubt]]] = {
        Question.IS_SAME: (Doubt.ANOTHER_ID, Doubt.NEAR_DAY),
        Question.IS_TO_ENTER: (Doubt.PROVED_DAY,),
    }

    file = TenantForeignKey(StatementFile, models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()  # among the rows of the file, from 1
    row = models.PositiveIntegerField()  # as the reader counts
    statement = models.PositiveSmallIntegerField(default=1)  # of the same account in the file
    day = models.DateField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    kind = models.CharField(
        max_length=10, choices=StatementLine.Kind, default=StatementLine.Kind.OTHER
    )
    text = models.CharField(max_length=500)
    name = models.CharField(max_length=160, blank=True)
    document = models.CharField(max_length=20, blank=True)
    source_id = models.CharField(max_length=140, blank=True)
    check_number = models.CharField(max_length=140, blank=True)
    end_to_end_id = models.CharField(max_length=140, blank=True)
    operation_day = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.UNCOMPARED)
    note = models.CharField(max_length=200, blank=True)  # why it was not read, or is left out
    doubt = models.CharField(max_length=10, choices=Doubt, blank=True)
    answer = models.CharField(max_length=4, choices=Answer, blank=True)
    # The one that is here already, or seems to be.
    line = TenantForeignKey(
        StatementLine, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "file", "number"], name="filerow_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "file", "day", "number"], name="filerow_by_day"),
            models.Index(fields=["tenant", "file", "state", "day"], name="filerow_in_state"),
            models.Index(
                fields=["tenant", "file", "line"],
                condition=Q(line__isnull=False),
                name="filerow_of_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.text}" if self.day else self.text

    @property
    def question(self) -> "FileRow.Question":
        """Of a doubtful one."""
        return next(asked for asked, doubts in self.DOUBTS_OF.items() if self.doubt in doubts)

    @property
    def is_to_enter(self) -> bool:
        return self.question == self.Question.IS_TO_ENTER


class LineSource(TenantOwned):
    """Who told a line: a file, or the bank's API of a line that a file told first.

    A line that the API told first has it as a source without a row here.
    """

    line = TenantForeignKey(StatementLine, models.PROTECT, related_name="sources", db_index=False)
    # Null: the API, under `key`.
    file = TenantForeignKey(
        StatementFile, models.PROTECT, null=True, related_name="sources", db_index=False
    )
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)  # ofx, csv, xlsx, cnab240 or api
    key = models.CharField(max_length=140, blank=True)  # its id there; empty: it gives none

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "key"],
                condition=Q(file=None),
                name="linesource_api_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "line", "file"],
                condition=Q(file__isnull=False),
                name="linesource_file_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "line"], name="linesource_of_line"),
            models.Index(fields=["tenant", "file"], name="linesource_of_file"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ColumnMap(TenantOwned):
    """Which column of an account's files is which, as a person said it once; by the headings."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    headings = models.CharField(max_length=64)  # SHA-256
    columns = models.JSONField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "headings"], name="columnmap_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account}"

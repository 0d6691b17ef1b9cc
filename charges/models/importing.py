"""Spreadsheets of payers and charges, from the file to what became of each of its rows."""

from django.db import models
from django.db.models import Q

from accounts.models import Account
from banking.models import BankAccount
from charges.models.charge import Charge
from core.clock import DatabaseNow
from parties.models import Payer
from tenants.models import TenantForeignKey, TenantOwned, User


class ImportFile(TenantOwned):
    """A file that somebody sent. Its rows are the queue of the work on it."""

    class Kind(models.TextChoices):
        CHARGES = "charges", "Cobranças"
        PAYERS = "payers", "Pagadores"

    class Status(models.TextChoices):
        READING = "reading", "Lendo o arquivo"
        REFUSED = "refused", "Não foi lida"
        CHECKING = "checking", "Conferindo as linhas"
        READY = "ready", "Conferida"
        IMPORTING = "importing", "Importando"
        UNDOING = "undoing", "Desfazendo"
        UNDONE = "undone", "Desfeita"
        DISCARDED = "discarded", "Descartada"

    # A worker has something to do.
    AT_WORK = (Status.READING, Status.CHECKING, Status.IMPORTING, Status.UNDOING)
    # The same file may be sent again.
    OVER = (Status.REFUSED, Status.UNDONE, Status.DISCARDED)

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField("arquivo", max_length=120)
    digest = models.CharField(max_length=64)  # SHA-256
    content = models.BinaryField(null=True)  # until it is read
    sheet = models.CharField(max_length=255, blank=True)  # that was read
    columns = models.JSONField(default=list)  # keys, in the order of the file
    ignored = models.JSONField(default=list)  # headings of columns that nobody knows
    # What rows are given that do not say it.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    revenue_account = TenantForeignKey(Account, models.PROTECT, null=True, related_name="+")

    status = models.CharField(max_length=10, choices=Status, default=Status.READING)
    fault = models.CharField(max_length=300, blank=True)  # why it was refused, or stopped
    # core.lease: the worker that is at it, and how often one began without getting on.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Who acts while it is imported or undone.
    acting = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(null=True)  # the last time
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "digest"],
                condition=~Q(status__in=["refused", "undone", "discarded"]),
                name="importfile_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant"],
                condition=Q(status__in=["reading", "checking", "importing", "undoing"]),
                name="importfile_at_work",
            ),
            models.Index(fields=["tenant", "-created_at"], name="importfile_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(TenantOwned):
    """A line of the file: what stands in its cells, and what became of it."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", "Em conferência"
        WRONG = "wrong", "Com erro"
        DOUBTFUL = "doubtful", "Em dúvida"
        GOOD = "good", "Pronta"
        KNOWN = "known", "Já cadastrado"
        SKIPPED = "skipped", "Fora"
        IMPORTED = "imported", "Importada"
        UNDONE = "undone", "Desfeita"

    class PayerFate(models.TextChoices):
        NOT_MADE = "", "Já existia"
        MADE = "made", "Cadastrado"
        WITHDRAWN = "withdrawn", "Arquivado"
        KEPT = "kept", "Mantido"

    file = TenantForeignKey(ImportFile, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()  # of the file, from 1
    cells = models.JSONField(default=dict)  # by key of the column: text
    # Of a cell, how the file had it: what could not be taken, and what was taken with a remark.
    unread = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict)
    # What checking it says, by key of the column.
    faults = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    doubt = models.CharField(max_length=200, blank=True)  # what it seems to repeat
    accepted = models.BooleanField(default=False)  # a person said that it repeats nothing
    # Payer, value, due date, number: rows of one key may be one charge. Empty while it is wrong.
    key = models.CharField(max_length=160, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.UNCHECKED)
    payer = TenantForeignKey(Payer, models.PROTECT, null=True, related_name="+")  # once imported
    payer_fate = models.CharField(max_length=10, choices=PayerFate, blank=True, default="")
    stays = models.CharField(max_length=300, blank=True)  # why undoing left it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "file", "line"], name="importrow_line_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "file", "state", "line"], name="importrow_in_state"),
            models.Index(
                fields=["tenant", "file", "key"], condition=~Q(key=""), name="importrow_same"
            ),
        ]

    def __str__(self) -> str:
        return f"Linha {self.line}"


class ImportedCharge(TenantOwned):
    """A charge that a row became; of instalments, one of them."""

    row = TenantForeignKey(ImportRow, models.PROTECT, related_name="imported")
    charge = TenantForeignKey(Charge, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "charge"], name="importedcharge_once"),
        ]

    def __str__(self) -> str:
        return str(self.charge_id)

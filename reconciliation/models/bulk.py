"""One act on many bank lines. What it is to do to each is fixed before it is confirmed.

Its rows are the queue of the work on it.
"""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Account, CostCenter
from banking.models import BankAccount, StatementLine
from core.clock import DatabaseNow
from parties.models import Payee, Payer
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class BulkAct(TenantOwned):
    """Asked for by one person, on lines of one account."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", "Conciliar"
        IGNORE = "ignore", "Ignorar"
        CREATE = "create", "Criar"
        UNDO = "undo", "Desfazer"

    class Stage(models.TextChoices):
        DRAFT = "draft", "A confirmar"
        RUNNING = "running", "Em andamento"
        DONE = "done", "Concluído"

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind)
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.DRAFT)
    why = models.CharField("motivo", max_length=300, blank=True)
    # Of entries that are created: the same for each line.
    classification = TenantForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    cost_center = TenantForeignKey(
        CostCenter, models.PROTECT, null=True, related_name="+", db_index=False
    )
    memo = models.CharField(  # blank: each line's own
        "histórico", max_length=300, blank=True, default="", db_default=""
    )
    payee = TenantForeignKey(Payee, models.PROTECT, null=True, related_name="+", db_index=False)
    payer = TenantForeignKey(Payer, models.PROTECT, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    done_at = models.DateTimeField(null=True)
    # core.lease: the worker that is at it.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulkact_classified",
                condition=Q(kind="create", classification__isnull=False)
                | Q(kind="create", stage="draft")
                | ~Q(kind="create") & Q(classification=None, payee=None, payer=None),
            ),
            models.CheckConstraint(
                name="bulkact_centered", condition=Q(kind="create") | Q(cost_center=None)
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], condition=Q(stage="running"), name="bulkact_running"),
            models.Index(fields=["made_at"], name="bulkact_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} em {self.made_at:%d/%m/%Y}"

    @property
    def is_running(self) -> bool:
        return self.stage == self.Stage.RUNNING


class BulkLineQuerySet(TenantQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=BulkLine.State.WAITING)

    def refused(self) -> Self:
        return self.filter(state=BulkLine.State.REFUSED)


class BulkLine(TenantOwned):
    """A line of the act, what is to be done to it, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Aguarda"
        DONE = "done", "Feito"
        ASKED = "asked", "Aguarda outra pessoa"
        REFUSED = "refused", "Não feito"
        LEFT_OUT = "left_out", "Fica de fora"

    bulk = TenantForeignKey(BulkAct, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()  # from 1
    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # what was open of it
    # Of a proposal: 0 to 100, and the pairing. Of undoing: the matches, and parts without one.
    score = models.PositiveSmallIntegerField(null=True)
    plan = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    words = models.CharField(max_length=300, blank=True)  # why it was not done

    objects = BulkLineQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bulk", "position"], name="bulkline_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "bulk", "state", "position"], name="bulkline_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_state_display()}"

"""What somebody asks a colleague about a bank line (pedido de informação)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from banking.models import StatementLine
from core.clock import DatabaseNow
from reconciliation.models.line_note import TEXT_LENGTH
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User

OPEN = Q(answered_at=None, withdrawn_at=None)


class LineQuestionQuerySet(TenantQuerySet):
    def open(self) -> Self:
        """Neither answered nor withdrawn."""
        return self.filter(OPEN)


class LineQuestion(TenantOwned):
    """It ends once: with the answer of who was asked, or withdrawn."""

    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="questions", db_index=False
    )
    text = models.CharField("pergunta", max_length=TEXT_LENGTH)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    answer = models.CharField("resposta", max_length=TEXT_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = LineQuestionQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.CheckConstraint(name="linequestion_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="linequestion_of_another", condition=~Q(asked_of=F("asked_by"))
            ),
            models.CheckConstraint(
                name="linequestion_ended",
                condition=Q(answer="", answered_at=None, withdrawn_by=None, withdrawn_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, withdrawn_by=None, withdrawn_at=None)
                | Q(
                    answer="",
                    answered_at=None,
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "statement_line"], name="linequestion_of_line"),
            models.Index(
                fields=["tenant", "statement_line"], condition=OPEN, name="linequestion_open"
            ),
            models.Index(
                fields=["tenant", "asked_of", "asked_at"], condition=OPEN, name="linequestion_of"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

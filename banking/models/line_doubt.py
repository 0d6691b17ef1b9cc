"""Two lines of the statement that may be one movement."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from banking.models.bank_account import BankAccount
from banking.models.statement import StatementLine
from banking.models.statement_file import FileRow, LineSource
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet


class LineDoubtQuerySet(TenantQuerySet):
    def open(self) -> Self:
        """Those that a person has to answer: nothing that came since has answered them."""
        sources = LineSource.objects.filter(tenant_id=OuterRef("tenant_id"))
        by_api = sources.filter(line=OuterRef("line"), file=None)
        # A file that has them both says that they are two.
        by_one_file = sources.filter(
            line=OuterRef("told"), file__isnull=False, file__sources__line=OuterRef("line")
        )
        return self.filter(
            ~Exists(by_api), ~Exists(by_one_file), answer="", line__withdrawn_at=None
        )


class LineDoubt(TenantOwned):
    """The bank's API told a line that a file had told on a day nearby, or told another one. The
    API waits for nobody: both are lines until a person says that they are one."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    told = TenantForeignKey(StatementLine, models.PROTECT, related_name="+", db_index=False)
    line = TenantForeignKey(StatementLine, models.PROTECT, related_name="+")  # of a file
    noted_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    answer = models.CharField(max_length=4, choices=FileRow.Answer, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = LineDoubtQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "told"], name="linedoubt_once"),
            models.CheckConstraint(
                name="linedoubt_answered",
                condition=Q(answer="", answered_by=None, answered_at=None)
                | Q(
                    answer__in=["same", "two"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "bank_account"],
                condition=Q(answer=""),
                name="linedoubt_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} / {self.told}"

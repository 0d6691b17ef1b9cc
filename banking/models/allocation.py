"""What the lines of a bank's statement stand for in the journal."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import JournalLine
from banking.models.statement import StatementLine
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class AllocationQuerySet(TenantQuerySet):
    def standing(self) -> Self:
        """Neither undone by a person nor freed with their entry."""
        return self.filter(ended_at=None)

    def undone(self) -> Self:
        """Those that a person undid: nothing joins the two again by itself."""
        return self.filter(undone_by__isnull=False)


class Allocation(TenantOwned):
    """A part of a bank line that stands for a line of the account's Conta do Ativo.

    The database holds it (see the migration): same company, account and sign, an entry that
    stands, neither side used beyond its amount. It ends with its entry, or moves to the one that
    replaces it. Rows are never deleted.
    """

    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="allocations", db_index=False
    )
    journal_line = TenantForeignKey(
        JournalLine, models.PROTECT, related_name="allocations", db_index=False
    )
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)  # negative: out
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Null: the product itself.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # Who undid it; null when it ended with its entry.
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = AllocationQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "statement_line", "journal_line"],
                condition=Q(ended_at=None),
                name="allocation_once",
            ),
            models.CheckConstraint(name="allocation_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="allocation_undone_has_ended",
                condition=Q(undone_by=None) | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "statement_line"], name="allocation_of_line"),
            models.Index(fields=["tenant", "journal_line"], name="allocation_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_line} → {self.journal_line.entry}"

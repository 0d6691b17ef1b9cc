"""Documents of charges: the bank's, fetched once and kept, and ours, made to be printed."""

from django.db import models
from django.db.models import Q

from charges.models.slip import Slip
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, User


class SlipDocument(TenantOwned):
    """The PDF that a bank made of a slip, as it came; without content while none came.

    The bank's own address of it dies; this copy stays.
    """

    slip = TenantForeignKey(Slip, models.PROTECT, related_name="documents", db_index=False)
    content = models.BinaryField(null=True)
    fetched_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Not to be asked for before.
    wait_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slip"], name="slipdocument_once"),
            models.CheckConstraint(
                name="slipdocument_fetched",
                condition=Q(content=None, fetched_at=None)
                | Q(content__isnull=False, fetched_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.slip_id)


class PrintJob(TenantOwned):
    """Many charges in one PDF, made apart from the request that asked for it; kept for a day."""

    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    charges = models.JSONField()  # their ids, in the order in which they are printed
    # Whoever makes it has it until then.
    wait_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    sheets = models.PositiveIntegerField(default=0)
    content = models.BinaryField(null=True)  # none: nothing of it could be printed

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="printjob_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.sheets} de {len(self.charges)}"

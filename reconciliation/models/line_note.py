"""What people add to a bank line for each other."""

from django.db import models
from django.db.models import Q

from banking.models import StatementLine
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, User

TEXT_LENGTH = 1_000
MOST_BYTES = 5 * 1024 * 1024


class LineComment(TenantOwned):
    """Said of a bank line. Never changed."""

    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="comments", db_index=False
    )
    text = models.CharField("comentário", max_length=TEXT_LENGTH)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="linecomment_text", condition=~Q(text=""))]
        indexes = [models.Index(fields=["tenant", "statement_line"], name="linecomment_of_line")]

    def __str__(self) -> str:
        return self.text


class LineFile(TenantOwned):
    """A receipt or another paper of a bank line (anexo). Removed, its name and who stay."""

    statement_line = TenantForeignKey(
        StatementLine, models.PROTECT, related_name="files", db_index=False
    )
    name = models.CharField("arquivo", max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("bytes")
    content = models.BinaryField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="linefile_size", condition=Q(size__gt=0, size__lte=MOST_BYTES)
            ),
            models.CheckConstraint(
                name="linefile_removed",
                condition=Q(removed_at=None, removed_by=None, content__isnull=False)
                | Q(removed_at__isnull=False, removed_by__isnull=False, content=None),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "statement_line"], name="linefile_of_line")]

    def __str__(self) -> str:
        return self.name

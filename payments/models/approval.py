"""What a person approved of a bill. A row is written once, and stays."""

from django.db import models

from core.clock import DatabaseNow
from payments.models.payable import Payable
from tenants.models import TenantForeignKey, TenantOwned, User


class Approval(TenantOwned):
    """A person approved a bill as it was shown to them (aprovação).

    `seal` is what was shown (payments.rails.seal), `digest` its SHA-256: orders are built from
    it. It counts while the bill is in the round in which it was given.
    """

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="approvals")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    seal = models.JSONField()
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "payable", "round", "person", "digest"], name="approval_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payable_id} · {self.person}"


class PayableEdit(TenantOwned):
    """A person changed a bill after it was entered, in that round of its approval.

    `before` and `after` are what changed, by field, in words.
    """

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="edits")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_sealed = models.BooleanField()  # whether a field that approvals seal changed
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "payable", "at"], name="edit_of_payable")]

    def __str__(self) -> str:
        return f"{self.payable_id} · {self.person}"

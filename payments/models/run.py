"""What went to the bank for one account and one day."""

from django.db import models

from banking.models import BankAccount
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, User


class DispatchRun(TenantOwned):
    """What went to the bank for one account and one day, what stayed, and why."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="runs")
    day = models.DateField("dia")
    started_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: clock
    # [{"payable": id, "reason": Portuguese sentence}]
    left_out = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "day"], name="dispatchrun_once"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="dispatchrun_by_day")]

    def __str__(self) -> str:
        return f"Envio de {self.day:%d/%m/%Y}"

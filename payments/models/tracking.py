"""Who follows the orders of an account, and whether somebody asked for it."""

from django.db import models

from banking.models import BankAccount
from tenants.models import TenantForeignKey, TenantOwned


class TrackingRound(TenantOwned):
    """The rounds of an account, one at a time (payments.orders.tracking)."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    # There is news that no round has looked at, and a worker was told. The next round clears it.
    wanted_at = models.DateTimeField(null=True)
    # core.lease: the worker whose round it is.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account"], name="trackinground_one_per_account"
            ),
        ]

    def __str__(self) -> str:
        return str(self.bank_account_id)

"""Who follows the charges of an account, and whether somebody asked for it."""

from django.db import models

from banking.models import BankAccount
from tenants.models import TenantForeignKey, TenantOwned


class ChargeRound(TenantOwned):
    """The rounds of an account, one at a time (charges/tracking/rounds.py)."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    # There is news that no round has looked at. The next round clears it.
    wanted_at = models.DateTimeField(null=True)
    # core.lease: the worker whose round it is.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    # When the bank's list of what was paid was last read to its end, where it has one.
    listed_at = models.DateTimeField(null=True)
    # Likewise of its list of what was given back.
    refunds_at = models.DateTimeField(null=True)
    # When its list was last looked through for slips that were issued in its own app.
    foreign_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account"], name="chargeround_one_per_account"
            ),
        ]

    def __str__(self) -> str:
        return str(self.bank_account_id)

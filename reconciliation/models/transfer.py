"""Money that goes from one account of the company to another (transferência entre contas)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from banking.models import BankAccount
from core.clock import DatabaseNow
from core.money import format_brl
from reconciliation.models.match import Match
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet


class TransferQuerySet(TenantQuerySet):
    def under_way(self) -> Self:
        """One side is in the books; the other one's line has not come yet (em trânsito)."""
        return self.filter(ended_at=None, completed_at=None)

    def waiting_at(self, account: BankAccount) -> Self:
        """Those that wait for a line of that account."""
        arrives = Q(waits_for_arrival=True, to_account=account)
        leaves = Q(waits_for_arrival=False, from_account=account)
        return self.under_way().filter(arrives | leaves)


class Transfer(TenantOwned):
    """Two entries through «Valores em trânsito», each on the day of its own bank line. While one
    of the two lines has not come, the amount is under way and waits for it."""

    match = TenantForeignKey(Match, models.PROTECT, related_name="transfers", db_index=False)
    from_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+")
    to_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+")
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)  # what arrives
    fee = models.DecimalField("tarifa", max_digits=14, decimal_places=2, default=0, db_default=0)
    begun_on = models.DateField("dia da primeira ponta")  # of the line that came first
    waits_for_arrival = models.BooleanField()  # the sender's line is here; else the receiver's
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    completed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # with its match

    objects = TransferQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "match"], name="transfer_once"),
            models.CheckConstraint(
                name="transfer_amounts", condition=Q(amount__gt=0) & Q(fee__gte=0)
            ),
            models.CheckConstraint(
                name="transfer_two_accounts", condition=~Q(from_account=F("to_account"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "begun_on"],
                condition=Q(ended_at=None, completed_at=None),
                name="transfer_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_account} → {self.to_account} · {format_brl(self.amount)}"

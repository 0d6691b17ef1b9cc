"""What follows from bank lines, entries and allocations, kept so that it is read at once.

Triggers alone write these rows (see the migration), in the transaction of what they follow from; no
key leads to or from them. The identifier of a row is that of what it is about.
"""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from tenants.models import Tenant, TenantOwned, TenantQuerySet


class Kept(TenantOwned):
    """Base of these tables: as few indexes and checks as their reading needs."""

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True


class OpenLine(Kept):
    """What is left of a bank line for which nothing stands yet: `id` is the line's."""

    bank_account_id = models.UUIDField()
    day = models.DateField()  # on which the line was booked
    rest = models.DecimalField(max_digits=14, decimal_places=2)  # negative: out

    class Meta:
        indexes = [
            models.Index(
                "tenant", "bank_account_id", F("day").desc(), F("id").desc(),
                include=["rest"], name="openline_page",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.rest}"


class DayTotal(Kept):
    """The sum of an account's bank lines of a day."""

    bank_account_id = models.UUIDField()
    day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    lines = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account_id", "day"], name="daytotal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.amount}"


class OpenItemQuerySet(TenantQuerySet):
    def on(self, ledger_account_id: UUID) -> Self:
        """Those that wait for a bank line: what an opening balance took in does not."""
        return self.filter(account_id=ledger_account_id, is_absorbed=False)


class OpenItem(Kept):
    """What is left of an entry's line on a Conta do Ativo for which no bank line stands: `id` is
    that of the entry's line. A reversal is none, nor is what was reversed on its own day."""

    account_id = models.UUIDField()  # the Conta do Ativo
    day = models.DateField()  # of the entry
    reversed_on = models.DateField(null=True)  # from that day on it is none
    rest = models.DecimalField(max_digits=14, decimal_places=2)
    # An opening balance holds what the bank has of it.
    is_absorbed = models.BooleanField(default=False, db_default=False)

    objects = OpenItemQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        indexes = [
            models.Index(
                "tenant", "account_id", F("day").desc(), F("id").desc(),
                include=["rest", "reversed_on"], condition=Q(is_absorbed=False),
                name="openitem_page",
            ),
            models.Index(
                fields=["tenant", "account_id"], condition=Q(is_absorbed=True),
                name="openitem_absorbed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.rest}"


class DaysApart(Kept):
    """An allocation whose bank line and entry are of different days: `id` is the allocation's. One
    to an entry on a former Conta do Ativo is never of the same day."""

    bank_account_id = models.UUIDField()
    since = models.DateField()  # the day of the first of the two
    until = models.DateField()  # of the other, which is no longer part of it
    is_line_first = models.BooleanField()
    # What the bank has meanwhile and the Conta do Ativo has not.
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "bank_account_id", "until", "since"],
                include=["amount"], name="daysapart_crossing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.since:%d/%m/%Y} {self.until:%d/%m/%Y} {self.amount}"


class BalanceStep(Kept):
    """A change of a sum, for sums of a million rows: of an account's open lines (`owner_id` is the
    bank account's), and of what its Conta do Ativo holds (that account's). The sum of a day is that
    of its steps; the database makes one of many now and then."""

    owner_id = models.UUIDField()
    day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    number = models.IntegerField()  # how many lines more, or fewer, are open

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "owner_id", "day"],
                include=["amount", "number"], name="balancestep_sum",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.amount}"

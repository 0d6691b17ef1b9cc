"""Where the books of a bank account begin."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Account, JournalEntry
from banking.models import BankAccount
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet, User


class OpeningBalanceQuerySet(TenantQuerySet):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class OpeningBalance(TenantOwned):
    """What an account held before the first day that was read of it (saldo de abertura).

    One stands an account, held by the database, which ends it with the reversal of its entry. What
    the Conta do Ativo held by then was absorbed: `OpenItem.is_absorbed`.
    """

    bank_account = TenantForeignKey(
        BankAccount, models.PROTECT, related_name="openings", db_index=False
    )
    # The Conta do Ativo that it was written for.
    ledger_account = TenantForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("dia")  # the one before the first that was read
    # What the bank held at the end of that day.
    amount = models.DecimalField("saldo no banco", max_digits=16, decimal_places=2)
    # Null when the Conta do Ativo held that by itself.
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Null: the product itself.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = OpeningBalanceQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        verbose_name = "saldo de abertura"
        verbose_name_plural = "saldos de abertura"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account"], condition=Q(ended_at=None), name="opening_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account}: saldo de abertura em {self.day:%d/%m/%Y}"


class OpeningPutOff(TenantOwned):
    """Somebody was offered to write an account's opening balance and said «agora não»."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bank_account"], name="openingputoff_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account}: agora não"


class OpeningByPerson(TenantOwned):
    """An account that had been read before the product wrote opening balances by itself: people are
    offered it."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bank_account"], name="openingbyperson_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account}: saldo de abertura por uma pessoa"

"""What a new charge of an account begins with."""

from decimal import Decimal

from django.db import models

from accounts.models import Account
from banking.models import BankAccount
from charges.models.charge import MESSAGE_LENGTH
from tenants.models import TenantForeignKey, TenantOwned

ZERO = Decimal("0.00")


class ChargeDefaults(TenantOwned):
    """Fine, interest, message and classification of an account; without a row, none."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+", db_index=False)
    fine_percent = models.DecimalField("multa (%)", max_digits=5, decimal_places=2, default=ZERO)
    interest_percent = models.DecimalField(
        "juros ao mês (%)", max_digits=5, decimal_places=2, default=ZERO
    )
    # Of charges that are taken in from the bank's own app; null: none are taken in.
    revenue_account = TenantForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name="classificação"
    )
    message = models.CharField("mensagem", max_length=MESSAGE_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account"], name="chargedefaults_one_per_account"
            ),
            models.CheckConstraint(
                name="chargedefaults_terms",
                condition=models.Q(
                    fine_percent__gte=0,
                    fine_percent__lte=100,
                    interest_percent__gte=0,
                    interest_percent__lte=100,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.bank_account_id)

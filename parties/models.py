"""Whom the company pays, and where they receive it."""

from django.db import models

from banking.banks.contract.payments import AccountType
from core.clock import DatabaseNow
from core.search import folded
from tenants.models import TenantForeignKey, TenantOwned


class Payee(TenantOwned):
    """Whom the company pays (favorecido)."""

    name = models.CharField("favorecido", max_length=120)
    name_folded = folded("name")
    document = models.CharField("CPF/CNPJ", max_length=14)

    class Meta:
        db_table = "payments_payee"  # where it was made
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document"], name="payee_document_once"),
        ]

    def __str__(self) -> str:
        return self.name


# A Pix account has up to 20 digits, one that a TED goes to 13, both with the check digit.
PIX_ACCOUNT_LENGTH, TED_ACCOUNT_LENGTH = 20, 13


class PayeeAccount(TenantOwned):
    """Where a payee receives TEDs, and Pix without a key."""

    class Type(models.TextChoices):
        CHECKING = AccountType.CHECKING.value, "Conta corrente"
        SAVINGS = AccountType.SAVINGS.value, "Poupança"
        PAYMENT = AccountType.PAYMENT.value, "Conta de pagamento"

    payee = TenantForeignKey(Payee, models.PROTECT, related_name="accounts")
    bank_code = models.CharField("banco", max_length=3)
    branch = models.CharField("agência", max_length=4)  # no check digit
    account = models.CharField(  # digits, check digit last
        "conta com dígito", max_length=PIX_ACCOUNT_LENGTH
    )
    account_type = models.CharField("tipo de conta", max_length=8, choices=Type)
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        db_table = "payments_payeeaccount"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "payee", "bank_code", "branch", "account", "account_type"],
                name="payeeaccount_once",
            ),
        ]

    @property
    def takes_ted(self) -> bool:
        return len(self.account) <= TED_ACCOUNT_LENGTH

    def __str__(self) -> str:
        return f"{self.bank_code} {self.branch} / {self.account[:-1]}-{self.account[-1]}"

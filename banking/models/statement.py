"""What the bank says of an account: movements and the balance of each day."""

from django.db import models
from django.db.models import F

from banking.models.bank_account import BankAccount
from core.search import folded
from tenants.models import TenantForeignKey, TenantOwned


class StatementLine(TenantOwned):
    """One movement in a bank's statement. A fact: stored once and never changed."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "Transferência"
        PAYMENT = "payment", "Pagamento"
        PIX = "pix", "Pix"
        FEE = "fee", "Tarifa"
        OTHER = "other", "Outro"

    bank_account = TenantForeignKey(
        BankAccount, models.PROTECT, related_name="lines", db_index=False
    )
    bank_id = models.CharField("id no banco", max_length=80)
    booked_on = models.DateField("dia")  # São Paulo
    occurred_at = models.DateTimeField("instante")
    amount = models.DecimalField("valor", max_digits=14, decimal_places=2)  # negative: out
    kind = models.CharField("tipo", max_length=10, choices=Kind)
    description = models.CharField("histórico", max_length=300)
    counterparty_name = models.CharField("contraparte", max_length=160, blank=True)
    words_folded = folded("description", "counterparty_name")
    counterparty_document = models.CharField("CPF/CNPJ", max_length=14, blank=True)
    raw = models.JSONField("resposta do banco")

    # Annotated by listing.read_page: whether a part of it stands for something.
    is_allocated: bool

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "bank_id"], name="statementline_once"
            ),
        ]
        indexes = [
            models.Index(
                "tenant", "bank_account", F("booked_on").desc(), F("occurred_at").desc(),
                F("id").desc(), name="statementline_page",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.booked_on:%d/%m/%Y} {self.description}"

    @property
    def is_incoming(self) -> bool:
        return self.amount > 0


class DailyBalance(TenantOwned):
    """What a day closed with, by the bank's opening balance and its movements."""

    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="daily_balances")
    day = models.DateField("dia")
    closing = models.DecimalField("saldo", max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "day"], name="dailybalance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.closing}"

"""Charges of one payer that become others, once the old ones are ended at the bank."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from accounts.models import Account
from banking.models import BankAccount
from charges.models.charge import ZERO, Charge
from core.clock import DatabaseNow
from parties.models import Payer
from tenants.models import TenantForeignKey, TenantOwned, User


class Renegotiation(TenantOwned):
    """What was agreed with a payer. Its old charges are `replaced`, its new ones `charges`."""

    class Status(models.TextChoices):
        ENDING = "ending", "Cancelando os boletos antigos"
        DONE = "done", "Concluída"
        STOPPED = "stopped", "Parada"
        UNDONE = "undone", "Desfeita"

    payer = TenantForeignKey(Payer, models.PROTECT, related_name="renegotiations")
    status = models.CharField(max_length=8, choices=Status, default=Status.ENDING)
    # On the day of the agreement: face values, fine and interest, and what of it was given up.
    principal = models.DecimalField("valor das cobranças", max_digits=12, decimal_places=2)
    additions = models.DecimalField("multa e juros", max_digits=12, decimal_places=2, default=ZERO)
    discount = models.DecimalField("desconto", max_digits=12, decimal_places=2, default=ZERO)
    # The ids of the old charges, as text: those of one that stopped are not `replaced` any more.
    olds = models.JSONField()
    # Of the new charges.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="+")
    revenue_account = TenantForeignKey(Account, models.PROTECT, related_name="+")
    description = models.CharField("descrição", max_length=100)
    form = models.CharField("forma", max_length=10, choices=Charge.Form)
    fine_percent = models.DecimalField("multa (%)", max_digits=5, decimal_places=2, default=ZERO)
    interest_percent = models.DecimalField(
        "juros ao mês (%)", max_digits=5, decimal_places=2, default=ZERO
    )
    # [["100.00", "2026-12-10"], …]: reais and due date of each.
    parts = models.JSONField()
    why = models.CharField("motivo", max_length=200, blank=True)
    # What stopped it, said to people.
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="renegotiation_amounts",
                condition=Q(principal__gt=0, additions__gte=0, discount__gte=0)
                & Q(discount__lt=F("principal") + F("additions")),
            ),
            models.CheckConstraint(
                name="renegotiation_ended",
                condition=Q(status="ending", ended_at=None)
                | ~Q(status="ending") & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant"], condition=Q(status="ending"), name="renegotiation_under_way"
            ),
            models.Index(fields=["tenant", "payer"], name="renegotiation_of_payer"),
        ]

    @property
    def total(self) -> Decimal:
        """Of the new charges."""
        total: Decimal = self.principal + self.additions - self.discount
        return total

    @property
    def new_additions(self) -> Decimal:
        """How much of it is fine and interest: the discount is taken from them first."""
        return max(self.additions - self.discount, ZERO)

    @property
    def dated_parts(self) -> list[tuple[Decimal, date]]:
        return [(Decimal(amount), date.fromisoformat(day)) for amount, day in self.parts]

    def __str__(self) -> str:
        return f"Renegociação de {self.payer}"

"""The money that came for a charge: one row for each payment, and its entry in the journal."""

from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from accounts.models import JournalEntry
from banking.models import BankAccount
from charges.models.charge import Charge
from charges.models.slip import Slip
from core.clock import DatabaseNow
from tenants.models import Tenant, TenantForeignKey, TenantOwned, TenantQuerySet, User

ZERO = Decimal("0.00")


# Evidence of what a line of the statement tells, where no bank and no person does: `line:{id}:…`.
OF_LINE = "line:"


class SettlementQuerySet(TenantQuerySet):
    def of(self, tenant: Tenant | UUID) -> Self:
        """Those of one company that stand: what a person undid never came."""
        return self.ever(tenant).filter(undone_at=None)

    def ever(self, tenant: Tenant | UUID) -> Self:
        """Those that were undone too."""
        return super().of(tenant)


def money(words: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(words, max_digits=12, decimal_places=2, default=ZERO)


class Settlement(TenantOwned):
    """One payment of a charge. What it says never changes; a refund is another row's matter."""

    class Way(models.TextChoices):
        BOLETO = "boleto", "Boleto"
        PIX = "pix", "Pix"
        UNKNOWN = "unknown", "Pelo banco"  # the bank does not say how
        CASH = "cash", "Dinheiro"
        TRANSFER = "transfer", "Transferência"
        WITHHELD = "withheld", "Imposto retido"  # no money: the payer pays the tax
        ADVANCE = "advance", "Adiantamento do pagador"  # no money came: it was here already

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="settlements")
    slip = TenantForeignKey(Slip, models.PROTECT, null=True, related_name="settlements")
    # Where the money is; null when it came in cash.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    # The bank's id of the payment, or ours of what a person registered: it is posted once.
    evidence = models.CharField(max_length=160)
    way = models.CharField("como", max_length=8, choices=Way)
    paid_on = models.DateField("paga em")  # by the payer
    posted_on = models.DateField("dia do dinheiro")
    is_provisional = models.BooleanField(default=False)
    # received + discount + withheld + split + fee = principal + fine + interest + excess
    received = money("recebido")
    discount = money("desconto")
    withheld = money("imposto retido")
    split = money("imposto recolhido na liquidação")
    fee = money("tarifa")
    principal = money("valor da cobrança")
    fine = money("multa")
    interest = money("juros")
    excess = money("a maior")
    # What of fine and interest was due with it and did not come. No part of the sum.
    lacking = models.DecimalField(
        "multa e juros que faltaram", max_digits=12, decimal_places=2, default=ZERO, db_default=ZERO
    )
    # Null: held back until a person looks (charges/settlement/explained_lines.py).
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # A person took back what a person had registered (charges/settlement/undo.py).
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SettlementQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "evidence"], name="settlement_once"),
            models.CheckConstraint(
                name="settlement_balances",
                condition=Q(
                    received=F("principal")
                    + F("fine")
                    + F("interest")
                    + F("excess")
                    - F("discount")
                    - F("withheld")
                    - F("split")
                    - F("fee")
                ),
            ),
            models.CheckConstraint(
                name="settlement_amounts",
                condition=(Q(received__gt=0) | Q(received=0, way="withheld", withheld__gt=0))
                & Q(
                    lacking__gte=0,
                    discount__gte=0,
                    withheld__gte=0,
                    split__gte=0,
                    fee__gte=0,
                    principal__gte=0,
                    fine__gte=0,
                    interest__gte=0,
                    excess__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="settlement_outside_by_person",
                condition=Q(slip__isnull=False)
                | Q(registered_by__isnull=False)
                | Q(evidence__startswith=OF_LINE),
            ),
            models.CheckConstraint(
                name="settlement_undone_by_person",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False)
                & (Q(registered_by__isnull=False) | Q(evidence__startswith=OF_LINE)),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "charge"], name="settlement_of_charge"),
            models.Index(
                fields=["tenant", "posted_on"],
                include=["received", "entry", "way"],
                name="settlement_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received} {self.posted_on:%d/%m/%Y}"

    @property
    def is_of_line(self) -> bool:
        """Neither a bank nor a person told it: a line of the statement is its money."""
        return self.registered_by_id is None and self.evidence.startswith(OF_LINE)

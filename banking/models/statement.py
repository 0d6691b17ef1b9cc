"""What the bank says of an account: movements and the balance of each day."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from banking.banks.contract.statement import UnreadReason
from banking.models.bank_account import BankAccount
from core.cents import in_cents
from core.clock import DatabaseNow
from core.search import folded
from tenants.models import TenantForeignKey, TenantOwned, TenantQuerySet

if TYPE_CHECKING:
    from uuid import UUID

    from tenants.models import Tenant


class StatementLineQuerySet(TenantQuerySet):
    def of(self, tenant: "Tenant | UUID") -> Self:
        """The lines of one company that stand: those that are withdrawn are in no list or sum."""
        return super().of(tenant).filter(withdrawn_at=None)

    def with_withdrawn(self, tenant: "Tenant | UUID") -> Self:
        return super().of(tenant)


class StatementLine(TenantOwned):
    """One movement in a bank's statement. A fact: stored once and never changed.

    Files may tell it too, or alone (LineSource). One that nobody tells any more is withdrawn: it
    is kept, and counts no longer.
    """

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
    cents = in_cents("amount")
    kind = models.CharField("tipo", max_length=10, choices=Kind)
    description = models.CharField("histórico", max_length=300)
    counterparty_name = models.CharField("contraparte", max_length=160, blank=True)
    words_folded = folded("description", "counterparty_name")
    counterparty_document = models.CharField("CPF/CNPJ", max_length=14, blank=True)
    # With a part hidden, as the bank writes it. It may be of several: a sign, never a document.
    masked_document = models.CharField(
        "CPF/CNPJ parcial", max_length=20, blank=True, default="", db_default=""
    )
    raw = models.JSONField("resposta do banco")
    # A file told it first; else the bank's API did, which is then a source without a LineSource.
    is_from_file = models.BooleanField(default=False, db_default=False)
    operation_on = models.DateField("data da operação", null=True)  # where it is told apart
    end_to_end_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    # All of its sources were undone.
    withdrawn_at = models.DateTimeField(null=True)

    objects = StatementLineQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

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
                F("id").desc(), condition=Q(withdrawn_at=None), name="statementline_page",
            ),
            # Which lines may be the money of something.
            models.Index(
                fields=["tenant", "bank_account", "cents", "booked_on"],
                condition=Q(withdrawn_at=None),
                name="statementline_cents",
            ),
            models.Index(
                fields=["tenant", "bank_account", "booked_on", "amount"],
                condition=Q(is_from_file=True, withdrawn_at=None),
                name="statementline_of_files",
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


class UnreadMovement(TenantOwned):
    """An element of a bank's statement that is no line (não lido): kept as it came, and read again
    at each sync. The account's proof counts those that are open."""

    class Reason(models.TextChoices):
        FIELD = UnreadReason.FIELD, "campo ilegível"
        SAME_ID = UnreadReason.SAME_ID, "o mesmo id com outro conteúdo"

    bank_account = TenantForeignKey(
        BankAccount, models.PROTECT, related_name="unread", db_index=False
    )
    key = models.CharField(max_length=64)  # SHA-256 of `raw`
    number = models.PositiveIntegerField()  # among the equal ones of one reading, from 1
    day = models.DateField("dia", null=True)  # São Paulo; null when it has none that can be read
    reason = models.CharField("motivo", max_length=8, choices=Reason)
    field = models.CharField("campo", max_length=80, blank=True)
    raw = models.TextField("resposta do banco")  # text: a float would lose what it has
    # Of the days that were read when it first came: it is of one of them.
    seen_since = models.DateField()
    first_seen_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # It became `line`, or, without one, the bank no longer tells it so.
    closed_at = models.DateTimeField(null=True)
    line = TenantForeignKey(
        StatementLine, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "key", "number"], name="unreadmovement_once"
            ),
            models.CheckConstraint(
                name="unreadmovement_reason", condition=Q(reason__in=["field", "same_id"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "bank_account"],
                condition=Q(closed_at=None),
                name="unreadmovement_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day or 'sem data'} {self.reason_words}"

    @property
    def reason_words(self) -> str:
        words = self.Reason(self.reason).label
        return f"{words}: {self.field}" if self.field else words

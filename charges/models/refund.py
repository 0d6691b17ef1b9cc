"""What went back to a payer of what was paid (devolução), or is to go back."""

from django.db import models
from django.db.models import F, Q

from accounts.models import JournalEntry
from banking.models import BankAccount
from charges.models.charge import Charge
from charges.models.settlement import Settlement, money
from charges.states import LEAVING_REFUNDS, RefundStatus
from core.clock import DatabaseNow
from core.money import format_brl
from tenants.models import TenantForeignKey, TenantOwned, User

REASON_LENGTH = 200
# Nothing of them left, and nothing will.
OVER = Q(status__in=[RefundStatus.WITHDRAWN, RefundStatus.FAILED])


class Refund(TenantOwned):
    """A payment given back, whole or in part. The payment's own row and entry stay as they are."""

    Status = RefundStatus

    class Kind(models.TextChoices):
        OURS = "ours", "Devolução"
        MED = "med", "Devolução especial (MED)"
        FOUND = "found", "Devolução feita fora do Kamino"
        UNDONE = "undo", "Uso de adiantamento desfeito"  # no money leaves

    class Debt(models.TextChoices):
        """What becomes of the debt that the money had paid."""

        OWED = "owed", "Continua devida"
        UNDONE = "undone", "Venda desfeita"

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="refunds")
    settlement = TenantForeignKey(Settlement, models.PROTECT, related_name="refunds")
    # Where the money leaves; null when it is given back in cash, or is an advance again.
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, null=True, related_name="refunds")
    kind = models.CharField("tipo", max_length=5, choices=Kind)
    debt = models.CharField("dívida", max_length=6, choices=Debt)
    status = models.CharField(max_length=9, choices=RefundStatus)
    # The four below are what it is made of.
    amount = money("valor")
    principal = money("valor da cobrança")
    late = money("multa e juros")
    excess = money("do adiantamento")
    # Of an advance that had been used by then: the payer owes it.
    overdrawn = money("adiantamento já usado")
    reason = models.CharField("motivo", max_length=REASON_LENGTH, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    # The other one, where what one releases alone is less.
    second_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The idempotency key of one of ours: it follows from what is sent (charges/refunds/ask.py).
    key = models.UUIDField(null=True, editable=False)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    absent_since = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)
    # As the bank has it; of one that a person registered, what proves it.
    reference = models.CharField("id no banco", max_length=120, blank=True)
    end_to_end = models.CharField("id do Pix", max_length=40, blank=True)
    done_on = models.DateField("dia da devolução", null=True)
    answer_until = models.DateField("contestar até", null=True)
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "reference"],
                condition=~Q(reference=""),
                name="refund_reference_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "end_to_end"],
                condition=~Q(end_to_end=""),
                name="refund_end_to_end_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "key"],
                condition=Q(key__isnull=False) & ~OVER,
                name="refund_key_once",
            ),
            models.CheckConstraint(
                name="refund_balances",
                condition=Q(amount=F("principal") + F("late") + F("excess") + F("overdrawn")),
            ),
            models.CheckConstraint(
                name="refund_amounts",
                condition=Q(
                    amount__gt=0, principal__gte=0, late__gte=0, excess__gte=0, overdrawn__gte=0
                ),
            ),
            models.CheckConstraint(
                name="refund_done_has_day",
                condition=Q(status=RefundStatus.DONE, done_on__isnull=False)
                | ~Q(status=RefundStatus.DONE) & Q(entry=None),
            ),
            # Money out that we ask for: whoever asks does not release.
            models.CheckConstraint(
                name="refund_by_two",
                condition=~Q(kind="ours")
                | OVER & Q(asked_by__isnull=False)
                | Q(status=RefundStatus.WAITING, asked_by__isnull=False, released_by=None)
                | Q(status=RefundStatus.WAITING, asked_by__isnull=False)
                & ~Q(released_by=F("asked_by"))
                | Q(asked_by__isnull=False, released_by__isnull=False, key__isnull=False)
                & ~Q(released_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="refund_second_is_another",
                condition=Q(second_by=None)
                | Q(released_by__isnull=False)
                & ~Q(second_by=F("released_by"))
                & ~Q(second_by=F("asked_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "charge"], name="refund_of_charge"),
            models.Index(
                fields=["tenant", "created_at", "id"],
                condition=Q(status=RefundStatus.WAITING),
                name="refund_to_release",
            ),
            models.Index(
                fields=["status", "wait_until"],
                condition=Q(status__in=LEAVING_REFUNDS),
                name="refund_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{format_brl(self.amount)} · {self.get_status_display()}"


class AdvanceUse(TenantOwned):
    """A part of what a payer paid in advance, used for another charge or given back by a bill."""

    # The payment of whose excess it is.
    settlement = TenantForeignKey(Settlement, models.PROTECT, related_name="uses")
    amount = money("valor")
    # One of the two: the payment of the other charge that it is, or the bill that gives it back.
    became = TenantForeignKey(Settlement, models.PROTECT, null=True, related_name="used_advances")
    bill = models.UUIDField("conta a pagar", null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # The bill was cancelled, or the use undone: it is the payer's again.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="advanceuse_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="advanceuse_one_way",
                condition=Q(became__isnull=False, bill=None) | Q(became=None, bill__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "bill"],
                condition=Q(bill__isnull=False),
                name="advanceuse_bill_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "became"],
                condition=Q(became__isnull=False),
                name="advanceuse_became_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "settlement"], name="advanceuse_of_payment")]

    def __str__(self) -> str:
        return f"{self.amount}"

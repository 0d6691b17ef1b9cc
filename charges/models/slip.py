"""The slips by which banks collect charges."""

import re
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from banking.models import BankAccount, StatementLine
from charges.models.charge import Charge
from charges.states import LIVE_SLIPS, OPEN_AT_BANK, SlipStatus
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, User


def slip_code(key: UUID) -> str:
    """What the bank keeps and shows of a slip as ours («seu número»), and what we look for."""
    return f"kc-{key.hex[:20]}"


CODE = re.compile(r"\bkc-([0-9a-f]{20})\b")


def keys_of_code(digits: str) -> tuple[UUID, UUID]:
    """The first and the last key that the digits of a code may stand for."""
    return UUID(hex=digits + "0" * 12), UUID(hex=digits + "f" * 12)


# Taken from the queue: no bank ever had it.
NEVER_LEFT = Q(status=SlipStatus.WITHDRAWN)


class IssueBatch(TenantOwned):
    """Many charges issued by one act. Its slips wait while it is paused."""

    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    size = models.PositiveIntegerField()
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="batch_paused_by",
                condition=Q(paused_at=None, paused_by=None)
                | Q(paused_at__isnull=False, paused_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="batch_by_day")]

    def __str__(self) -> str:
        return f"{self.size}"


class Slip(TenantOwned):
    """One attempt to have a bank collect one charge: boleto, boleto with Pix, or Pix."""

    Status = SlipStatus

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="slips")
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="slips")
    batch = TenantForeignKey(IssueBatch, models.PROTECT, null=True, related_name="slips")
    # The idempotency key: it follows from what is sent (charges/issuing/idempotency_key.py).
    key = models.UUIDField(editable=False)
    # What is sent under the key. It never changes: a repeat has to be the same request.
    content = models.JSONField()
    form = models.CharField(max_length=10, choices=Charge.Form)
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    due_date = models.DateField("vencimento")
    status = models.CharField(max_length=12, choices=SlipStatus, default=SlipStatus.QUEUED)
    # As the bank has it.
    reference = models.CharField("id no banco", max_length=120, blank=True)
    our_number = models.CharField("nosso número", max_length=40, blank=True)
    linha_digitavel = models.CharField("linha digitável", max_length=47, blank=True)
    barcode = models.CharField("código de barras", max_length=44, blank=True)
    pix_code = models.CharField("Pix copia e cola", max_length=1000, blank=True)
    pdf_url = models.CharField(max_length=2000, blank=True)
    # What of it is not as it should be: such a slip is not shown to the payer.
    fault = models.CharField(max_length=300, blank=True)
    message = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Who is issuing it: only the holder of the claim may store what came of it.
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    # Not to be tried, or asked about, before this instant.
    wait_until = models.DateTimeField(null=True)
    # When the bank was last asked about it: a notice that came since makes it its turn.
    read_at = models.DateTimeField(null=True)
    # When the bank first did not show it.
    absent_since = models.DateTimeField(null=True)
    seen = models.CharField(max_length=600, blank=True)
    # A credit that is most likely its money, while the bank does not tell how it ended
    # (charges/tracking/credits.py).
    credit = TenantForeignKey(StatementLine, models.PROTECT, null=True, related_name="slips")
    # A person says that the bank does not show it; another one may have it issued again.
    missed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    missed_at = models.DateTimeField(null=True)
    given_up_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Somebody asks the bank to end it, and whether the debt ends with it.
    cancel_asked_at = models.DateTimeField(null=True)
    cancel_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancel_claimed_at = models.DateTimeField(null=True)
    cancel_reference = models.CharField(max_length=120, blank=True)
    ends_debt = models.BooleanField(default=False)

    # A person cancelled it in the bank's app, while the bank told us nothing; until it says so too.
    said_cancelled_at = models.DateTimeField(null=True)
    said_cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], condition=~NEVER_LEFT, name="slip_key_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "charge"],
                condition=Q(status__in=LIVE_SLIPS),
                name="slip_one_live_per_charge",
            ),
            # What the bank shows once belongs to one slip.
            models.UniqueConstraint(
                fields=["tenant", "bank_account", "reference"],
                condition=~Q(reference=""),
                name="slip_reference_once",
            ),
            models.CheckConstraint(
                name="slip_given_up_by_two",
                condition=~Q(status="given_up")
                | Q(missed_by__isnull=False, given_up_by__isnull=False)
                & ~Q(given_up_by=F("missed_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "bank_account", "due_date", "created_at"],
                condition=Q(status="queued"),
                name="slip_queue",
            ),
            models.Index(
                fields=["status", "wait_until"],
                condition=Q(status__in=LIVE_SLIPS),
                name="slip_unfinished",
            ),
            models.Index(
                fields=["tenant", "bank_account", "read_at"],
                condition=Q(status__in=OPEN_AT_BANK),
                name="slip_at_bank",
            ),
            models.Index(fields=["tenant", "bank_account", "our_number"], name="slip_our_number"),
            models.Index(fields=["tenant", "bank_account", "first_sent_at"], name="slip_by_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.get_status_display()}"

    @property
    def code(self) -> str:
        """Ours; of one that was issued in the bank's own app, what that one has."""
        told: str = self.content.get("code", "")
        return told

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_SLIPS

    @property
    def can_be_shown(self) -> bool:
        """To the payer: the bank says that it is registered, and what it gave holds."""
        return self.status == SlipStatus.OPEN and not self.fault

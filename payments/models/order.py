"""The orders that have banks pay bills."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import JournalEntry
from banking.banks import registry
from banking.models import BankAccount
from core.clock import DatabaseNow
from core.lease import is_due
from payments.models.payable import Payable
from payments.models.run import DispatchRun
from payments.states import LIVE_ORDERS, OrderStatus
from tenants.models import TenantForeignKey, TenantOwned, User


def order_code(key: UUID) -> str:
    """What people see of an order in the bank's app, and what we look for there."""
    return f"kp-{key.hex[:20]}"


# Taken from the queue: no bank ever had it.
NEVER_LEFT = Q(status=OrderStatus.CANCELLED, first_sent_at=None)


class PaymentOrder(TenantOwned):
    """One attempt to have a bank pay one bill."""

    Status = OrderStatus

    payable = TenantForeignKey(Payable, models.PROTECT, related_name="orders")
    bank_account = TenantForeignKey(BankAccount, models.PROTECT, related_name="orders")
    run = TenantForeignKey(DispatchRun, models.PROTECT, null=True, related_name="orders")
    # The idempotency key (payments.orders.idempotency_key).
    key = models.UUIDField(editable=False)
    rail = models.CharField(max_length=8, choices=Payable.Method)
    amount = models.DecimalField("valor", max_digits=12, decimal_places=2)
    # What the bank says that it will debit; differs from ours where it adds interest.
    bank_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # What is sent under the key. It never changes: a repeat has to be the same request.
    content = models.JSONField()
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.QUEUED)
    reference = models.CharField("id no banco", max_length=120, blank=True)
    message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    # Who is sending it: only the holder of the claim may store what came of it.
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)
    # Not to be tried, or asked about, before this instant.
    wait_until = models.DateTimeField(null=True)
    # When the bank first said that it is not there, or no longer showed an open one; absence is
    # believed some time later.
    absent_since = models.DateTimeField(null=True)
    # When the bank stopped listing it without saying how it ended.
    left_list_at = models.DateTimeField(null=True)
    needs_person = models.BooleanField(default=False)
    # By which notice people were told that it does; several orders may share one.
    review_notice = models.UUIDField(null=True)
    # What the bank showed when it could not tell; for the person who has to.
    seen = models.CharField(max_length=600, blank=True)
    # Until then a paid transfer may come back, and the bank is asked about it now and then.
    watch_until = models.DateTimeField(null=True)
    # Somebody asks the bank to take it back, while it waits for approval there.
    cancel_asked_at = models.DateTimeField(null=True)
    cancel_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancel_claimed_at = models.DateTimeField(null=True)
    # What was written when it was paid, and when the money came back; the last of them, if one
    # was replaced. Their lines of the statement: banking.models.Allocation.
    entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    return_entry = TenantForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], condition=~NEVER_LEFT, name="order_key_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "payable"],
                condition=Q(status__in=LIVE_ORDERS),
                name="order_one_live_per_payable",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "bank_account", "created_at"],
                condition=Q(status="queued"),
                name="order_queue",
            ),
            models.Index(
                fields=["status", "wait_until"],
                condition=Q(status__in=["queued", "sending", "unknown", "at_bank", "scheduled"]),
                name="order_unfinished",
            ),
            models.Index(
                fields=["watch_until"],
                condition=Q(status="paid", watch_until__isnull=False),
                name="order_watched",
            ),
            models.Index(fields=["tenant", "bank_account", "reference"], name="order_reference"),
            models.Index(fields=["tenant", "bank_account", "created_at"], name="order_by_day"),
            models.Index(
                fields=["tenant"],
                condition=Q(needs_person=True) | Q(review_notice__isnull=False),
                name="order_to_review",
            ),
            models.Index(fields=["tenant", "key"], condition=NEVER_LEFT, name="order_key_free"),
            models.Index(
                fields=["tenant", "bank_account", "first_sent_at"],
                condition=Q(status__in=["unknown", "at_bank", "scheduled", "paid", "returned"]),
                name="order_in_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.get_status_display()}"

    @property
    def code(self) -> str:
        return order_code(self.key)

    @property
    def bank_keeps_code(self) -> bool:
        """Whether the bank shows our code to people: one that takes no key takes no code."""
        return registry.info(self.bank_account.provider).idempotency_window is not None


waiting = is_due

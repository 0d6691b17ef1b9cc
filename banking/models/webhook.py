"""What banks tell by themselves."""

from django.db import models
from django.db.models import Q

from banking.models.connection import Connection
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned


class BankEvent(TenantOwned):
    """Webhook inbox: stored as it came, answered at once, handled later, once."""

    connection = TenantForeignKey(Connection, models.PROTECT, related_name="events")
    # The bank's own; of what could not be read, a digest of it.
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60, blank=True)  # empty: it could not be read
    reference = models.CharField(max_length=120, blank=True)
    claims = models.CharField(max_length=24, blank=True)  # an OrderState, as the event tells it
    received_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    handled_at = models.DateTimeField(null=True)
    # Those that its bank's `info` names, and a sealed body, read only by webhooks.inbox. Both go
    # after webhooks.purge.RAW_KEPT; the body is then null.
    headers = models.JSONField(default=dict)
    sealed_body = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection", "event_id"], name="bankevent_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "received_at"],
                condition=Q(handled_at=None),
                name="bankevent_waiting",
            ),
            # What banks said of an order.
            models.Index(
                fields=["tenant", "reference"], condition=~Q(claims=""), name="bankevent_claims"
            ),
            # What came about a charge: such a notice claims nothing about an order.
            models.Index(
                fields=["tenant", "reference", "received_at"],
                condition=Q(claims="") & ~Q(reference=""),
                name="bankevent_news",
            ),
            # For the purge.
            models.Index(
                fields=["received_at"],
                condition=Q(sealed_body__isnull=False),
                name="bankevent_raw",
            ),
            models.Index(
                fields=["received_at"], condition=Q(sealed_body=None), name="bankevent_bare"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

"""What banks tell by themselves."""

from django.db import models
from django.db.models import Q

from banking.models.connection import Connection
from core.clock import database_now
from tenants.models import TenantForeignKey, TenantOwned


class BankEvent(TenantOwned):
    """Webhook inbox: stored as it came, answered at once, handled later, once."""

    connection = TenantForeignKey(Connection, models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120, blank=True)
    claims = models.CharField(max_length=24, blank=True)  # an OrderState, as the event tells it
    received_at = models.DateTimeField(default=database_now, editable=False)
    handled_at = models.DateTimeField(null=True)

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
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

"""The timeline of a charge."""

from django.db import models

from charges.models.charge import Charge
from tenants.models import TenantForeignKey, TenantOwned, User


class ChargeEvent(TenantOwned):
    """One line of a charge's timeline."""

    class Tone(models.TextChoices):
        PLAIN = "plain"
        OK = "ok"
        WARN = "warn"
        BAD = "bad"
        INFO = "info"

    charge = TenantForeignKey(Charge, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, blank=True)
    tone = models.CharField(max_length=5, choices=Tone, default=Tone.PLAIN)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product

    class Meta:
        indexes = [models.Index(fields=["tenant", "charge", "at"], name="chargeevent_timeline")]

    def __str__(self) -> str:
        return f"{self.at:%d/%m %H:%M} {self.title}"

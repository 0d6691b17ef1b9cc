"""How banks answer: their circuit, the last calls, and how many tokens may still be asked for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F

from banking.models.connection import Connection
from tenants.models import TenantForeignKey, TenantOwned


class BankHealth(models.Model):
    """Whether a bank answers. Of no company: what one sees spares the others the wait."""

    provider = models.CharField(max_length=16, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True)  # the bank is not called before then
    probe_leased_until = models.DateTimeField(null=True)  # somebody is trying it
    # How far the bank's clock is ahead of PostgreSQL's (null: its answers do not say), and when
    # that was seen (gateway.bank_clock).
    clock_ahead = models.DurationField(null=True)
    clock_seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.failures}"


class BankCall(TenantOwned):
    """One of the last calls to a bank: no address, no content, no secret (gateway.call_log)."""

    connection = TenantForeignKey(Connection, models.PROTECT, related_name="calls", db_index=False)
    made_at = models.DateTimeField()
    operation = models.CharField(max_length=80)
    result = models.CharField(max_length=80)  # the HTTP status, or how it failed
    milliseconds = models.PositiveIntegerField()
    is_failure_of_bank = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                "tenant", "connection", F("made_at").desc(), F("id").desc(), name="bankcall_last"
            ),
            models.Index(fields=["made_at"], name="bankcall_old"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.result}"


class TokenBudget(models.Model):
    """The token requests of the last minute that a bank counts together. Of no company."""

    # SHA-256 of bank and client id: one client id may serve many companies.
    key = models.BinaryField(max_length=32, primary_key=True)
    spent = ArrayField(models.DateTimeField())

    def __str__(self) -> str:
        return f"{len(self.spent)}"

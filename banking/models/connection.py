"""The tie to a bank, and the attempts to make one."""

from django.db import models
from django.db.models import Q

from banking.banks import registry
from banking.banks.contract.info import Mode
from banking.banks.contract.said import Said
from core.clock import DatabaseNow
from tenants.models import TenantForeignKey, TenantOwned, User


class Connection(TenantOwned):
    """The tie to a bank (vínculo): credentials, and whether the bank still honours them."""

    class Status(models.TextChoices):
        OPENING = "opening", "Conectando"
        ACTIVE = "active", "Ativo"
        LOST = "lost", "Precisa ser refeito"
        FAILED = "failed", "Não conectado"
        UNDONE = "undone", "Desfeito"

    provider = models.CharField("banco", max_length=16)
    # The slug of one of the bank's modes; empty in what is older than modes: its first one.
    mode = models.CharField("modo", max_length=40, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPENING)
    status_reason = models.CharField(max_length=300, blank=True)
    lost_at = models.DateTimeField(null=True)
    # Since when the bank refuses what we are known by there, though the consent itself stands.
    denied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The account whose vínculo it is made to bring back; it may then reach no other.
    redoes = TenantForeignKey("banking.BankAccount", models.PROTECT, null=True, related_name="+")
    # What was typed in the form and is no secret, for a form that has to be corrected.
    typed = models.JSONField(default=dict)
    # Which terms `connected_by` accepted with the opening, and when.
    terms_version = models.CharField(max_length=16, blank=True)
    terms_accepted_at = models.DateTimeField(null=True)
    # A Fernet token over the grant; read only by gateway.credentials. Empty once it is of no use.
    credentials = models.BinaryField()
    opening_leased_until = models.DateTimeField(null=True)
    # The worker that set this may refresh the token until then; the others wait.
    refresh_leased_until = models.DateTimeField(null=True)
    # As in the grant: when it is renewed even if not needed, and when it would be dead.
    keep_alive_at = models.DateTimeField(null=True)
    refresh_by = models.DateTimeField(null=True)
    # SHA-256 of the secret in the address that the bank calls.
    webhook_digest = models.BinaryField(max_length=32)
    # What the bank signs its calls with, sealed for this row. Empty until one is registered.
    webhook_key = models.BinaryField(default=bytes)
    # Null: to be registered, under a new address and a new key.
    webhook_registered_at = models.DateTimeField(null=True)
    connected_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    connected_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="connection_status",
                condition=Q(status__in=["opening", "active", "lost", "failed", "undone"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["keep_alive_at"],
                condition=Q(keep_alive_at__isnull=False, status__in=["opening", "active"]),
                name="connection_keep_alive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} · {self.get_status_display()}"

    @property
    def bank_name(self) -> str:
        return registry.info(self.provider).name

    @property
    def bank_said(self) -> Said:
        """The bank in a sentence: «na Cora»."""
        return registry.info(self.provider).said

    @property
    def bank_mode(self) -> Mode:
        return registry.info(self.provider).mode(self.mode)

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_undone(self) -> bool:
        """Somebody undid it (connections.disconnect); only a new connection brings it back."""
        return self.status == self.Status.UNDONE


class ConsentAttempt(TenantOwned):
    """A person went to a bank to consent. The `state` that comes back works once, for them only."""

    provider = models.CharField(max_length=16)
    mode = models.CharField(max_length=40, blank=True)
    # What was typed before going, as a grant without tokens, sealed for this row. Empty: nothing.
    typed = models.BinaryField(default=bytes)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    redoes = TenantForeignKey("banking.BankAccount", models.PROTECT, null=True, related_name="+")
    # SHA-256 of the OAuth state (RFC 6749, section 10.12).
    state_digest = models.BinaryField(max_length=32)
    started_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "state_digest"], name="consentattempt_state"),
            models.Index(fields=["started_at"], name="consentattempt_old"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.started_at:%d/%m/%Y %H:%M}"

"""An address that an admin asked to join the company."""

from datetime import datetime
from typing import Self

from django.db import models

from core.clock import DatabaseNow
from tenants.models import Role, TenantOwned, TenantQuerySet, User


class InvitationQuerySet(TenantQuerySet):
    def open(self) -> Self:
        """Neither used nor revoked. It may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(TenantOwned):
    """One address may join in a role, once (convite).

    Its link is made by who sends the e-mail, and only the SHA-256 of its token is kept. A new
    e-mail makes a new link, and the one before leads nowhere.
    """

    class State(models.TextChoices):
        UNSENT = "unsent", "a enviar"
        REFUSED = "refused", "endereço recusado"
        LIVE = "live", "aguardando"
        EXPIRED = "expired", "vencido"
        REVOKED = "revoked", "revogado"
        USED = "used", "aceito"

    email = models.EmailField("e-mail")  # in lower case
    role = models.CharField("papel", max_length=12, choices=Role)
    # Whether the role is given on joining. Until another admin confirms it, the person reads.
    is_granted = models.BooleanField(default=True)
    # None: the product itself, when the company is made.
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow())
    token_hash = models.CharField(max_length=64, default="", editable=False)
    emailed_at = models.DateTimeField(null=True)
    is_refused = models.BooleanField(default=False)  # by the server of the address
    expires_at = models.DateTimeField(null=True)  # none before it was e-mailed
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]  # plugin: not ClassVar

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                name="invitation_role", condition=models.Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="invitation_one_end",
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["token_hash"], name="invitation_token"),
            models.Index(
                fields=["made_at"],
                condition=models.Q(
                    emailed_at=None, accepted_at=None, revoked_at=None, is_refused=False
                ),
                name="invitation_to_email",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def state_at(self, now: datetime) -> State:
        if self.accepted_at is not None:
            return self.State.USED
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.is_refused:
            return self.State.REFUSED
        if self.expires_at is None:
            return self.State.UNSENT
        return self.State.EXPIRED if self.expires_at <= now else self.State.LIVE

"""What is kept of a person's second factor beside the factors themselves (allauth's table)."""

from django.conf import settings
from django.db import models

from core.clock import DatabaseNow


class TotpUse(models.Model):
    """The latest period whose code a person has used: that one and those before it are spent.

    RFC 6238, section 5.2: a code that was accepted is not accepted again.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    period = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.period}"


class EnrolmentCode(models.Model):
    """A code that was sent by e-mail, so that only who reads it enrols a first factor."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Of the session that asked for it: in another one it opens nothing.
    session_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(db_default=DatabaseNow())
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "sent_at"], name="enrolment_code_of")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.sent_at}"


class FactorReset(models.Model):
    """A person's factors were taken away by an admin: for a time they read and do not act."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow())
    reads_only_until = models.DateTimeField()
    # The person said that it was not theirs to ask.
    locked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "reads_only_until"], name="factor_reset_of")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.made_at}"

"""Browsers in which a person has signed in before."""

from django.conf import settings
from django.db import models

from core.clock import DatabaseNow


class Device(models.Model):
    """A browser that a person has signed in with: it holds a token in a cookie.

    It belongs to the person, not to a company.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    token_digest = models.CharField(max_length=64)
    user_agent = models.CharField(max_length=200)
    first_seen_at = models.DateTimeField(db_default=DatabaseNow())
    last_seen_at = models.DateTimeField(db_default=DatabaseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token_digest"], name="device_once"),
        ]

    def __str__(self) -> str:
        return self.user_agent

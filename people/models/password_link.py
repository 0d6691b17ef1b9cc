"""A link to a new password that somebody asked for and that is to leave by e-mail."""

from django.db import models

from core.clock import DatabaseNow


class PasswordLink(models.Model):
    """Whether anybody has the address, only the task that sends it asks: the row is the queue."""

    email = models.EmailField()
    asked_at = models.DateTimeField(db_default=DatabaseNow())

    def __str__(self) -> str:
        return f"{self.email}: {self.asked_at}"

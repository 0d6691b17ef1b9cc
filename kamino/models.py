"""Signs of life of the product itself. Of no company."""

from django.db import models


class Heartbeat(models.Model):
    """When a part of the product was last seen at work, by the database's clock.

    `beat`; `queue:…`, a worker that takes messages of that queue; `worker:…`, one process.
    """

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
    overdue_tasks = models.PositiveIntegerField(default=0)  # of one process

    def __str__(self) -> str:
        return self.name


class DailyCall(models.Model):
    """The call of a day to HEARTBEAT_URL: that there is none is what raises the alarm there."""

    day = models.DateField(primary_key=True)  # São Paulo
    leased_until = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"

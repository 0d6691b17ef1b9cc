"""The way to Redis, for everybody who waits for it to come back."""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection

PAUSES = ("interval_start", "interval_step", "interval_max")


class PatientConnection(Connection):
    """Pauses between two attempts as the settings say: Celery lets them grow to half a minute."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        ours = self.transport_options or {}
        options |= {name: ours[name] for name in PAUSES if name in ours}
        return super().ensure_connection(*args, **options)


class PatientAmqp(AMQP):
    Connection = PatientConnection

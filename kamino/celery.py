"""The Celery application: `celery -A kamino worker` and `celery -A kamino beat`."""

import os

from celery import Celery
from celery.signals import worker_ready

from core.garbage import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamino.settings")

app = Celery("kamino", amqp="kamino.broker:PatientAmqp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def begin(**_: object) -> None:
    spare_what_is_loaded()

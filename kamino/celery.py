"""The Celery application: `celery -A kamino worker` and `celery -A kamino beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamino.settings")

app = Celery("kamino", amqp="kamino.broker:PatientAmqp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

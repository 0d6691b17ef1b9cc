"""Tasks that only call services. Messages carry nothing, and losing one loses nothing."""

from celery import shared_task
from django.utils import timezone

from tenants import notices


@shared_task
def send_notices() -> None:
    """Every tick: what is to be e-mailed is found in the database."""
    notices.send_waiting(timezone.now())

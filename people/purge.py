"""Rows of sign-ins that nobody needs any more, deleted by the clock in small batches."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from people.devices import KEPT_SECONDS
from people.models import Device, EnrolmentCode

BATCH = 1000
# Codes are counted by the hour.
CODES_KEPT = timedelta(days=1)


def purge_old_rows(now: datetime) -> None:
    """Delete some of what is over; the next tick goes on."""
    device_kept = timedelta(seconds=KEPT_SECONDS)
    delete_some(EnrolmentCode.objects.filter(sent_at__lt=now - CODES_KEPT))
    delete_some(Device.objects.filter(last_seen_at__lt=now - device_kept))
    living = Session.objects.values("session_key")
    # A sign-in notes its session a moment before the session is stored.
    before = now - timedelta(hours=1)
    delete_some(UserSession.objects.filter(created_at__lt=before).exclude(session_key__in=living))


def delete_some(rows: "QuerySet[Any]") -> None:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    rows.model._default_manager.filter(pk__in=ids).delete()

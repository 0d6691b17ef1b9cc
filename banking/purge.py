"""Banks' notices and calls, and attempts to connect: what nobody needs any more."""

from datetime import datetime, timedelta

from banking.models import BankCall, BankEvent, ConsentAttempt
from tenants.purge import oldest_of

# A notice as it came: header and body.
RAW_KEPT = timedelta(days=90)
# What it said, which may still tell how an order ended (payments.orders.status_polling).
SAID_KEPT = timedelta(days=365)
CALLS_KEPT = timedelta(days=90)
# Of a consent: its `state` is of no use after minutes.
ATTEMPTS_KEPT = timedelta(days=30)


def purge_old_rows(now: datetime) -> None:
    """Erase or delete some of it; the next tick goes on. To be called outside of scopes."""
    raw = BankEvent.objects.filter(sealed_body__isnull=False, received_at__lt=now - RAW_KEPT)
    for events in oldest_of(raw, by="received_at"):
        events.update(sealed_body=None, headers={})
    bare = BankEvent.objects.filter(sealed_body=None, received_at__lt=now - SAID_KEPT)
    for events in oldest_of(bare, by="received_at"):
        events.delete()
    for calls in oldest_of(BankCall.objects.filter(made_at__lt=now - CALLS_KEPT), by="made_at"):
        calls.delete()
    old = ConsentAttempt.objects.filter(started_at__lt=now - ATTEMPTS_KEPT)
    for attempts in oldest_of(old, by="started_at"):
        attempts.delete()

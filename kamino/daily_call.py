"""The dead-man's switch: HEARTBEAT_URL is called once a day, when the day's run went well.

Whoever watches that address raises the alarm when the call does not come: it needs nothing of ours
to be alive.
"""

from datetime import date, datetime, timedelta

import httpx
import structlog
from django.conf import settings
from django.db.models import Q

from brazil.banking_days import sao_paulo_day
from kamino.models import DailyCall
from payments.dispatch.late_runs import is_day_through

SECONDS = 10.0
# Longer than the call takes; a worker that died leaves it to another one.
LEASE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def call_once_a_day(now: datetime) -> bool:
    """Call, unless it was done today or the day's run is not through. True when it was called.

    Safe to run again, and from two workers. To be called outside of scopes.
    """
    if not settings.HEARTBEAT_URL:
        return False
    day = sao_paulo_day(now)
    if DailyCall.objects.filter(day=day, called_at__isnull=False).exists():
        return False
    if not is_day_through(now) or not claim(day, now):
        return False
    is_done = call(settings.HEARTBEAT_URL)
    called_at = now if is_done else None
    DailyCall.objects.filter(day=day).update(called_at=called_at, leased_until=None)
    return is_done


def claim(day: date, now: datetime) -> bool:
    DailyCall.objects.bulk_create([DailyCall(day=day)], ignore_conflicts=True)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    mine = DailyCall.objects.filter(free, day=day, called_at=None)
    return bool(mine.update(leased_until=now + LEASE))


def call(url: str) -> bool:
    """The address is a secret of its own: the log does not name it."""
    try:
        answer = httpx.get(url, timeout=SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        log.warning("heartbeat_url_failed", error=type(error).__name__)
        return False
    if not answer.is_success:
        log.warning("heartbeat_url_failed", status=answer.status_code)
    return answer.is_success

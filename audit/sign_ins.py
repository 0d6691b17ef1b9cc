"""Who came in, and who tried: noted, shown and purged."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.signals import authentication_failed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import connection
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from audit.agents import agent_in_words
from audit.models import SignIn
from audit.origin import current_origin
from tenants.models import User

Outcome = SignIn.Outcome

BATCH = 1000
# On the page.
SHOWN_FOR = timedelta(days=30)
SHOWN = 200

COUNT = """
INSERT INTO audit_signin (user_id, outcome, hour, device, count, last_at, origin, agent)
VALUES (%s, %s, date_trunc('hour', kamino_now()), %s, 1, kamino_now(), %s, %s)
ON CONFLICT (user_id, outcome, hour, device) DO UPDATE SET
    count = audit_signin.count + 1,
    last_at = greatest(audit_signin.last_at, EXCLUDED.last_at),
    origin = EXCLUDED.origin,
    agent = EXCLUDED.agent
"""


def note(user: User | None, outcome: Outcome, request: HttpRequest | None) -> None:
    """Count one. What a stranger can do often adds no row: see `SignIn`."""
    origin = current_origin()[:60]
    agent = agent_in_words(request.headers.get("User-Agent", "") if request else "")
    device = f"{origin} {agent}"[:120] if outcome == Outcome.IN else ""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [user.pk if user else None, outcome, device, origin, agent])


@receiver(user_logged_in)
def note_entry(user: User, request: HttpRequest | None = None, **more: Any) -> None:
    note(user, Outcome.IN, request)


@receiver(user_login_failed)
def note_refusal(
    credentials: dict[str, Any], request: HttpRequest | None = None, **more: Any
) -> None:
    typed = credentials.get("email") or credentials.get("username") or ""
    note(person_of(str(typed)), Outcome.REFUSED, request)


@receiver(authentication_failed)
def note_refused_factor(user: User, request: HttpRequest | None = None, **more: Any) -> None:
    note(user, Outcome.FACTOR_REFUSED, request)


def person_of(address: str) -> User | None:
    """Who signs in with it."""
    found = EmailAddress.objects.filter(email=address.lower(), verified=True).first()
    return found.user if found else User.objects.filter(email=address.lower()).first()


def newest_of(people: Iterable[int], now: datetime) -> QuerySet[SignIn]:
    """Of these people, the newest first, as far as a page shows them."""
    rows = SignIn.objects.filter(user__in=people, last_at__gte=now - SHOWN_FOR)
    return rows.select_related("user").order_by("-last_at", "-id")[:SHOWN]


def purge_old(now: datetime) -> None:
    """Delete some of what is over; the next tick goes on."""
    over = SignIn.objects.filter(last_at__lt=now - timedelta(days=settings.SIGN_INS_KEPT_DAYS))
    ids = list(over.order_by("last_at").values_list("id", flat=True)[:BATCH])
    SignIn.objects.filter(id__in=ids).delete()

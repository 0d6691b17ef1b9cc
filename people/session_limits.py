"""How long a person stays signed in: half an hour without doing anything, twelve hours at most.

What a page asks by itself (`X-Poll`) keeps nobody signed in.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from core.clock import database_now
from tenants.models import User

BEGAN, SEEN = "began", "seen"
# Who was signed in with this browser last, in a session in which nobody is.
LAST_PERSON = "last_person"
# Seconds: a person who works writes to their session no more often.
NOTED_EVERY = 30


class SessionLimits:
    """Ends the session of a person who was away too long, before anything is done in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            apply_limits(request)
        return self.get_response(request)


def apply_limits(request: HttpRequest) -> None:
    now, session = time.time(), request.session
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        begin(request)
        UserSession.objects.create_from_request(request)
    elif now - began >= settings.SESSION_HOURS * 3600 or now - seen >= settings.IDLE_MINUTES * 60:
        end(request)
    elif now - seen >= NOTED_EVERY and "X-Poll" not in request.headers:
        session[SEEN] = now
        UserSession.objects.create_from_request(request)


def begin(request: HttpRequest, **_: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def end(request: HttpRequest) -> None:
    """Sign out, and remember who it was: what they were typing comes back to them alone."""
    person = request.user.pk
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    request.session[LAST_PERSON] = person


def living_sessions(user: User) -> QuerySet[UserSession]:
    """The person's sessions that are neither over nor idle too long, the latest first."""
    now = database_now()
    living: QuerySet[UserSession] = UserSession.objects.filter(
        user=user,
        session_key__in=Session.objects.values("session_key"),
        created_at__gt=now - timedelta(hours=settings.SESSION_HOURS),
        last_seen_at__gt=now - timedelta(minutes=settings.IDLE_MINUTES),
    )
    return living.order_by("-last_seen_at")


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Sign the person out everywhere, or everywhere but in the session of that key."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()

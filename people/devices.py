"""The browsers that a person is known by: a new one is told of, and a known one is not locked out.

A browser keeps a token of ours for a year; the table keeps its digest, for each person who came in
with it.
"""

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.clock import database_now
from people.models import Device
from tenants.models import User

KEPT_SECONDS = 60 * 60 * 24 * 365


def token_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether the person has come in with this browser before."""
    token = token_of(request)
    return bool(token) and user.devices.filter(token_digest=digest_of(token)).exists()


def note_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """The person came in: a browser that is new for them is kept, and told to them."""
    token = token_of(request) or secrets.token_urlsafe(32)
    agent = request.headers.get("User-Agent", "")[:200]
    device, is_new = Device.objects.get_or_create(
        user=user, token_digest=digest_of(token), defaults={"user_agent": agent}
    )
    request.device_token = token  # type: ignore[attr-defined]  # for the cookie, below
    if is_new:
        get_adapter(request).send_notification_mail("people/email/new_device", user)
    else:
        device.last_seen_at, device.user_agent = database_now(), agent
        device.save(update_fields=["last_seen_at", "user_agent"])


class DeviceMiddleware:
    """Gives the browser its token when somebody came in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if token := getattr(request, "device_token", ""):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                token,
                max_age=KEPT_SECONDS,
                secure=settings.SERVED_OVER_TLS,
                httponly=True,
                samesite="Lax",
            )
        return response

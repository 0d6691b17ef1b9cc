"""How often people and companies may call the API, and ask for what costs much.

Counted by who is signed in and by the company, never by what a request says of its address.
"""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.rate import Rate, seconds_to_wait
from tenants.access import TenantRequest, View


class Throttle(BaseThrottle):
    what: str
    seconds = 0

    def who(self, request: Request) -> object:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.who(request)
        if who is None:
            return True
        rate = Rate.read(settings.API_RATES[self.what])
        self.seconds = seconds_to_wait(f"api:{self.what}", who, rate)
        return self.seconds == 0

    def wait(self) -> float:
        return float(self.seconds)


class PersonThrottle(Throttle):
    what = "person"

    def who(self, request: Request) -> object:
        return request.user.pk


class CompanyThrottle(Throttle):
    """All of a company's people together."""

    what = "company"

    def who(self, request: Request) -> object:
        tenant = getattr(request, "tenant", None)
        return tenant and tenant.id


def costly(view: View) -> View:
    """Let a person ask for it only so often: files are made and read while others wait."""

    @wraps(view)
    def counted(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rate = Rate.read(settings.COSTLY_RATE)
        if seconds := seconds_to_wait("costly", request.user.pk, rate):
            answer = render(request, "429.html", {"seconds": seconds}, status=429)
            answer.headers["Retry-After"] = str(seconds)
            return answer
        return view(request, *args, **kwargs)

    return counted

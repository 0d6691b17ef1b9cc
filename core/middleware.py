"""What every answer of ours has in common."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from core.conflicts import without_conflict
from core.errors import DomainError

# What no page of ours asks a browser for. Passkeys (publickey-credentials) are not among it.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
        "microphone", "midi", "payment", "usb",
    )
)  # fmt: skip


class PrivateResponseMiddleware:
    """Pages and API answers hold a company's money: nobody on the way or at this computer keeps
    them (RFC 9111, section 5.2.2.5). Files that are the same for all never come here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response


class AddressOfFormMiddleware:
    """The answer to a refused form stands at the form's own address: who enters that again, or
    reloads it as an address, is told so instead of getting an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wants_page = request.method == "GET" and request.accepts("text/html")
        if response.status_code != 405 or not wants_page or response.content:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class DomainErrorMiddleware:
    """A `DomainError` becomes a message where the person is, and so does a deadlock; views hold no
    `try`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        error = without_conflict(error)
        if not isinstance(error, DomainError):
            return None
        if getattr(request, "htmx", False):
            toast = json.dumps({"toast": {"text": str(error), "tone": "bad"}})
            return HttpResponse(
                str(error), status=422, headers={"HX-Trigger": toast, "HX-Reswap": "none"}
            )
        messages.error(request, str(error))
        return redirect(previous_page(request))


def previous_page(request: HttpRequest) -> str:
    """Where the person came from, if that is another one of our pages; else the start."""
    referer = request.headers.get("Referer", "")
    leads_here = request.method == "GET" and referer == request.build_absolute_uri()
    if not leads_here and url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    ):
        return referer
    return "/"

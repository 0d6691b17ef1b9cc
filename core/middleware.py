"""A `DomainError` becomes a message where the person is; views hold no `try`."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import DomainError


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
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

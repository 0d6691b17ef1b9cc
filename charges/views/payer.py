"""The page of a charge for its payer: no sign-in, no cookie; the secret in the address opens it."""

from functools import wraps
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from audit.origin import client_address
from charges.payer_page.address import find_charge
from charges.payer_page.opened import note_opened
from charges.payer_page.page import PayerView, view_of
from core.rate import Rate, seconds_to_wait
from tenants.access import View
from tenants.scope import tenant_scope

# The address is not told to where a link leads, nor kept by who looks for pages.
HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


def for_strangers(view: View) -> View:
    """An address that anybody may try: so often from one place, and so often in all."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seconds = seconds_until_free(request)
        answer = too_often(request, seconds) if seconds else view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return counted


def too_often(request: HttpRequest, seconds: int) -> HttpResponseBase:
    answer = render(request, "payer/too_often.html", {"seconds": seconds}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def seconds_until_free(request: HttpRequest) -> int:
    """What one place asks too often is not counted in all: it shuts out nobody else."""
    one, everybody = (Rate.read(settings.PAYER_PAGE_RATES[name]) for name in ("place", "all"))
    return seconds_to_wait("payer", place_of(request), one) or seconds_to_wait(
        "payer", "all", everybody
    )


def place_of(request: HttpRequest) -> str:
    """The address that asks; of IPv6 the network of 64 bits, which is one customer's."""
    address = client_address(request)
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    if ip.ipv4_mapped is not None:  # else all of IPv4 would be one customer, ::/64
        return str(ip.ipv4_mapped)
    return str(ip_network((ip, 64), strict=False))


@require_safe
@for_strangers
def page(request: HttpRequest, token: str) -> HttpResponse:
    view = view_of(find_charge(token))
    if view is None:
        return gone(request)
    return render(request, "payer/page.html", {"view": view, "charge": view.charge, "token": token})


@require_safe
@for_strangers
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the page still shows what is so: 204, else 205 for «look again»."""
    view = view_of(find_charge(token))
    if view is None:
        return gone(request)
    is_same = request.GET.get("visto") == view.mark
    return HttpResponse(status=HTTPStatus.NO_CONTENT if is_same else HTTPStatus.RESET_CONTENT)


@csrf_exempt  # it changes nothing but the note that somebody looked
@require_POST
@for_strangers
def opened(request: HttpRequest, token: str) -> HttpResponse:
    view = view_of(find_charge(token))
    if view is None:
        return gone(request)
    if is_of_page(request) and not request.user.is_authenticated:
        note(view)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def note(view: PayerView) -> None:
    with tenant_scope(view.charge.tenant_id):
        note_opened(view)


def is_of_page(request: HttpRequest) -> bool:
    """Sent by a page of ours (Fetch Metadata; a browser that does not say it is believed)."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for what was never there, what is another's and what is no longer shown."""
    return render(request, "payer/gone.html", status=404)

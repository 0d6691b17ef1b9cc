"""A session that ended loses nothing: the person signs in, and is back where they were."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from people.kept_form import keep, page_of
from people.session_limits import LAST_PERSON

# A page sends its form with it only to have it kept: nothing is done, whoever is signed in.
KEEP_ONLY = "_keep"


class SignedOut:
    """Answers what a page of a company sends when its person is signed in no longer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        is_inside = hasattr(view, "roles")  # tenants.access.role_required
        if not is_inside:
            return None
        is_post = request.method == "POST"
        if is_post and KEEP_ONLY in request.POST:
            return keep_only(request)
        if request.user.is_authenticated:
            return None
        if request.headers.get("HX-Request"):
            return ask_in_dialog(request)
        if is_post:
            keep_for_last(request)
            return HttpResponseRedirect(sign_in_address(page_of(request)))
        return None


def keep_only(request: HttpRequest) -> HttpResponse:
    page = page_of(request)
    if request.user.is_authenticated:
        keep(request, request.user.pk)
        return HttpResponseRedirect(page)
    keep_for_last(request)
    return HttpResponseRedirect(sign_in_address(page))


def keep_for_last(request: HttpRequest) -> None:
    """For who was signed in with this browser; strangers leave nothing with us."""
    if person := request.session.get(LAST_PERSON):
        keep(request, person)


def ask_in_dialog(request: HttpRequest) -> HttpResponse:
    """Never a page of sign-in inside a page."""
    address = sign_in_address(page_of(request))
    answer = render(request, "people/_sign_in_again.html", {"address": address}, status=401)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#dialogs", "innerHTML"
    return answer


def sign_in_address(page: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': page})}"

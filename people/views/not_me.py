"""«Não fui eu»: the links of the e-mails that tell of a reset and of another address. They take no
sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.errors import InvalidState
from people.email_undo import read_undo, take_back
from people.factor_reset import lock_account, read_link


@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks: what reads mail for people opens links too."""
    try:
        reset = read_link(token)
    except InvalidState:
        return render(request, "people/not_me.html", {"reset": None}, status=404)
    if request.method == "POST":
        lock_account(reset)
    context = {"reset": reset, "is_done": request.method == "POST"}
    return render(request, "people/not_me.html", context)


@require_http_methods(["GET", "POST"])
def undo_email(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, as above."""
    try:
        undo = read_undo(token)
    except InvalidState:
        return render(request, "people/undo_email.html", {"undo": None}, status=404)
    if request.method == "POST":
        take_back(undo)
    context = {"undo": undo, "is_done": request.method == "POST"}
    return render(request, "people/undo_email.html", context)

"""«Não fui eu»: the link of the e-mail that tells of a reset. It takes no sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.errors import InvalidState
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

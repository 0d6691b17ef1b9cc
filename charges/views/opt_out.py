"""The link by which who gets mails ends them: it does this and nothing else, without sign-in."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from charges.dunning.opt_out import find_recipient, opt_out


# The button of a mail program sends no token of ours (RFC 8058): the address itself is the proof.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """A program that only follows links ends nothing: that takes the button."""
    recipient = opt_out(token) if request.method == "POST" else find_recipient(token)
    status = HTTPStatus.OK if recipient is not None else HTTPStatus.NOT_FOUND
    response = render(request, "charges/dunning/opt_out.html", {"to": recipient}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

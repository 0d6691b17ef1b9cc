"""The link of an invitation: opened by anybody, it changes nothing until a person says so."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import marking
from people import invitations
from people.forms import JoinForm
from people.models import Invitation
from tenants.access import SESSION_KEY
from tenants.emails import is_confirmed, people_of_address
from tenants.models import Membership, User
from tenants.scope import tenant_scope


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD only look: mail scanners open links too."""
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "people/join_unknown.html", status=404)
    user = request.user
    if invitation.accepted_by_id is not None and invitation.accepted_by_id == user.pk:
        return redirect("home")
    with tenant_scope(invitation.tenant_id):
        code, sentence = invitations.why_not(invitation)
    if code:
        context = {"invitation": invitation, "code": code, "sentence": sentence}
        return render(request, "people/join_over.html", context, status=410)
    if not isinstance(user, User):
        return of_stranger(request, invitation, token)
    if not is_confirmed(user, invitation.email):
        return show(request, "people/join_other.html", invitation, token, status=403)
    if request.method == "POST":
        return come_in(request, invitations.accept(invitation, user))
    return show(request, "people/join_accept.html", invitation, token)


def of_stranger(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Nobody is signed in: who has an account signs in first, who has none makes it here."""
    if people_of_address(invitation.email).exists():
        return show(request, "people/join_sign_in.html", invitation, token)
    form = JoinForm(invitation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            membership = invitations.accept_as_new(
                invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
            )
            login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return come_in(request, membership)
    return show(request, "people/join_new.html", invitation, token, form=form)


def come_in(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = str(membership.tenant_id)
    messages.success(request, f"Agora você faz parte de {membership.tenant.name}.")
    return redirect("home")


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Sign out, and back to the invitation."""
    get_adapter(request).logout(request)
    return redirect("people:join", token)


def show(
    request: HttpRequest,
    template: str,
    invitation: Invitation,
    token: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    return render(
        request,
        template,
        {"invitation": invitation, "token": token, **context},
        status=status,
    )

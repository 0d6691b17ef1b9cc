"""Where a person is signed in, and ending it."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from people.browser_name import browser_name
from people.session_limits import end_sessions, living_sessions
from tenants.models import User


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    here = request.session.session_key
    found = living_sessions(cast(User, request.user))
    rows = [
        {
            "session": session,
            "browser": browser_name(session.user_agent),
            "is_here": session.session_key == here,
        }
        for session in found
    ]
    context = {"rows": rows, "idle_minutes": settings.IDLE_MINUTES}
    return render(request, "people/sessions.html", context)


@require_POST
@login_required
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    user = cast(User, request.user)
    session = get_object_or_404(living_sessions(user), id=session_id)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, "Sessão encerrada.")
    return redirect("account_sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    end_sessions(cast(User, request.user), but=request.session.session_key)
    messages.success(request, "As outras sessões foram encerradas.")
    return redirect("account_sessions")

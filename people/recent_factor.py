"""Acts that move money or open doors ask who acts for their second factor, not long ago.

What may be put before each of them: `@require_recent_factor` below `@role_required`, and
`RecentFactor` in the API.
"""

from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.errors import NotAllowed
from people.factors import has_factor, is_proved_lately, is_required_of, reads_only_until
from people.kept_form import keep, page_of
from tenants.access import READING, TenantRequest, View

# The page to go back to from the first enrolment.
RETURN_TO = "return_to"


def require_recent_factor(view: View) -> View:
    """Let nobody write who has a factor and did not show it lately, or has to have one."""
    return guard(view, reads=False)


def require_recent_factor_to_open(view: View) -> View:
    """The same of a page whose opening is the act itself."""
    return guard(view, reads=True)


def guard(view: View, *, reads: bool) -> View:
    @wraps(view)
    def guarded(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in READING and not reads:
            return view(request, *args, **kwargs)
        refuse_who_only_reads(request)
        lacks = missing_proof(request)
        if not lacks:
            return view(request, *args, **kwargs)
        page = request.get_full_path() if request.method in READING else page_of(request)
        return ask(request, lacks, page)

    guarded.asks_factor = True  # type: ignore[attr-defined]
    return guarded


def refuse_who_only_reads(request: TenantRequest) -> None:
    """
    Raises:
        NotAllowed: the person's factors were reset not long ago.
    """
    until = reads_only_until(request.user)
    if until is None:
        return
    keep(request, request.user.pk)
    raise NotAllowed(reads_only_text(until), code="reads_only")


def reads_only_text(until: datetime) -> str:
    return (
        f"Até {localtime(until):%d/%m às %H:%M} você consulta, mas não aprova, envia nem "
        "administra: o seu segundo fator foi redefinido."
    )


def missing_proof(request: TenantRequest) -> str:
    """What the person lacks before the act: `proof`, `enrolment`, or nothing."""
    if has_factor(request.user):
        return "" if is_proved_lately(request) else "proof"
    return "enrolment" if is_required_of(request.membership) else ""


def ask(request: TenantRequest, lacks: str, page: str) -> HttpResponseBase:
    """Lead to the proof, and back to the page. Nothing was done, and nothing typed is lost."""
    address = proof_address(request, page) if lacks == "proof" else enrolment_address(request, page)
    if request.htmx:
        context = {"address": address, "lacks": lacks}
        answer = render(request, "people/_ask_factor.html", context, status=401)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#dialogs", "innerHTML"
        return answer
    keep(request, request.user.pk)
    return HttpResponseRedirect(address)


def proof_address(request: HttpRequest, page: str) -> str:
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    return f"{methods[0]['url']}?{urlencode({'next': page})}"


def enrolment_address(request: HttpRequest, page: str) -> str:
    request.session[RETURN_TO] = page
    return reverse("mfa_index")


class RecentFactor(BasePermission):
    """For the actions that the view names in `factor_actions`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """
        Raises:
            PermissionDenied: with `factor_required` or `reads_only` as its code.
        """
        if view.action not in view.factor_actions:
            return True
        person = cast(TenantRequest, request._request)
        if until := reads_only_until(person.user):
            raise PermissionDenied({"detail": reads_only_text(until), "code": "reads_only"})
        if missing_proof(person):
            text = "Confirme o seu segundo fator no Kamino antes deste ato."
            raise PermissionDenied({"detail": text, "code": "factor_required"})
        return True

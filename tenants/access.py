"""Who may open a page, and the company it is opened for.

What a page sends says the company that the page was made for (decision 0029): in a second tab the
person may work for another one by now.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from core.errors import InvalidState, NotAllowed
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import person_scope, tenant_scope

SESSION_KEY = "tenant"
# Where a request says the company of the page that sent it.
HEADER, FIELD = "X-Company", "_company"
READING = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., HttpResponseBase]


class TenantRequest(HttpRequest):
    """A request of a signed-in person for one company."""

    user: User
    tenant: Tenant
    membership: Membership
    memberships: list[Membership]
    htmx: HtmxDetails


def role_required(*roles: Role, scoped: bool = True) -> Callable[[View], View]:
    """Let in the people who have one of the roles in the company that they work for now.

    The view runs inside the company's scope, so what it writes commits together when it ends.
    `scoped=False` is for the few views that call a bank: they open short scopes themselves.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not enter_company(request):
                return refuse_without_company(request)
            if is_of_other_company(request):
                return refuse_other_company(request)
            if roles and request.membership.role not in roles:
                raise PermissionDenied
            if not scoped:
                return view(request, *args, **kwargs)
            with tenant_scope(request.tenant.id):
                return view(request, *args, **kwargs)

        guarded.roles = roles or tuple(Role)  # type: ignore[attr-defined]
        return guarded

    return decorate


member_required = role_required()


def enter_company(request: TenantRequest) -> bool:
    """Set the request's company: the one chosen in this session, at first the first by name.

    False when the person belongs to none, or no longer to the one that they chose: no other takes
    its place by itself.
    """
    load_memberships(request)
    if not request.memberships:
        return False
    chosen = request.session.setdefault(SESSION_KEY, str(request.memberships[0].tenant_id))
    found = next((m for m in request.memberships if str(m.tenant_id) == chosen), None)
    if found is None:
        return False
    request.membership, request.tenant = found, found.tenant
    return True


def load_memberships(request: TenantRequest) -> None:
    with person_scope(request.user.pk):
        request.memberships = list(
            Membership.objects.filter(user=request.user)
            .select_related("tenant", "user")
            .order_by("tenant__name", "tenant_id")
        )


def stated_company(request: HttpRequest) -> str:
    """The company of the page that sent this, as it says itself; empty when it says none."""
    return request.headers.get(HEADER) or request.POST.get(FIELD, "")


def is_of_other_company(request: TenantRequest) -> bool:
    """Whether a page sent this that was not made for the company of the session.

    An act has to say which one it is for. A fragment that is read may; a page has no page before.
    """
    stated = stated_company(request)
    if request.method in READING and not (request.htmx and stated):
        return False
    return stated != str(request.tenant.id)


def refuse_other_company(request: TenantRequest) -> HttpResponseBase:
    if request.htmx:
        raise InvalidState(
            f"Nada foi feito: esta página é de outra empresa, e você trabalha agora em "
            f"{request.tenant}. Atualize a página.",
            code="other_company",
        )
    stated = stated_company(request)
    page_of = next((m.tenant for m in request.memberships if str(m.tenant_id) == stated), None)
    return render(request, "tenants/other_company.html", {"page_of": page_of}, status=409)


def refuse_without_company(request: TenantRequest) -> HttpResponseBase:
    if not request.memberships:
        return render(request, "tenants/no_company.html", status=403)
    if request.htmx:
        raise NotAllowed(
            "Nada foi feito: você não tem mais acesso a esta empresa.", code="left_company"
        )
    return render(request, "tenants/left_company.html", status=403)


def choose_company(request: TenantRequest, tenant_id: UUID) -> bool:
    """Work for another company from now on. False when the person does not belong to it."""
    if not any(m.tenant_id == tenant_id for m in request.memberships):
        return False
    request.session[SESSION_KEY] = str(tenant_id)
    return True

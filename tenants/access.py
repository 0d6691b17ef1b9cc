"""Who may open a page, and the company it is opened for."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from tenants.models import Membership, Role, Tenant, User
from tenants.scope import person_scope, tenant_scope

SESSION_KEY = "tenant"

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
                return render(request, "tenants/no_company.html", status=403)
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
    """Set the request's company: the one chosen in this session, else the first by name."""
    with person_scope(request.user.pk):
        request.memberships = list(
            Membership.objects.filter(user=request.user)
            .select_related("tenant", "user")
            .order_by("tenant__name", "tenant_id")
        )
    if not request.memberships:
        return False
    chosen = request.session.get(SESSION_KEY)
    request.membership = next(
        (m for m in request.memberships if str(m.tenant_id) == chosen), request.memberships[0]
    )
    request.tenant = request.membership.tenant
    return True


def choose_company(request: TenantRequest, tenant_id: UUID) -> bool:
    """Work for another company from now on. False when the person does not belong to it."""
    if not any(m.tenant_id == tenant_id for m in request.memberships):
        return False
    request.session[SESSION_KEY] = str(tenant_id)
    return True

"""A person lets another approve in their place for some days."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import database_now
from core.forms import marking
from payments.bills.tiers import Tiers, apply_delegation, approvers_of, revoke_delegation
from payments.forms.limits import DelegationForm
from payments.models import Delegation
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

SHOWN = 50


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def delegations(request: TenantRequest) -> HttpResponse:
    me = request.membership
    others = [m for m in approvers_of(request.tenant) if m.user_id != me.user_id]
    form = DelegationForm(others, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with marking(form):
            apply_delegation(
                request.tenant, me, form.person, up_to=form.cleaned_data["up_to"],
                ends_at=form.ends_at, by=me,
            )  # fmt: skip
            messages.success(request, "Alçada delegada.")
            return redirect("payments:delegations")
    now = database_now()
    given = Delegation.objects.of(request.tenant).filter(ends_at__gt=now, revoked_at=None)
    if not me.is_admin:
        given = given.filter(Q(delegator=me.user_id) | Q(delegate=me.user_id))
    alone = Tiers.of(request.tenant).alone_up_to(me)
    context = {
        "form": form,
        "alone_up_to": alone if alone.is_finite() else None,
        "has_others": bool(others),
        "given": given.select_related("delegator", "delegate").order_by("ends_at", "id")[:SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "payments/delegations.html", context, status=status)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
def revoke(request: TenantRequest, delegation_id: UUID) -> HttpResponse:
    delegation = get_object_or_404(Delegation.objects.of(request.tenant), id=delegation_id)
    revoke_delegation(delegation, by=request.membership)
    messages.success(request, "Delegação encerrada.")
    return redirect("payments:delegations")

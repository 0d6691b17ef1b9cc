"""Confirming and stopping what another admin asked for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from people import pending_changes
from people.models import PendingChange
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def confirm(request: TenantRequest, change_id: UUID) -> HttpResponse:
    change = pending_changes.confirm(find(request, change_id), by=request.membership)
    if change.outcome == PendingChange.Outcome.VOID:
        messages.error(request, f"A mudança não vale mais. {change.reason}")
    else:
        messages.success(request, f"Confirmado: {change.title}.")
    return redirect("people:list")


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
def stop(request: TenantRequest, change_id: UUID) -> HttpResponse:
    change = pending_changes.stop(find(request, change_id), by=request.membership)
    messages.success(request, f"Mudança barrada: {change.title}.")
    return redirect("people:list")


def find(request: TenantRequest, change_id: UUID) -> PendingChange:
    found: PendingChange = get_object_or_404(PendingChange.objects.of(request.tenant), id=change_id)
    return found

"""Where a person begins."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from tenants.access import TenantRequest, member_required
from tenants.models import Role


@require_safe
@member_required
def go_home(request: TenantRequest) -> HttpResponse:
    """An approver at what waits for them, everybody else at the balances."""
    is_approver = request.membership.role == Role.APPROVER
    return redirect("payments:approvals" if is_approver else "reconciliation:reconcile")

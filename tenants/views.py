from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tenants.access import TenantRequest, choose_company, member_required


@require_POST
@member_required
def switch(request: TenantRequest) -> HttpResponse:
    """Work for another of the person's companies."""
    try:
        tenant_id = UUID(request.POST.get("tenant", ""))
    except ValueError as error:
        raise Http404 from error
    if not choose_company(request, tenant_id):
        raise Http404
    name = next(m.tenant.name for m in request.memberships if m.tenant_id == tenant_id)
    messages.success(request, f"Agora você está em {name}.")
    return redirect("home")

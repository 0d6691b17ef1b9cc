from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from tenants import notices
from tenants.access import TenantRequest, choose_company, load_memberships, member_required
from tenants.models import Notice


@require_POST
@login_required
def switch(request: TenantRequest) -> HttpResponse:
    """Work for another of the person's companies, whichever the page was made for."""
    load_memberships(request)
    try:
        tenant_id = UUID(request.POST.get("tenant", ""))
    except ValueError as error:
        raise Http404 from error
    if not choose_company(request, tenant_id):
        raise Http404
    name = next(m.tenant.name for m in request.memberships if m.tenant_id == tenant_id)
    messages.success(request, f"Agora você está em {name}.")
    return redirect("home")


@require_POST
@member_required
def close_notice(request: TenantRequest, notice_id: UUID) -> HttpResponse:
    """A person has read a notice of their own."""
    mine = Notice.objects.of(request.tenant).filter(user=request.user)
    notices.close(get_object_or_404(mine, id=notice_id))
    return HttpResponse() if request.htmx else redirect("home")

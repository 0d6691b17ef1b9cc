"""«Comparar planos»."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from integrations.plans import compare
from tenants.access import TenantRequest, member_required


@require_GET
@member_required
def plans(request: TenantRequest) -> HttpResponse:
    return render(request, "integrations/plans.html", {"comparison": compare(request.tenant)})

"""«Saúde da integração» of one account."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.clock import database_now
from integrations.accounts import integrations_of
from integrations.diagnosis import diagnose
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_GET
@role_required(Role.ADMIN, Role.FINANCE)
def diagnosis(request: TenantRequest, account_id: UUID) -> HttpResponse:
    for each in integrations_of(request.tenant, database_now()):
        if each.account.id == account_id:
            return render(request, "integrations/diagnosis.html", {"diagnosis": diagnose(each)})
    raise Http404

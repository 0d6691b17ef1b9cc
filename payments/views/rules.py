"""«Alçadas e limites»: what an admin decides about approving and sending."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.errors import Changed
from core.forms import marking
from payments.bills.tiers import Tiers, apply_tiers, approvers_of
from payments.forms.limits import TiersForm
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_GET
@role_required(Role.ADMIN)
def show_rules(request: TenantRequest) -> HttpResponse:
    return page(request)


@require_POST
@role_required(Role.ADMIN)
def save_tiers(request: TenantRequest) -> HttpResponse:
    tiers = Tiers.of(request.tenant)
    form = TiersForm(tiers, approvers_of(request.tenant), request.POST.dict())
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            with marking(form):
                apply_tiers(request.tenant, form.wanted, seen=seen, by=request.membership)
        except Changed as error:
            form.add_error(None, str(error))
            form.data = {**form.data, "seen": str(tiers)}
            return page(request, tiers=form, status=409)
    if form.errors:
        return page(request, tiers=form, status=422)
    messages.success(request, "Alçadas gravadas.")
    return redirect("payments:rules")


def page(request: TenantRequest, *, status: int = 200, **bound: Any) -> HttpResponse:
    """With the forms that were not accepted, and fresh ones for the others."""
    tenant = request.tenant
    forms = {"tiers": TiersForm(Tiers.of(tenant), approvers_of(tenant))}
    return render(request, "payments/rules.html", forms | bound, status=status)

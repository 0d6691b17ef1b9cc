"""«Alçadas e limites»: what an admin decides about approving and sending."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from banking.models import BankAccount
from core.errors import Changed
from core.forms import marking
from payments.bills.tiers import Tiers, approvers_of
from payments.forms.limits import LimitsForm, TiersForm
from payments.orders.account_limits import version_of
from payments.orders.rule_changes import LIMITS, TIERS, asked, change_limits, change_tiers
from payments.rails.limits import limits_of
from people.outcomes import tell_outcome
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role, Tenant


@require_GET
@role_required(Role.ADMIN)
def show_rules(request: TenantRequest) -> HttpResponse:
    return page(request)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def save_tiers(request: TenantRequest) -> HttpResponse:
    tiers = Tiers.of(request.tenant)
    form = TiersForm(tiers, approvers_of(request.tenant), request.POST.dict())
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            with marking(form):
                change = change_tiers(request.tenant, form.wanted, seen=seen, by=request.membership)
        except Changed as error:
            form.add_error(None, str(error))
            form.data = {**form.data, "seen": str(tiers)}
            return page(request, tiers=form, status=409)
    if form.errors:
        return page(request, tiers=form, status=422)
    tell_outcome(request, change, "Alçadas gravadas.")
    return redirect("payments:rules")


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def save_limits(request: TenantRequest) -> HttpResponse:
    limits = limits_of(request.tenant.id)
    form = LimitsForm(accounts_of(request.tenant), limits, request.POST.dict())
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            change = change_limits(request.tenant, form.wanted, seen=seen, by=request.membership)
        except Changed as error:
            form.add_error(None, str(error))
            form.data = {**form.data, "seen": version_of(limits)}
            return page(request, limits=form, status=409)
    if form.errors:
        return page(request, limits=form, status=422)
    tell_outcome(request, change, "Limites gravados.")
    return redirect("payments:rules")


def accounts_of(tenant: Tenant) -> list[BankAccount]:
    accounts = BankAccount.objects.of(tenant).order_by("-is_preferred", "provider", "number")
    return list(accounts)


def page(request: TenantRequest, *, status: int = 200, **bound: Any) -> HttpResponse:
    """With the forms that were not accepted, and fresh ones for the others."""
    tenant = request.tenant
    forms = {
        "tiers": TiersForm(Tiers.of(tenant), approvers_of(tenant)),
        "limits": LimitsForm(accounts_of(tenant), limits_of(tenant.id)),
    }
    waiting = {"tiers_asked": asked(tenant, TIERS), "limits_asked": asked(tenant, LIMITS)}
    return render(request, "payments/rules.html", forms | waiting | bound, status=status)

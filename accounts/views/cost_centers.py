"""«Centros de custo»: everybody sees them, an admin makes, renames and archives them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.chart import cost_centers as centers
from accounts.chart.forms import CostCenterForm, initial_of_center
from accounts.models import CostCenter
from accounts.views.chart import admin_required, posted
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.forms import marking
from tenants.access import TenantRequest, member_required


@require_GET
@member_required
def cost_centers(request: TenantRequest) -> HttpResponse:
    """With what came of each since the year began."""
    today = sao_paulo_day(database_now())
    rows = centers.centers_of(request.tenant, today.replace(month=1, day=1), today)
    context = {"rows": rows, "today": today, "since": today.replace(month=1, day=1)}
    return render(request, "accounts/cost_centers.html", context)


@require_http_methods(["GET", "POST"])
@admin_required
def new_center(request: TenantRequest) -> HttpResponse:
    form = CostCenterForm(posted(request))
    if form.is_valid():
        with marking(form):
            made = centers.make_center(request.tenant, form.details, by=request.user)
            return done(request, f"Centro de custo {made} criado.")
    return edit_page(request, form, title="Novo centro de custo")


@require_http_methods(["GET", "POST"])
@admin_required
def center(request: TenantRequest, center_id: UUID) -> HttpResponse:
    found = find_center(request, center_id)
    form = CostCenterForm(posted(request), initial=initial_of_center(found))
    if form.is_valid():
        with marking(form):
            seen = form.cleaned_data["seen"]
            centers.change_center(found, form.details, seen=seen, by=request.user)
            return done(request, f"Centro de custo {found} alterado.")
        found.refresh_from_db()
        form.show_what_is(centers.as_seen(found))
    return edit_page(request, form, title=str(found), center=found)


@require_POST
@admin_required
def archive(request: TenantRequest, center_id: UUID) -> HttpResponse:
    found = find_center(request, center_id)
    centers.archive_center(found, by=request.user)
    return done(request, f"Centro de custo {found} arquivado.")


@require_POST
@admin_required
def restore(request: TenantRequest, center_id: UUID) -> HttpResponse:
    found = find_center(request, center_id)
    centers.restore_center(found, by=request.user)
    return done(request, f"Centro de custo {found} reativado.")


def done(request: TenantRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("accounts:cost_centers")


def edit_page(request: TenantRequest, form: CostCenterForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "accounts/cost_center.html", {"form": form, **context}, status=status)


def find_center(request: TenantRequest, center_id: UUID) -> CostCenter:
    rows = CostCenter.objects.of(request.tenant).select_related("tenant")
    found: CostCenter = get_object_or_404(rows, id=center_id)
    return found

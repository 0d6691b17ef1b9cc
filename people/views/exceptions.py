"""«Exceções»: what was done out of the ordinary, by whom, and what waits for a second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Changed, NotAllowed
from core.forms import marking
from people import exceptional_acts
from people.exceptional_limit import change_limit, limit_asked, limit_of
from people.exceptional_list import page_of, since_of, sums_of, waiting_rows
from people.forms import ExceptionFilter, ExceptionLimitForm, RefuseForm
from people.models import ExceptionalAct
from people.outcomes import tell_outcome
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@role_required(Role.ADMIN, Role.APPROVER)
def exceptions(request: TenantRequest) -> HttpResponse:
    """Filters and the act that the page starts after live in the address."""
    form = ExceptionFilter(request.GET, tenant=request.tenant)
    if form.names_nothing:
        raise Http404
    if request.htmx and "before" in request.GET:
        page = page_of(request.membership, form.cleaned_data, request.GET)
        return render(request, "people/_exceptions.html", {"page": page})
    return show(request, form)


def show(
    request: TenantRequest, form: ExceptionFilter, *, status: int = 200, **bound: Any
) -> HttpResponse:
    filters = form.cleaned_data
    context = {
        "form": form,
        "waiting": waiting_rows(request.membership),
        "page": page_of(request.membership, filters, request.GET),
        "sums": sums_of(request.tenant, filters),
        "summed_since": since_of(filters),
        "limit": limit_of(request.tenant),
        "limit_form": ExceptionLimitForm(limit_of(request.tenant)),
        "limit_asked": limit_asked(request.tenant),
    }
    return render(request, "people/exceptions.html", context | bound, status=status)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def release(request: TenantRequest, act_id: UUID) -> HttpResponse:
    act = exceptional_acts.release(find(request, act_id), by=request.membership)
    if act.outcome == ExceptionalAct.Outcome.VOID:
        messages.error(request, f"Nada foi feito: {act.reason}")
    else:
        messages.success(request, f"Liberado: {act.title}.")
    return redirect("people:exceptions")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.APPROVER)
def refuse(request: TenantRequest, act_id: UUID) -> HttpResponse:
    act = find(request, act_id)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with marking(form):
            why = form.cleaned_data["why"]
            exceptional_acts.refuse(act, by=request.membership, why=why)
            messages.success(request, f"Recusado: {act.title}.")
            return redirect("people:exceptions")
    template = "people/_refuse_dialog.html" if request.htmx else "people/refuse.html"
    status = 422 if form.is_bound else 200
    return render(request, template, {"act": act, "form": form}, status=status)


@require_POST
@member_required
def withdraw(request: TenantRequest, act_id: UUID) -> HttpResponse:
    """Who asked takes it back."""
    act = find(request, act_id)
    if act.asked_by_id != request.membership.user_id:
        raise NotAllowed("Só quem fez o pedido o retira.", code="not_yours")
    exceptional_acts.refuse(act, by=request.membership)
    messages.success(request, f"Pedido retirado: {act.title}.")
    return redirect(act.url)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def save_limit(request: TenantRequest) -> HttpResponse:
    before = limit_of(request.tenant)
    form = ExceptionLimitForm(before, request.POST.dict())
    if form.is_valid():
        data = form.cleaned_data
        try:
            with marking(form):
                asked = change_limit(
                    request.tenant, data["limit"], seen=data["seen"], by=request.membership
                )
                tell_outcome(request, asked, "Limite gravado.")
                return redirect("people:exceptions")
        except Changed as error:
            form.add_error(None, str(error))
            form.data = {**form.data, "seen": str(before)}
    status = 409 if form.non_field_errors() else 422
    filters = ExceptionFilter({}, tenant=request.tenant)
    assert filters.is_valid()
    return show(request, filters, status=status, limit_form=form)


def find(request: TenantRequest, act_id: UUID) -> ExceptionalAct:
    found: ExceptionalAct = get_object_or_404(ExceptionalAct.objects.of(request.tenant), id=act_id)
    return found

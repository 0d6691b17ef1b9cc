"""The list of payees, and one of them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.clock import database_now
from core.errors import Changed
from core.forms import marking
from parties.archive import archive_payee, restore_payee
from parties.enter import enter_payee
from parties.models import Payee
from parties.rename import rename_payee
from parties.rest import rest_of
from people.outcomes import tell_outcome
from people.recent_factor import require_recent_factor
from registers.forms import NameForm, PayeeFilter, PayeeForm, RestForm
from registers.reads import (
    bills_of,
    destinations_of,
    events_of,
    names_alike,
    open_merges_of,
    read_page,
)
from registers.rest_change import asked, save_rest
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def show_list(request: TenantRequest) -> HttpResponse:
    chosen = PayeeFilter(request.GET)
    if "apos" in chosen.errors:
        raise BadRequest("not a position in a list")
    page = read_page(chosen, request.membership, database_now())
    more_url = page.following and address(request, apos=str(page.following))
    context: dict[str, Any] = {"lines": page.lines, "more_url": more_url}
    if request.htmx and "apos" in request.GET:
        return render(request, "registers/_lines.html", context)
    kept = {name for name in ("q", "situacao") if request.GET.get(name)}
    context |= {
        "filter": chosen,
        "is_filtering": bool(kept),
        "has_any": bool(page.lines) or Payee.objects.of(request.tenant).exists(),
        "rest_hours": rest_of(request.tenant.id),
    }
    return render(request, "registers/list.html", context)


def address(request: TenantRequest, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("q", "situacao")} | changes
    values = {name: value for name, value in kept.items() if value}
    return f"{reverse('registers:list')}?{urlencode(values)}"


@require_GET
@member_required
def show(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    payee = payee_or_404(request, payee_id)
    destinations = destinations_of(payee, request.membership, database_now())
    context = {
        "payee": payee,
        "destinations": destinations,
        "to_confirm": [each for each in destinations if each.can_confirm],
        "waiting": [each for each in destinations if each.state == "waiting"],
        "bills": bills_of(payee),
        "alike": names_alike(payee),
        "merges": open_merges_of(payee),
        "events": events_of(payee),
    }
    return render(request, "registers/payee.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    form = PayeeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            payee = enter_payee(request.tenant, by=request.membership, **form.cleaned_data)
        if not form.errors:
            messages.success(request, f"Cadastrado: {payee}.")
            return redirect("registers:payee", payee.id)
    return render(request, "registers/new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def correct(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    """The name. Whoever saves over another's correction is told it first."""
    payee = payee_or_404(request, payee_id)
    if request.method == "GET":
        now = {"name": payee.name, "trade_name": payee.trade_name, "seen": payee.name}
        return render(
            request, "registers/correct.html", {"form": NameForm(initial=now), "payee": payee}
        )
    typed = request.POST.copy()
    typed["seen"] = payee.name
    form = NameForm(typed)
    if form.is_valid():
        data = form.cleaned_data | {"seen": request.POST.get("seen", "")}
        try:
            rename_payee(payee, by=request.membership, **data)
        except Changed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Favorecido corrigido.")
            return redirect("registers:payee", payee.id)
    return render(request, "registers/correct.html", {"form": form, "payee": payee})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def archive(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    payee = payee_or_404(request, payee_id)
    archive_payee(payee, by=request.membership)
    messages.success(request, f"Arquivado: {payee}.")
    return redirect("registers:payee", payee.id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def restore(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    payee = payee_or_404(request, payee_id)
    restore_payee(payee, by=request.membership)
    messages.success(request, f"Reativado: {payee}.")
    return redirect("registers:payee", payee.id)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def rest(request: TenantRequest) -> HttpResponse:
    """How long an account or key rests after it was confirmed."""
    now = {"rest_hours": rest_of(request.tenant.id)}
    form = RestForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        change = save_rest(form.cleaned_data["rest_hours"], by=request.membership)
        tell_outcome(request, change, "Repouso salvo.")
        return redirect("registers:list")
    context = {"form": form, "asked": asked(request.tenant)}
    return render(request, "registers/rest.html", context)


def payee_or_404(request: TenantRequest, payee_id: UUID) -> Payee:
    payees = Payee.objects.of(request.tenant).select_related("merged_into")
    payee: Payee = get_object_or_404(payees, id=payee_id)
    return payee

"""The list of payers, and one of them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brazil.banking_days import sao_paulo_day
from charges.reads.reminders import payer_mails
from core.clock import database_now
from core.forms import marking
from parties.models import Payer
from parties.payers import archive_payer, correct_payer, emails_of, enter_payer, restore_payer
from registers.payer_forms import PayerFilter, PayerForm
from registers.payer_reads import Sums, charges_of, read_page, sums_of
from registers.reads import events_of
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def show_list(request: TenantRequest) -> HttpResponse:
    chosen = PayerFilter(request.GET)
    if "apos" in chosen.errors:
        raise BadRequest("not a position in a list")
    page = read_page(chosen, request.tenant, sao_paulo_day(database_now()))
    more_url = page.following and address(request, apos=str(page.following))
    context: dict[str, Any] = {"lines": page.lines, "more_url": more_url}
    if request.htmx and "apos" in request.GET:
        return render(request, "registers/_payer_lines.html", context)
    context |= {
        "filter": chosen,
        "is_filtering": any(request.GET.get(name) for name in ("q", "situacao")),
        "has_any": bool(page.lines) or Payer.objects.of(request.tenant).exists(),
    }
    return render(request, "registers/payers.html", context)


def address(request: TenantRequest, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("q", "situacao")} | changes
    values = {name: value for name, value in kept.items() if value}
    return f"{reverse('registers:payers')}?{urlencode(values)}"


@require_GET
@member_required
def show(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    today = sao_paulo_day(database_now())
    context = {
        "payer": payer,
        "emails": emails_of(payer),
        "sums": sums_of([payer], request.tenant, today).get(payer.id, Sums()),
        "charges": charges_of(payer, today),
        "events": events_of(payer),
        "mails": payer_mails(payer, today),
    }
    return render(request, "registers/payer.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    form = PayerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            payer = enter_payer(request.tenant, form.typed, by=request.membership)
        if not form.errors:
            messages.success(request, f"Cadastrado: {payer}.")
            return redirect("registers:payer", payer.id)
    return render(request, "registers/payer_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def edit(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    form = PayerForm(request.POST if request.method == "POST" else None, payer=payer)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            correct_payer(payer, form.typed, by=request.membership)
        if not form.errors:
            messages.success(request, "Pagador corrigido.")
            return redirect("registers:payer", payer.id)
    return render(request, "registers/payer_form.html", {"form": form, "payer": payer})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def archive(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    archive_payer(payer, by=request.membership)
    messages.success(request, f"Arquivado: {payer}.")
    return redirect("registers:payer", payer.id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def restore(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    restore_payer(payer, by=request.membership)
    messages.success(request, f"Reativado: {payer}.")
    return redirect("registers:payer", payer.id)


def payer_or_404(request: TenantRequest, payer_id: UUID) -> Payer:
    payer: Payer = get_object_or_404(Payer.objects.of(request.tenant), id=payer_id)
    return payer

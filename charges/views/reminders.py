"""Mails to payers: the log, and what people do about those of a charge or of a payer."""

import csv
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.record_list import harmless
from brazil.banking_days import sao_paulo_day
from charges.dunning.addresses import allow_again, mark_dead, payers_out_of_reach
from charges.dunning.holds import hold_charge, hold_payer, release_charge, release_payer
from charges.dunning.ladder import dunning_of
from charges.dunning.whatsapp import note_copied, whatsapp_of
from charges.forms.dunning import AllowForm, HoldForm
from charges.reads.reminders import LogFilter, lines_out_of_reach, read_log
from charges.views.acts import typed
from charges.views.charge import charge_or_404
from charges.views.question import Question, ask
from core.clock import database_now
from core.forms import marking
from parties.models import Payer
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

MOST_OUT_OF_REACH = 200


@require_GET
@member_required
def log(request: TenantRequest) -> HttpResponse:
    chosen = LogFilter(request.GET)
    after = request.GET.get("apos", "")
    page = read_log(chosen, request.tenant, after)
    context: dict[str, Any] = {
        "rows": page.rows,
        "more_url": page.following and address(chosen, apos=page.following),
    }
    if after and request.htmx:
        return render(request, "charges/dunning/_log_rows.html", context)
    dunning = dunning_of(request.tenant.id)
    context |= {
        "filter": chosen,
        "is_filtering": bool(set(request.GET) - {"apos"}),
        "is_on": dunning is not None and dunning.is_on,
        "out_of_reach": payers_out_of_reach(request.tenant.id).count(),
    }
    return render(request, "charges/dunning/log.html", context)


def address(chosen: LogFilter, **changes: str) -> str:
    kept = {name: chosen.data.get(name, "") for name in chosen.fields} | changes
    values = {name: value for name, value in kept.items() if value}
    return f"{reverse('charges:reminders')}?{urlencode(values)}"


@require_GET
@member_required
def out_of_reach(request: TenantRequest) -> HttpResponse:
    """Who owes and gets no mail; as a file too."""
    payers = payers_out_of_reach(request.tenant.id)
    if request.GET.get("formato") != "csv":
        count = payers.count()
        lines = lines_out_of_reach(request.tenant, list(payers[:MOST_OUT_OF_REACH]))
        context = {"lines": lines, "count": count, "is_cut": count > len(lines)}
        return render(request, "charges/dunning/out_of_reach.html", context)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sem-email-valido.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["Pagador", "CPF/CNPJ", "E-mails"])
    for payer, words in lines_out_of_reach(request.tenant, list(payers)):
        writer.writerow([harmless(payer.name), harmless(payer.written_document), harmless(words)])
    return response


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def hold(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    charge = charge_or_404(request, charge_id)
    form = HoldForm(typed(request))
    if form.is_valid():
        with marking(form):
            hold_charge(charge, by=request.membership, **form.cleaned_data)
            messages.success(request, "Lembretes pausados. O recibo do pagamento sai mesmo assim.")
            return redirect("charges:detail", charge_id)
    question = Question(
        title="Pausar os lembretes desta cobrança",
        texts=["Os passos que caírem na pausa não saem depois: a régua segue no próximo."],
        action="Pausar lembretes",
    )
    return ask(request, charge, question, form)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def release(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    release_charge(charge_or_404(request, charge_id), by=request.membership)
    messages.success(request, "Lembretes retomados a partir do próximo passo.")
    return redirect("charges:detail", charge_id)


@require_GET
@role_required(Role.ADMIN, Role.FINANCE)
def whatsapp(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    charge = charge_or_404(request, charge_id)
    told = whatsapp_of(charge, request.tenant.name, sao_paulo_day(database_now()))
    template = "charges/dunning/_whatsapp.html" if request.htmx else "charges/dunning/whatsapp.html"
    return render(request, template, {"charge": charge, "whatsapp": told})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def copied(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    note_copied(charge_or_404(request, charge_id), by=request.membership)
    return HttpResponse(status=204)


# --- Of a payer ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def hold_all(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    form = HoldForm(typed(request))
    if form.is_valid():
        with marking(form):
            hold_payer(payer, by=request.membership, **form.cleaned_data)
            messages.success(request, f"Lembretes de {payer} pausados.")
            return redirect("registers:payer", payer.id)
    question = Question(
        title="Pausar os lembretes deste pagador",
        texts=[f"Vale para todas as cobranças de {payer}, também as novas."],
        action="Pausar lembretes",
    )
    return ask_about_payer(request, payer, question, form)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def release_all(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    release_payer(payer, by=request.membership)
    messages.success(request, "Lembretes retomados a partir do próximo passo.")
    return redirect("registers:payer", payer.id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def bounced(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    email = request.POST.get("email", "")
    mark_dead(payer, email, by=request.membership)
    messages.success(request, f"{email} marcado como inválido: nada mais sai para ele.")
    return redirect("registers:payer", payer.id)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def allow(request: TenantRequest, payer_id: UUID) -> HttpResponse:
    payer = payer_or_404(request, payer_id)
    email = request.GET.get("email", "")
    form = AllowForm(typed(request))
    if form.is_valid():
        with marking(form):
            allow_again(payer, email, by=request.membership, why=form.cleaned_data["why"])
            messages.success(request, f"{email} volta a receber.")
            return redirect("registers:payer", payer.id)
    question = Question(
        title=f"Voltar a enviar para {email}?",
        texts=["Só se o endereço foi conferido, ou se o pagador pediu para receber de novo."],
        action="Voltar a enviar",
    )
    return ask_about_payer(request, payer, question, form)


def ask_about_payer(
    request: TenantRequest, payer: Payer, question: Question, form: Any
) -> HttpResponse:
    template = "charges/dunning/payer_act.html"
    if request.htmx:
        template = "charges/dunning/_payer_act_dialog.html"
    context = {
        "payer": payer, "question": question, "form": form, "act_url": request.get_full_path()
    }  # fmt: skip
    return render(request, template, context, status=422 if form.is_bound else 200)


def payer_or_404(request: TenantRequest, payer_id: UUID) -> Payer:
    payer: Payer = get_object_or_404(Payer.objects.of(request.tenant), id=payer_id)
    return payer

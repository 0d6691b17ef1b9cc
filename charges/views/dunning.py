"""«Régua de cobrança»: which mails payers get, with which text. An admin's page."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brazil.banking_days import sao_paulo_day
from charges.dunning.ladder import (
    add_step,
    adopt_ladder,
    change_step,
    dunning_of,
    remove_step,
    save_logo,
    save_sender,
    steps_of,
    switch,
)
from charges.dunning.offered import LADDER
from charges.dunning.trial import charge_to_show, preview, require_trial
from charges.forms.dunning import ContactForm, LogoForm, SenderForm, StepForm
from charges.models import Dunning, DunningStep
from charges.payer_page.contact import contact_of, save_contact
from charges.reads.reminders import words_of_next
from core.clock import database_now
from core.enqueue import enqueue
from core.forms import marking
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_GET
@role_required(Role.ADMIN)
def show(request: TenantRequest) -> HttpResponse:
    return page(request, dunning_of(request.tenant.id))


def page(request: TenantRequest, dunning: Dunning | None, **forms: Any) -> HttpResponse:
    """The ladder; the one that is offered where there is none."""
    is_refused = any(form.errors for form in forms.values())
    forms.setdefault("contact", ContactForm(contact=contact_of(request.tenant.id)))
    if dunning is None:
        name, context = "offered", {"steps": offered_steps()}
    else:
        name, context = "show", context_of(request, dunning)
    status = 422 if is_refused else 200
    return render(request, f"charges/dunning/{name}.html", context | forms, status=status)


def offered_steps() -> list[DunningStep]:
    return [DunningStep(kind=step.kind, days=step.days, subject=step.subject) for step in LADDER]


def context_of(request: TenantRequest, dunning: Dunning) -> dict[str, Any]:
    return {
        "dunning": dunning,
        "steps": steps_of(request.tenant.id),
        "next": words_of_next(request.tenant, today(), on=dunning.is_on),
        "sender": SenderForm(dunning=dunning),
        "logo": LogoForm(),
    }


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def adopt(request: TenantRequest) -> HttpResponse:
    adopt_ladder(by=request.membership)
    messages.success(request, "Régua montada, ainda desligada. Confira os textos e ligue.")
    return redirect("charges:dunning")


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def turn(request: TenantRequest) -> HttpResponse:
    on = request.POST.get("on") == "1"
    switch(on=on, by=request.membership)
    if on:
        told = words_of_next(request.tenant, today(), on=True)
        messages.success(request, f"Régua ligada. {told}")
    else:
        messages.success(request, "Régua desligada: o que esperava na fila não sai.")
    return redirect("charges:dunning")


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def sender(request: TenantRequest) -> HttpResponse:
    dunning = dunning_or_404(request)
    form = SenderForm(request.POST, dunning=dunning)
    if form.is_valid():
        with marking(form):
            save_sender(form.typed, by=request.membership)
            messages.success(request, "Salvo.")
            return redirect("charges:dunning")
    return page(request, dunning, sender=form)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def contact(request: TenantRequest) -> HttpResponse:
    """Whom payers ask; a company without a ladder has a page for payers too."""
    form = ContactForm(request.POST, contact=contact_of(request.tenant.id))
    if form.is_valid():
        with marking(form):
            save_contact(form.typed, by=request.membership)
            messages.success(request, "Contato salvo.")
            return redirect("charges:dunning")
    return page(request, dunning_of(request.tenant.id), contact=form)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def logo(request: TenantRequest) -> HttpResponse:
    dunning = dunning_or_404(request)
    if "remove" in request.POST:
        save_logo(b"", by=request.membership)
        messages.success(request, "Logo retirado: os e-mails levam o nome da empresa.")
        return redirect("charges:dunning")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        with marking(form):
            save_logo(form.cleaned_data["logo"].read(), by=request.membership)
            messages.success(request, "Logo salvo.")
            return redirect("charges:dunning")
    return page(request, dunning, logo=form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def new_step(request: TenantRequest) -> HttpResponse:
    dunning_or_404(request)
    form = StepForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with marking(form):
            step = add_step(form.typed, by=request.membership)
            return saved(request, step)
    return step_page(request, form, None)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def edit_step(request: TenantRequest, step_id: UUID) -> HttpResponse:
    step = step_or_404(request, step_id)
    form = StepForm(request.POST if request.method == "POST" else None, step=step)
    if form.is_valid():
        with marking(form):
            return saved(request, change_step(step, form.typed, by=request.membership))
    return step_page(request, form, step)


def saved(request: TenantRequest, step: DunningStep) -> HttpResponse:
    is_on = dunning_or_404(request).is_on
    told = words_of_next(request.tenant, today(), on=is_on)
    messages.success(request, f"«{step.label}» salvo. {told}")
    return redirect("charges:dunning_step", step.id)


def step_page(request: TenantRequest, form: StepForm, step: DunningStep | None) -> HttpResponse:
    charge = charge_to_show(request.tenant.id) if step is not None else None
    shown = preview(step, charge, to=request.user.email) if step and charge else None
    context = {"form": form, "step": step, "preview": shown, "charge": charge}
    status = 422 if form.errors else 200
    return render(request, "charges/dunning/step.html", context, status=status)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def drop_step(request: TenantRequest, step_id: UUID) -> HttpResponse:
    step = step_or_404(request, step_id)
    remove_step(step, by=request.membership)
    messages.success(request, f"«{step.label}» retirado da régua.")
    return redirect("charges:dunning")


@require_POST
@role_required(Role.ADMIN)
def try_step(request: TenantRequest, step_id: UUID) -> HttpResponse:
    """The step as a mail to the person who asks, and to nobody else."""
    step = step_or_404(request, step_id)
    require_trial(step, by=request.membership)
    enqueue("charges.tasks.send_trial", str(request.tenant.id), str(step.id), str(request.user.pk))
    messages.success(request, f"Um teste vai chegar em {request.user.email}.")
    return redirect("charges:dunning_step", step.id)


def today() -> date:
    return sao_paulo_day(database_now())


def dunning_or_404(request: TenantRequest) -> Dunning:
    found: Dunning = get_object_or_404(Dunning.objects.of(request.tenant))
    return found


def step_or_404(request: TenantRequest, step_id: UUID) -> DunningStep:
    steps = DunningStep.objects.of(request.tenant).filter(archived_at=None)
    step: DunningStep = get_object_or_404(steps, id=step_id)
    return step

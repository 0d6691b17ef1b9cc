"""Issuing charges, one or many, and how far many of them are."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from brazil.banking_days import sao_paulo_day
from charges.issuing.batches import pause_batch, resume_batch
from charges.issuing.queue import issue_charge, issue_charges
from charges.models import Charge, IssueBatch
from charges.reads.batches import running
from charges.reads.issue_review import review_issuing
from charges.views.charge import charge_or_404
from core.clock import database_now
from core.errors import InvalidInput
from core.plurals import counted
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def issue(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    issue_charge(charge_or_404(request, charge_id), by=request.membership)
    messages.success(request, "Na fila de emissão. A resposta do banco aparece aqui.")
    return redirect("charges:detail", charge_id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def review(request: TenantRequest) -> HttpResponse:
    """Says what issuing the chosen charges does, and asks."""
    ids = read_ids(request.POST.getlist("charge"))
    found = review_issuing(ids, request.membership, sao_paulo_day(database_now()))
    if found is None:
        raise Http404
    template = "_issue_dialog.html" if request.htmx else "issue.html"
    return render(request, f"charges/{template}", {"review": found})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def issue_many(request: TenantRequest) -> HttpResponse:
    ids = read_ids(request.POST.getlist("charge"))
    charges = list(Charge.objects.of(request.tenant).filter(id__in=ids).only("id"))
    if len(charges) != len(ids):
        raise Http404
    issued = issue_charges(charges, by=request.membership)
    tell_of_issued(request, len(issued.slips), list(issued.left_out.values()))
    return redirect("charges:list")


def tell_of_issued(request: TenantRequest, queued: int, reasons: list[str]) -> None:
    if queued:
        went = counted(queued, "cobrança foi", "cobranças foram")
        messages.success(request, f"{went} para a fila de emissão.")
    if reasons:
        stayed = counted(len(reasons), "cobrança ficou", "cobranças ficaram")
        messages.warning(request, f"{stayed} de fora. {reasons[0]}")


@require_GET
@member_required
def show_batch(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    """How far it is; the list asks again and again."""
    told = running(batch_or_404(request, batch_id), database_now())
    return render(request, "charges/_batch.html", {"told": told})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def pause(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    pause_batch(batch_or_404(request, batch_id), by=request.membership)
    return after_change(request, batch_id)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def resume(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    resume_batch(batch_or_404(request, batch_id), by=request.membership)
    return after_change(request, batch_id)


def after_change(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    if not request.htmx:
        return redirect("charges:list")
    told = running(batch_or_404(request, batch_id), database_now())
    return render(request, "charges/_batch.html", {"told": told})


def batch_or_404(request: TenantRequest, batch_id: UUID) -> IssueBatch:
    batch: IssueBatch = get_object_or_404(IssueBatch.objects.of(request.tenant), id=batch_id)
    return batch


def read_ids(texts: list[str]) -> set[UUID]:
    try:
        ids = {UUID(text) for text in texts}
    except ValueError:
        raise InvalidInput("Atualize a página e selecione as cobranças de novo.") from None
    if not ids:
        raise InvalidInput("Selecione ao menos uma cobrança.")
    return ids

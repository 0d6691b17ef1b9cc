"""«Amostra da semana»: people say of some automatic matches whether they are right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.clock import database_now
from reconciliation.engine.sample import TOLD, answer, results_of
from reconciliation.models import Sample
from reconciliation.reads.sample import asked_in
from tenants.access import TenantRequest, member_required, role_required


@require_GET
@member_required
def sample(request: TenantRequest) -> HttpResponse:
    """The newest that was drawn, with the results of the weeks before."""
    results = results_of(request.tenant, database_now())
    week = results[0].week if results else None
    context = {
        "results": results,
        "asked": asked_in(request.tenant, week) if week else [],
        "may_answer": request.membership.role in TOLD,
    }
    return render(request, "reconciliation/sample.html", context)


@require_POST
@role_required(*TOLD)
def answer_sample(request: TenantRequest, sample_id: UUID) -> HttpResponse:
    """What is wrong is undone next: its page says first what that takes back."""
    asked = get_object_or_404(Sample.objects.of(request.tenant), id=sample_id)
    is_right = request.POST.get("answer")
    if is_right not in ("right", "wrong"):
        messages.error(request, "Escolha «Certo» ou «Errado».")
        return redirect("reconciliation:sample")
    asked = answer(asked.id, is_right=is_right == "right", by=request.membership)
    if not asked.is_right and asked.match.ended_at is None:
        messages.info(request, "Anotado como errado. Desfaça aqui o que não devia ter sido feito.")
        return redirect("reconciliation:undo", asked.match_id)
    return redirect("reconciliation:sample")

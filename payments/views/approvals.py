"""«Para aprovar»: what waits for this person, approving many or one of it, giving many back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.clock import database_now
from core.errors import DomainError, InvalidInput
from core.money import format_brl
from core.plurals import counted
from payments.bills.approval import approve_payable
from payments.bills.bulk_approval import Outcome, approve_payables
from payments.bills.bulk_rejection import reject_payables
from payments.forms.cancel import RejectForm
from payments.models import Payable
from payments.reads.approval_review import rejection_of, review_of
from payments.reads.approvals import Show, Waiting, waiting_for
from payments.reads.last_step import last_steps
from payments.views.acts import payable_or_404
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

TOLD_ONE_BY_ONE = 5


@require_GET
@role_required(Role.ADMIN, Role.APPROVER)
def show(request: TenantRequest) -> HttpResponse:
    return render(request, "payments/approvals.html", context_of(request))


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def review(request: TenantRequest) -> HttpResponse:
    """Says what approving the chosen bills does, and asks."""
    found = review_of(read_shown(request), request.membership, database_now())
    if found is None:
        raise Http404
    template = "_approve_dialog.html" if request.htmx else "approve.html"
    context = {"review": found, "show": chosen_show(request)}
    return render(request, f"payments/{template}", context)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def approve_many(request: TenantRequest) -> HttpResponse:
    shown = read_shown(request)
    if Payable.objects.of(request.tenant).filter(id__in=shown).count() != len(shown):
        raise Http404
    outcomes = approve_payables(shown, by=request.membership)
    return answer(request, outcomes, APPROVED)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def approve_one(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """By its own click, knowing its warnings."""
    payable = payable_or_404(request, payable_id)
    shown = request.POST.get("shown", "")
    try:
        outcome = Outcome(approve_payable(payable, by=request.membership, shown=shown))
    except DomainError as error:
        outcome = Outcome(payable, error)
    return answer(request, [outcome], APPROVED)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def choose_rejected(request: TenantRequest) -> HttpResponse:
    """The list with a box in each row, those with a warning too; what was ticked stays."""
    context = context_of(request) | {"is_rejecting": True, "ticked": set(read_shown(request))}
    template = "_approvals.html" if request.htmx else "approvals.html"
    return render(request, f"payments/{template}", context)


@require_POST
@role_required(Role.ADMIN, Role.APPROVER)
@require_recent_factor
def reject_many(request: TenantRequest) -> HttpResponse:
    """Back to their authors, with one reason; asks for it first."""
    chosen = set(read_shown(request))
    form = RejectForm(request.POST if "why" in request.POST else None)
    if not form.is_valid():
        return ask_why(request, chosen, form)
    if Payable.objects.of(request.tenant).filter(id__in=chosen).count() != len(chosen):
        raise Http404
    outcomes = reject_payables(chosen, by=request.membership, why=form.cleaned_data["why"])
    return answer(request, outcomes, GIVEN_BACK)


def ask_why(request: TenantRequest, chosen: set[UUID], form: RejectForm) -> HttpResponse:
    found = rejection_of(chosen, request.membership, database_now())
    if found is None:
        raise Http404
    template = "_reject_many_dialog.html" if request.htmx else "reject_many.html"
    context = {"review": found, "form": form, "show": chosen_show(request)}
    status = 422 if form.is_bound else 200
    response = render(request, f"payments/{template}", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
    return response


def context_of(request: TenantRequest) -> dict[str, Any]:
    now = database_now()
    waiting = waiting_for(request.membership, now, chosen_show(request))
    return {
        "waiting": waiting,
        "chips": chips(waiting),
        "steps": last_steps(request.tenant, now),
        "is_all_selected": request.GET.get("selecionar") == "todas",
    }


def chosen_show(request: TenantRequest) -> Show:
    asked = request.GET.get("mostrar", "")
    return Show(asked) if asked in Show.values else Show.ALL


def chips(waiting: Waiting) -> list[dict[str, Any]]:
    return [
        {
            "label": show.label,
            "url": f"{reverse('payments:approvals')}?{urlencode({'mostrar': show.value})}",
            "current": waiting.show is show,
            "count": count,
        }
        for show, count in waiting.counts().items()
    ]


def read_shown(request: TenantRequest) -> dict[UUID, str]:
    """By bill the digest of what was shown, as `payments.reads.approvals.Item.reference` wrote."""
    pairs = [text.partition(".") for text in request.POST.getlist("bill")]
    try:
        return {UUID(id): digest for id, _, digest in pairs}
    except ValueError:
        raise InvalidInput("Atualize a página e selecione as contas novamente.") from None


@dataclass(frozen=True, slots=True)
class Said:
    """What an act over many bills is called."""

    done: tuple[str, str]  # of one bill, of many
    refused: str  # as `counted` in templates takes it
    others: str  # what the rest that is not named is not


APPROVED = Said(
    ("conta aprovada", "contas aprovadas"),
    "conta não foi aprovada:,contas não foram aprovadas:",
    "aprovadas",
)
GIVEN_BACK = Said(
    ("conta reprovada", "contas reprovadas"),
    "conta não foi reprovada:,contas não foram reprovadas:",
    "reprovadas",
)


def answer(request: TenantRequest, outcomes: Sequence[Outcome], said: Said) -> HttpResponse:
    """What came of it, and the list as it is now."""
    refused = [outcome for outcome in outcomes if outcome.refused is not None]
    given = [outcome for outcome in outcomes if outcome.refused is None]
    text = what_was_done(given, said)
    if request.htmx:
        context = context_of(request) | {"refused": refused, "said": said, "is_answer": True}
        response = render(request, "payments/_approvals.html", context)
        if text:
            response["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": "ok"}})
        return response
    if text:
        messages.success(request, text)
    for outcome in refused[:TOLD_ONE_BY_ONE]:
        messages.warning(request, f"{outcome.payable.payee}: {outcome.reason}")
    more = len(refused) - TOLD_ONE_BY_ONE
    if more > 0:
        messages.warning(request, f"Outras {more} também não foram {said.others}.")
    show = chosen_show(request)
    return redirect(f"{reverse('payments:approvals')}?{urlencode({'mostrar': show.value})}")


def what_was_done(given: Sequence[Outcome], said: Said) -> str:
    """«29 contas aprovadas · R$ 48.210,00. 1 espera a aprovação de outra pessoa.»; empty for
    none."""
    if not given:
        return ""
    total = format_brl(sum((outcome.payable.amount for outcome in given), Decimal(0)))
    text = f"{counted(len(given), *said.done)} · R$\u00a0{total}."
    if said is GIVEN_BACK:
        return text
    if waiting := sum(not outcome.is_approved for outcome in given):
        text += f" {counted(waiting, 'espera', 'esperam')} a aprovação de outra pessoa."
    return text

"""Cancelling many charges: what it does is said first."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from charges.forms.acts import CancelForm
from charges.models import Charge
from charges.reads.cancel_review import CancelReview, review_cancelling
from charges.tracking.bulk_cancellation import BulkCancelled, cancel_charges
from charges.views.issuing import read_ids
from core.plurals import counted
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def review(request: TenantRequest) -> HttpResponse:
    """Says what cancelling the chosen charges does, and asks."""
    found = review_or_404(request)
    return ask(request, found, CancelForm(has_slip=bool(found.at_bank)))


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def cancel_many(request: TenantRequest) -> HttpResponse:
    found = review_or_404(request)
    form = CancelForm(request.POST, has_slip=bool(found.at_bank))
    if not form.is_valid():
        return ask(request, found, form)
    chosen = [*found.ending, *(charge for charge, _ in found.left_out)]
    cancelled = cancel_charges(
        chosen,
        by=request.membership,
        still_owed=form.still_owed,
        why=form.cleaned_data["why"],
    )
    tell_of_cancelled(request, cancelled, {charge.id: charge for charge in chosen})
    return redirect("charges:list")


def review_or_404(request: TenantRequest) -> CancelReview:
    found = review_cancelling(read_ids(request.POST.getlist("charge")), request.membership)
    if found is None:
        raise Http404
    return found


def ask(request: TenantRequest, found: CancelReview, form: CancelForm) -> HttpResponse:
    template = "_cancel_dialog.html" if request.htmx else "cancel.html"
    context = {"review": found, "form": form}
    return render(request, f"charges/{template}", context, status=422 if form.is_bound else 200)


def tell_of_cancelled(
    request: TenantRequest, cancelled: BulkCancelled, charges: Mapping[UUID, Charge]
) -> None:
    if cancelled.asked:
        went = counted(len(cancelled.asked), "cancelamento pedido", "cancelamentos pedidos")
        messages.success(request, f"{went} ao banco. A resposta aparece na lista.")
    if cancelled.ended:
        ended = counted(len(cancelled.ended), "cobrança cancelada", "cobranças canceladas")
        messages.success(request, f"{ended}, sem pedido ao banco.")
    if cancelled.left_out:
        stayed = counted(len(cancelled.left_out), "cobrança ficou", "cobranças ficaram")
        first, why = next(iter(cancelled.left_out.items()))
        messages.warning(request, f"{stayed} de fora. {charges[first].payer}: {why}")

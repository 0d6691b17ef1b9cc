"""Two payees that are one: proposed by one person, confirmed by another."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from brazil.document import format_document
from core.clock import database_now
from core.forms import marking
from parties.merge import confirm_merge, propose_merge, refuse_merge, version_of
from parties.models import Payee, PayeeMerge
from people.recent_factor import require_recent_factor
from registers.forms import MergeForm
from registers.reads import Shown, destinations_of
from registers.views.payees import payee_or_404
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

SUGGESTED = 300


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def propose(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    payee = payee_or_404(request, payee_id)
    others = Payee.objects.of(request.tenant).filter(archived_at=None).exclude(id=payee.id)
    form = MergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        target = others.filter(document=form.cleaned_data["target"]).first()
        if target is None:
            form.add_error("target", "Nenhum outro favorecido ativo tem este CPF ou CNPJ.")
        else:
            with marking(form):
                propose_merge(payee, target, by=request.membership)
            if not form.errors:
                messages.success(request, "União proposta. Agora outra pessoa confirma.")
                return redirect("registers:payee", payee.id)
    known = [
        {"name": other.name, "document": format_document(other.document)}
        for other in others.order_by("name_folded")[:SUGGESTED]
    ]
    return render(request, "registers/merge.html", {"form": form, "payee": payee, "payees": known})


@require_http_methods(["GET", "POST"])
@member_required
@require_recent_factor
def decide(request: TenantRequest, merge_id: UUID) -> HttpResponse:
    """Both side by side. GET asks."""
    rows = PayeeMerge.objects.of(request.tenant).select_related(
        "source", "target", "proposed_by", "decided_by"
    )
    merge: PayeeMerge = get_object_or_404(rows, id=merge_id)
    by = request.membership
    if request.method == "POST" and "refuse" in request.POST:
        refuse_merge(merge, by=by)
        messages.success(request, "União recusada: nada mudou.")
        return redirect("registers:payee", merge.source_id)
    if request.method == "POST":
        target = confirm_merge(merge, by=by, shown=request.POST.get("shown", ""))
        messages.success(request, f"Favorecidos unidos em {target}.")
        return redirect("registers:payee", target.id)
    now, is_mine = database_now(), merge.proposed_by_id == by.user_id
    context = {
        "merge": merge,
        "sides": [
            {"payee": payee, "destinations": active(destinations_of(payee, by, now))}
            for payee in (merge.source, merge.target)
        ],
        "shown": version_of(merge.source, merge.target),
        "is_open": merge.decided_at is None,
        "can_confirm": by.can_approve and not is_mine,
        "can_refuse": by.can_approve or is_mine,
        "is_mine": is_mine,
    }
    return render(request, "registers/decide.html", context)


def active(destinations: list[Shown]) -> list[Shown]:
    return [each for each in destinations if each.state != "archived"]

"""«Conciliação automática»: what the product matches by itself, account by account."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from banking.models import BankAccount, StatementLine
from core.clock import database_now
from people.recent_factor import require_recent_factor
from reconciliation.engine.automation import SHOWN, outlooks_of, switch_evidence
from reconciliation.engine.rehearsal import rehearse
from reconciliation.engine.sample import results_of, together
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

AS_ON_RECONCILE = ("-is_preferred", "provider", "branch", "number")


@require_GET
@member_required
def automation(request: TenantRequest) -> HttpResponse:
    accounts = BankAccount.objects.of(request.tenant).order_by(*AS_ON_RECONCILE)
    results = results_of(request.tenant, database_now())
    context = {
        "outlooks": outlooks_of(list(accounts)),
        "may_switch": request.membership.is_admin,
        "sample": results[0] if results else None,
        "samples": together(results),
    }
    return render(request, "reconciliation/automation.html", context)


@require_GET
@member_required
def rehearsal(request: TenantRequest) -> HttpResponse:
    """Asked for apart: it looks at up to 2 000 lines."""
    found = rehearse(request.tenant)
    accounts = BankAccount.objects.of(request.tenant).filter(id__in=found)
    lines = StatementLine.objects.of(request.tenant).defer("raw")
    rehearsals = [
        {
            "account": account,
            "told": found[account.id],
            "lines": lines.filter(id__in=found[account.id].differing[:SHOWN]),
        }
        for account in accounts.order_by(*AS_ON_RECONCILE)
    ]
    template = "_rehearsal" if request.htmx else "rehearsal"
    return render(request, f"reconciliation/{template}.html", {"rehearsals": rehearsals})


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def switch_automation(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = get_object_or_404(BankAccount.objects.of(request.tenant), id=account_id)
    on = "on" in request.POST
    switch_evidence(account, on=on, by=request.membership)
    said = "passa a conciliar sozinha" if on else "espera por uma pessoa"
    messages.success(request, f"{account}: o que é certo por indícios {said}.")
    return redirect("reconciliation:automation")

"""«Aplicar às linhas em aberto»: count and sum first, then how far the work is."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import Changed
from people.recent_factor import require_recent_factor
from reconciliation.models import RuleRun
from reconciliation.rules.run import ask_for_run, outlook_of
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role
from tenants.throttles import costly


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
@costly
def apply(request: TenantRequest) -> HttpResponse:
    told = ""
    if request.method == "POST":
        try:
            run = ask_for_run(request.POST.get("shown", ""), by=request.membership)
        except Changed as error:
            told = str(error)
        else:
            return redirect("reconciliation:rule_run", run.id)
    context = {"outlook": outlook_of(request.tenant), "told": told}
    return render(request, "reconciliation/rules_apply.html", context, status=422 if told else 200)


@require_GET
@member_required
def run(request: TenantRequest, rule_run_id: UUID) -> HttpResponse:
    found = get_object_or_404(RuleRun.objects.of(request.tenant), id=rule_run_id)
    context = {"run": found, "size": len(found.lines)}
    context["percent"] = found.next * 100 // max(context["size"], 1)
    return render(request, "reconciliation/rule_run.html", context)

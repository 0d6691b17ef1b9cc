"""From the «+» to «Conta conectada»."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from banking.banks import registry
from banking.banks.base import Bank
from banking.errors import BankError
from banking.models import BankAccount, Connection
from banking.options import COMING, options_for
from banking.problems import Problem, explain, refused_at_bank
from banking.progress import Opening
from banking.services.connecting import ConsentNotUsable, finish_consent, start_consent
from core.errors import NotAllowed
from core.nudge import nudge
from tenants.access import TenantRequest, role_required
from tenants.models import Role

connects_banks = role_required(Role.ADMIN, Role.FINANCE)


@require_GET
@connects_banks
def choose(request: TenantRequest) -> HttpResponse:
    context = {"options": options_for(request.tenant), "coming": COMING}
    return render(request, "banking/choose.html", context)


@require_GET
@connects_banks
def go(request: TenantRequest, provider: str) -> HttpResponse:
    """Send the person to the bank. A link, not a form: the content policy lets no form leave."""
    bank_or_404(provider)
    address = start_consent(request.tenant, provider, by=request.user)
    return HttpResponseRedirect(address)


@require_GET
@role_required(Role.ADMIN, Role.FINANCE, scoped=False)
def consent_return(request: TenantRequest, provider: str) -> HttpResponse:
    """Where the bank sends the person back to (RFC 6749, section 4.1.2)."""
    bank = bank_or_404(provider).info
    if error := request.GET.get("error"):
        return problem(request, provider, refused_at_bank(bank, error))
    try:
        connection = finish_consent(
            request.tenant,
            provider,
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            by=request.user,
        )
    except (ConsentNotUsable, NotAllowed, BankError) as failure:
        return problem(request, provider, explain(bank, failure))
    nudge("banking.tasks.open_connection", str(request.tenant.id), str(connection.id))
    return redirect("banking:connection", connection.id)


@require_GET
@connects_banks
def connection(request: TenantRequest, connection_id: UUID) -> HttpResponse:
    """How far the connection is; the page asks again until it ends."""
    found = get_object_or_404(Connection.objects.of(request.tenant), id=connection_id)
    account = BankAccount.objects.of(request.tenant).filter(connection=found).first()
    template = "banking/_connection.html" if request.htmx else "banking/connection.html"
    return render(request, template, {"opening": Opening(found, account), "connection": found})


def problem(request: TenantRequest, provider: str, problem: Problem) -> HttpResponse:
    context = {"problem": problem, "provider": provider}
    return render(request, "banking/connect_problem.html", context, status=problem.status)


def bank_or_404(provider: str) -> Bank:
    if provider not in registry.BANKS:
        raise Http404
    return registry.find(provider)

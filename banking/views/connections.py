"""From the «+» to «Conta conectada»."""

import secrets
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banking.banks import registry
from banking.banks.contract.adapter import Bank
from banking.banks.contract.errors import BankError
from banking.banks.contract.info import BankInfo, ConnectBy, Mode
from banking.connections.addresses import for_account, retry_address, start_address, ways_address
from banking.connections.begin import connect_by_form, connect_by_terms
from banking.connections.catalog import options_for, ways_of
from banking.connections.consent import (
    ConsentNotUsable,
    attempts_of,
    finish_consent,
    start_consent,
    typed_lately,
)
from banking.connections.errors import Problem, explain, refused_at_bank
from banking.connections.forms import ConnectForm
from banking.connections.progress import Opening
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection
from brazil.cnpj import format_cnpj
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import NotAllowed
from people.recent_factor import require_recent_factor_to_open
from tenants.access import TenantRequest, role_required
from tenants.models import Role
from tenants.scope import tenant_scope

# Where the session keeps what binds a consent to it.
CONSENT_KEY = "consent"

connects_banks = role_required(Role.ADMIN, Role.FINANCE)


@require_GET
@connects_banks
def choose(request: TenantRequest) -> HttpResponse:
    options = options_for(request.tenant, database_now())
    here = next((option for option in options if option.is_opened_here), None)
    return render(request, "banking/choose.html", {"options": options, "opened_here": here})


@require_GET
@connects_banks
def ways(request: TenantRequest, provider: str) -> HttpResponse:
    """The ways to connect an account at a bank, each with what it asks."""
    bank = bank_or_404(provider).info
    check_plan(request.tenant, bank)
    account = account_to_redo(request, bank)
    context = {"bank": bank, "ways": ways_of(bank, account), "redoes": account}
    return render(request, "banking/ways.html", context)


@require_http_methods(["GET", "POST"])
@connects_banks
@require_recent_factor_to_open
def mode(request: TenantRequest, provider: str, mode: str) -> HttpResponse:
    """One way: what it asks is filled in here, and kept until the bank answers."""
    bank = bank_or_404(provider).info
    chosen = mode_or_404(bank, mode)
    check_plan(request.tenant, bank)
    account = account_to_redo(request, bank)
    before = connection_to_correct(request, bank, chosen)
    form = ConnectForm(
        chosen,
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        initial=first_values(request, bank, chosen, before),
    )
    if request.method == "POST" and form.is_valid():
        with form.marking():
            return begin(request, bank, chosen, form, account)
    context = {
        "bank": bank,
        "mode": chosen,
        "form": form,
        "before": before,
        "redoes": account,
        "start_url": for_account(start_address(bank, chosen), account),
        "ways_url": for_account(ways_address(bank), account),
    }
    return render(request, "banking/mode.html", context)


def begin(
    request: TenantRequest,
    bank: BankInfo,
    mode: Mode,
    form: ConnectForm,
    redoes: BankAccount | None,
) -> HttpResponse:
    tenant, by = request.tenant, request.user
    if mode.by is ConnectBy.CONSENT:
        address = start_consent(
            tenant, bank.slug, mode, by=by, browser=browser_of(request), typed=form.typed,
            redoes=redoes,
        )  # fmt: skip
        # A page that leads there, and not a redirect: the content policy lets no form leave.
        return render(request, "banking/at_bank.html", {"bank": bank, "address": address})
    if mode.by is ConnectBy.FORM:
        connection = connect_by_form(
            tenant, bank.slug, mode, typed=form.typed, by=by, redoes=redoes
        )
    else:
        version = form.cleaned_data["version"]
        connection = connect_by_terms(
            tenant, bank.slug, mode, version=version, by=by, redoes=redoes
        )
    return follow(request, connection)


@require_GET
@connects_banks
@require_recent_factor_to_open
def go(request: TenantRequest, provider: str, mode: str = "") -> HttpResponse:
    """Send the person to the bank. A link, not a form: the content policy lets no form leave."""
    bank = bank_or_404(provider).info
    chosen = mode_or_404(bank, mode) if mode else bank.modes[0]
    if chosen.by is not ConnectBy.CONSENT or chosen.fields:
        page = reverse("banking:mode", args=[bank.slug, chosen.slug], query=request.GET)
        return HttpResponseRedirect(page)
    return HttpResponseRedirect(
        start_consent(
            request.tenant,
            provider,
            chosen,
            by=request.user,
            browser=browser_of(request),
            redoes=account_to_redo(request, bank),
        )
    )


def browser_of(request: TenantRequest) -> str:
    """A secret of this session, which goes nowhere."""
    if CONSENT_KEY not in request.session:
        request.session[CONSENT_KEY] = secrets.token_urlsafe(32)
    secret: str = request.session[CONSENT_KEY]
    return secret


@require_GET
@role_required(Role.ADMIN, Role.FINANCE, scoped=False)
def consent_return(request: TenantRequest, provider: str) -> HttpResponse:
    """Where the bank sends the person back to (RFC 6749, section 4.1.2)."""
    bank = bank_or_404(provider).info
    if error := request.GET.get("error"):
        return problem(request, bank, refused_at_bank(bank, error))
    try:
        connection = finish_consent(
            request.tenant,
            provider,
            state=request.GET.get("state", ""),
            browser=browser_of(request),
            code=request.GET.get("code", ""),
            by=request.user,
        )
    except (ConsentNotUsable, NotAllowed, BankError) as failure:
        return problem(request, bank, explain(bank, failure))
    return follow(request, connection)


@require_GET
@connects_banks
def connection(request: TenantRequest, connection_id: UUID) -> HttpResponse:
    """How far the connection is; the page asks again until it ends."""
    found = get_object_or_404(Connection.objects.of(request.tenant), id=connection_id)
    account = BankAccount.objects.of(request.tenant).filter(connection=found).first()
    template = "banking/_connection.html" if request.htmx else "banking/connection.html"
    return render(request, template, {"opening": Opening(found, account), "connection": found})


def follow(request: TenantRequest, connection: Connection) -> HttpResponse:
    enqueue("banking.tasks.open_connection", str(request.tenant.id), str(connection.id))
    return redirect("banking:connection", connection.id)


def problem(request: TenantRequest, bank: BankInfo, problem: Problem) -> HttpResponse:
    """What happened, and the way that begins again for the same account."""
    state = request.GET.get("state", "")
    with tenant_scope(request.tenant.id):
        mine = attempts_of(
            request.tenant, bank.slug, state=state, browser=browser_of(request), by=request.user
        )
        attempt = mine.select_related("redoes").first()
    context = {
        "problem": problem,
        "retry": retry_address(bank, attempt),
        "redoes": attempt.redoes if attempt else None,
    }
    return render(request, "banking/connect_problem.html", context, status=problem.status)


def account_to_redo(request: TenantRequest, bank: BankInfo) -> BankAccount | None:
    """The one of this bank that the address names, whose vínculo is to come back."""
    if "conta" not in request.GET:
        return None
    try:
        named = UUID(request.GET["conta"])
    except ValueError:
        raise Http404 from None
    mine = BankAccount.objects.of(request.tenant).filter(provider=bank.slug)
    account: BankAccount = get_object_or_404(mine, id=named)
    return account


def connection_to_correct(request: TenantRequest, bank: BankInfo, mode: Mode) -> Connection | None:
    """The one that the address names, if it is the company's and came this way."""
    try:
        named = UUID(request.GET.get("de", ""))
    except ValueError:
        return None
    mine = Connection.objects.of(request.tenant).filter(provider=bank.slug, mode=mode.slug)
    found: Connection | None = mine.filter(id=named).first()
    return found


def first_values(
    request: TenantRequest, bank: BankInfo, mode: Mode, before: Connection | None
) -> dict[str, Any]:
    """What was typed before; a field for the holder's document has the company's own."""
    known = {"document": format_cnpj(request.tenant.cnpj)}
    if before is not None:
        typed: dict[str, Any] = before.typed
        return known | typed
    return known | typed_lately(request.tenant, bank.slug, mode, by=request.user)


def mode_or_404(bank: BankInfo, slug: str) -> Mode:
    found = next((mode for mode in bank.modes if mode.slug == slug), None)
    if found is None:
        raise Http404
    return found


def bank_or_404(provider: str) -> Bank:
    if provider not in registry.banks():
        raise Http404
    return registry.find(provider)

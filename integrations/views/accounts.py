"""«Configurações > Integrações bancárias»."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from banking.bank_accounts import settings
from banking.models import BankAccount
from core.clock import database_now
from integrations.accounts import describe_switch, integrations_of, unfinished
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def integrations(request: TenantRequest) -> HttpResponse:
    return render(request, "integrations/list.html", context_of(request))


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def switch_banking(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    now = database_now()
    settings.switch_modo_banking(account, on="on" in request.POST, by=request.user, now=now)
    return answer(request, describe_switch(account, now), focus=account)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def prefer(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    before = settings.prefer(account, by=request.user)
    text = f"A conta preferencial agora é {account}."
    if before is not None and before.id != account.id:
        text = f"A conta preferencial agora é {account}, e não mais {before}."
    return answer(request, text, focus=account)


def answer(request: TenantRequest, text: str, *, focus: BankAccount) -> HttpResponse:
    """The list as it is now, and what was done as a passing notice."""
    if not request.htmx:
        messages.success(request, text)
        return redirect("integrations:list")
    context = context_of(request) | {"focus": focus.id}
    response = render(request, "integrations/_list.html", context)
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": "ok"}})
    return response


def context_of(request: TenantRequest) -> dict[str, Any]:
    return {
        "integrations": integrations_of(request.tenant, database_now()),
        "unfinished": unfinished(request.tenant),
    }


def find_account(request: TenantRequest, account_id: UUID) -> BankAccount:
    accounts = BankAccount.objects.of(request.tenant)
    account: BankAccount = get_object_or_404(accounts, id=account_id)
    return account

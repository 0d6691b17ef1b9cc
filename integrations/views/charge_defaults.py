"""What new charges of an account begin with, saved."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from charges.drafts.defaults import save_defaults
from charges.terms.check import rules_of
from core.forms import marking
from integrations.charge_defaults import ChargeDefaultsForm
from integrations.views.account import SettingsForm, find_account, page_of
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def save_charges(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    if rules_of(account) is None:
        raise Http404("its bank issues no charges")
    form = ChargeDefaultsForm(account, request.POST)
    if form.is_valid():
        with marking(form):
            save_defaults(account, form.wanted, by=request.membership)
        if not form.errors:
            messages.success(request, f"Padrões de cobrança {account.said.of} gravados.")
            return redirect("integrations:account", account.id)
    return page_of(request, account, SettingsForm(account), charge_form=form, status=422)

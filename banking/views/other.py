"""«Outro banco»: an account whose statement comes as files."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from banking.bank_accounts.forms import OtherBankForm
from banking.bank_accounts.other_bank import add_account
from core.forms import marking
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def add(request: TenantRequest) -> HttpResponse:
    form = OtherBankForm(request.POST if request.method == "POST" else None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        with marking(form):
            account = add_account(request.tenant, form.typed, by=request.membership)
            messages.success(request, f"{account} adicionada. Envie o primeiro extrato.")
            return redirect("reconciliation:imports", account.id)
    status = 422 if form.errors else 200
    return render(request, "banking/other_bank.html", {"form": form}, status=status)

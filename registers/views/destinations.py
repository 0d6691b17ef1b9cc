"""Accounts and keys of a payee: entering, confirming beside those on file, giving up."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from banking.banks.contract.payments import AccountType
from brazil.banks import BANKS
from core.clock import database_now
from core.errors import Changed
from core.forms import marking
from parties.archive import archive_destination
from parties.confirm import (
    confirm_destination,
    confirmed_of,
    digest_of,
    find_destination,
    sheet_of,
)
from parties.enter import enter_account, enter_key
from parties.models import PayeeAccount, PayeeKey
from parties.rest import rest_of
from payments.bills import parsing
from people.recent_factor import require_recent_factor
from registers.forms import ArchiveForm, DestinationForm, Way
from registers.reads import shown, stakes_of
from registers.views.payees import payee_or_404
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest, payee_id: UUID) -> HttpResponse:
    payee = payee_or_404(request, payee_id)
    first = {"way": Way.ACCOUNT, "account_type": AccountType.CHECKING}
    form = DestinationForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with marking(form):
            if data["way"] == Way.KEY:
                enter_key(payee, data["pix_key_type"], data["pix_key"], by=request.membership)
            else:
                enter_account(payee, form.digits, by=request.membership)
        if not form.errors:
            messages.success(request, "Dado bancário lançado. Agora outra pessoa confirma.")
            return redirect("registers:payee", payee.id)
    banks = [parsing.bank_label(bank) for bank in BANKS]
    return render(request, "registers/enter.html", {"form": form, "payee": payee, "banks": banks})


@require_http_methods(["GET", "POST"])
@member_required
@require_recent_factor
def confirm(request: TenantRequest, destination_id: UUID) -> HttpResponse:
    """Old and new side by side. GET asks."""
    row = destination_or_404(request, destination_id)
    changed = ""
    if request.method == "POST":
        try:
            told = request.POST.get("shown", "")
            confirm_destination(row, by=request.membership, shown=told)
        except Changed as error:
            changed = str(error)
            row = destination_or_404(request, destination_id)
        else:
            messages.success(request, f"Confirmado: {row.written}.")
            return redirect("registers:payee", row.payee_id)
    now = database_now()
    context = {
        "payee": row.payee,
        "new": shown(row, request.membership, now),
        "confirmed": [shown(each, request.membership, now) for each in confirmed_of(row.payee)],
        "stakes": stakes_of(row),
        "digest": digest_of(sheet_of(row)),
        "rest_hours": rest_of(request.tenant.id),
        "changed": changed,
        "is_own": request.membership.can_approve and request.membership.user_id in row.hands,
    }
    return render(request, "registers/confirm.html", context, status=409 if changed else 200)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
def archive(request: TenantRequest, destination_id: UUID) -> HttpResponse:
    """With the reason. GET asks for it."""
    row = destination_or_404(request, destination_id)
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        archive_destination(row, by=request.membership, why=form.cleaned_data["why"])
        messages.success(request, f"Arquivado: {row.written}.")
        return redirect("registers:payee", row.payee_id)
    context = {"form": form, "payee": row.payee, "row": row}
    return render(request, "registers/archive.html", context)


def destination_or_404(request: TenantRequest, destination_id: UUID) -> PayeeAccount | PayeeKey:
    row = find_destination(request.tenant.id, destination_id)
    if row is None:
        raise Http404
    return row

"""One charge: its page, and a copy of it."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from charges.drafts.enter import duplicate_charge
from charges.models import Charge
from charges.reads.detail import page_of
from charges.reads.row import Row, rows_of
from core.clock import database_now
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def detail(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """While a bank is about to answer, the page asks by itself whether it is still as it shows."""
    row = row_or_404(request, charge_id)
    if "X-Poll" in request.headers and request.GET.get("visto") == row.state_mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    page = page_of(row)
    return render(request, "charges/detail.html", {"page": page, "row": row, "charge": row.charge})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def duplicate(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """A new draft, opened to be changed."""
    again = duplicate_charge(charge_or_404(request, charge_id), by=request.membership)
    messages.success(request, "Cobrança duplicada como rascunho. Confira o vencimento.")
    return redirect("charges:edit", again.id)


def row_or_404(request: TenantRequest, charge_id: UUID) -> Row:
    charges = Charge.objects.of(request.tenant).filter(id=charge_id)
    get_object_or_404(charges)
    return rows_of(charges, request.membership, database_now())[0]


def charge_or_404(request: TenantRequest, charge_id: UUID) -> Charge:
    charges = Charge.objects.of(request.tenant)
    charge: Charge = get_object_or_404(
        charges.select_related("tenant", "payer", "bank_account", "revenue_account"), id=charge_id
    )
    return charge

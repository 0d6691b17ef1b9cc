"""«Registrar como paga fora», and undoing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import InvalidState
from payments.bills.paid_outside import record_paid_outside, undo_paid_outside
from payments.forms.outside import OutsideForm, UndoOutsideForm
from payments.models import OutsidePayment
from payments.views.bill import row_or_404
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
@require_recent_factor
def pay_outside(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """GET asks where, when and how much."""
    row = row_or_404(request, payable_id)
    if not row.can_pay_outside:
        raise InvalidState(
            "Esta conta não pode ser registrada como paga fora do Kamino agora.",
            code="not_open",
        )
    today = sao_paulo_day(database_now())
    typed = request.POST if request.method == "POST" else None
    shown = row.digest if row.payable.is_pending else ""
    form = OutsideForm(typed, payable=row.payable, today=today, shown=shown)
    if typed is not None and form.is_valid():
        record_paid_outside(
            row.payable, form.paid, by=request.membership, shown=form.cleaned_data["shown"]
        )
        messages.success(request, f"Registrada como paga: {row.payable.payee}.")
        return redirect("payments:detail", payable_id)
    status = 422 if form.is_bound else 200
    context = {"row": row, "payable": row.payable, "form": form}
    return render(request, "payments/pay_outside.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)
@require_recent_factor
def undo_outside(request: TenantRequest, payable_id: UUID) -> HttpResponse:
    """GET says what comes of it, and asks why."""
    row = row_or_404(request, payable_id)
    payments = OutsidePayment.objects.of(request.tenant).filter(payable=row.payable, undone_at=None)
    payment = payments.select_related("entry", "account", "bank_account").first()
    if payment is None:
        raise InvalidState(
            "Esta conta não consta como paga fora do Kamino.", code="not_paid_outside"
        )
    form = UndoOutsideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        undo_paid_outside(row.payable, by=request.membership, why=form.cleaned_data["why"])
        messages.success(request, f"De volta para aprovação: {row.payable.payee}.")
        return redirect("payments:detail", payable_id)
    status = 422 if form.is_bound else 200
    context = {"payable": row.payable, "payment": payment, "form": form}
    return render(request, "payments/undo_outside.html", context, status=status)

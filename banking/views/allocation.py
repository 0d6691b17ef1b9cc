"""Taking a bank line and an entry apart, from whichever page shows the two."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banking.models import Allocation
from banking.statements.allocation import undo_allocation
from core.middleware import previous_page
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def undo(request: TenantRequest, allocation_id: UUID) -> HttpResponse:
    """GET asks first, and says what changes."""
    rows = Allocation.objects.of(request.tenant).select_related(
        "statement_line__bank_account", "journal_line__entry"
    )
    allocation = get_object_or_404(rows, id=allocation_id)
    back = previous_page(request)
    if request.method == "GET":
        name = "_undo_allocation_dialog" if request.htmx else "undo_allocation"
        context = {"allocation": allocation, "line": allocation.statement_line, "back": back}
        return render(request, f"banking/{name}.html", context)
    undo_allocation(allocation, by=request.membership)
    messages.success(request, "Conciliação desfeita. O lançamento continua na contabilidade.")
    asked_on_its_own_page = back.endswith(request.path)
    return redirect(reverse("reconciliation:reconcile") if asked_on_its_own_page else back)

"""What to look at before payments may leave again after a restore, and the act that lets them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.errors import InvalidInput
from payments.forms.sending_lock import ReleaseForm
from payments.orders.sending_lock import release_sending
from payments.reads.restored import what_to_look_at
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def show_lock(request: TenantRequest) -> HttpResponse:
    locked_at = request.tenant.sending_locked_at
    if locked_at is None:
        messages.info(request, "Os envios estão liberados.")
        return redirect("payments:list")
    form = ReleaseForm(initial={"locked_at": locked_at.isoformat()})
    return page(request, form)


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def release(request: TenantRequest) -> HttpResponse:
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        if "locked_at" in form.errors:
            raise InvalidInput("Atualize a página e confira novamente.")
        return page(request, form, status=422)
    is_new = release_sending(
        request.tenant, locked_at=form.cleaned_data["locked_at"], by=request.membership
    )
    if is_new:
        messages.success(request, "Envios liberados.")
    else:
        messages.info(request, "Os envios já estavam liberados.")
    return redirect("payments:list")


def page(request: TenantRequest, form: ReleaseForm, status: int = 200) -> HttpResponse:
    locked_at = request.tenant.sending_locked_at
    found = what_to_look_at(request.tenant, locked_at) if locked_at else None
    context = {"form": form, "found": found}
    return render(request, "payments/sending_lock.html", context, status=status)

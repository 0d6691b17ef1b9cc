"""«Desfazer vínculo»: what it will do to this account, in numbers, and then it is done."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from banking.connections.disconnect import Consequence, disconnect_account
from banking.models import BankAccount
from core.enqueue import enqueue
from core.forms import marking
from payments.orders.disconnect import effect_of_undoing
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


class UndoForm(forms.Form):
    name = forms.CharField(
        label="Nome da empresa",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Digite o nome da empresa para confirmar."},
    )


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def undo_account(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """GET asks first."""
    accounts = BankAccount.objects.of(request.tenant).select_related(
        "connection__undone_by", "ledger_account"
    )
    account = get_object_or_404(accounts, id=account_id)
    form = UndoForm(request.POST if request.method == "POST" else None)
    form.fields["name"].help_text = f"Digite {request.tenant.name} para confirmar."
    if request.method == "POST" and form.is_valid():
        with marking(form):
            typed = form.cleaned_data["name"]
            after = disconnect_account(account, request.tenant, by=request.user, typed=typed)
            return disconnected(request, account, after)
    context = {"account": account, "effect": effect_of_undoing(account), "form": form}
    return render(request, "integrations/disconnect.html", context)


def disconnected(
    request: TenantRequest, account: BankAccount, after: list[Consequence]
) -> HttpResponse:
    enqueue("banking.tasks.close_connection", str(account.tenant_id), str(account.connection_id))
    sentences = [f"Vínculo com {account.said.the} desfeito.", *(each.sentence for each in after)]
    messages.success(request, " ".join(filter(None, sentences)))
    return redirect("integrations:list")

"""«Trocar a Conta do Ativo»: which leaf an account is tied to, and what becomes of its entries."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.journal.entries import balances
from accounts.models import Account
from banking.bank_accounts.ledger_account import (
    Entries,
    effect_of_tying,
    possible_leaves,
    tie_account,
)
from banking.models import BankAccount
from core.forms import ModelChoiceField, marking
from core.money import format_brl
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role, Tenant


class LeafField(ModelChoiceField[Account]):
    """Leaves with the balance that each has."""

    sums: dict[UUID, Any]

    def label_from_instance(self, obj: Account) -> str:
        return f"{obj} · saldo R$ {format_brl(self.sums[obj.id])}"


class TieForm(forms.Form):
    leaf = LeafField(
        Account.objects.none(),
        label="Nova Conta do Ativo",
        empty_label="Escolha",
        error_messages={
            "required": "Escolha a conta.",
            "invalid_choice": "Escolha uma conta do ativo desta empresa, em uso e sem banco.",
        },
    )
    entries = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Entries],
        error_messages={"required": "Escolha o que acontece com os lançamentos."},
    )
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["leaf"]
        assert isinstance(field, LeafField)
        field.queryset = possible_leaves(tenant)
        field.sums = balances(tenant, field.queryset)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@require_recent_factor
def tie(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """GET asks first, with what each choice does to this account."""
    rows = BankAccount.objects.of(request.tenant).select_related("ledger_account")
    account: BankAccount = get_object_or_404(rows, id=account_id)
    form = TieForm(request.POST if request.method == "POST" else None, tenant=request.tenant)
    if form.is_valid():
        values = form.cleaned_data
        with marking(form):
            moved = tie_account(
                account,
                values["leaf"],
                entries=Entries(values["entries"]),
                seen=values["seen"],
                by=request.user,
            )
            return tied(request, account, moved)
    context = {"account": account, "effect": effect_of_tying(account), "form": form}
    status = 422 if form.errors else 200
    return render(request, "integrations/ledger_account.html", context, status=status)


def tied(request: TenantRequest, account: BankAccount, moved: int) -> HttpResponse:
    text = f"A Conta do Ativo de {account} agora é {account.ledger_account}."
    if moved == 1:
        text += " 1 lançamento mudou junto."
    elif moved:
        text += f" {moved} lançamentos mudaram junto."
    messages.success(request, text)
    return redirect("integrations:account", account.id)

"""«Saldo de abertura» of an account: its effect is shown before it is written."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from banking.models import BankAccount
from core.forms import marking
from reconciliation.forms.opening import OpeningForm
from reconciliation.models import OpeningBalance
from reconciliation.position.beginning import Beginning
from reconciliation.position.opening import (
    begun,
    effect_of_opening,
    offered_lines,
    opening_in_force,
    post_opening,
    put_off_opening,
    standing_opening,
    waiting_before,
)
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def opening(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """What is typed changes the effect that is shown; «Lançar» writes the one that was seen."""
    account = account_or_404(request, account_id)
    first = begun(account)
    if there := opening_in_force(account, first):
        return show_there(request, there)
    form = form_for(request, account, first)
    is_posting = request.method == "POST" and "lancar" in request.POST
    if is_posting and form.is_valid():
        with marking(form):
            posted = post_opening(
                account,
                by=request.membership,
                amount=form.cleaned_data.get("amount"),
                marked=form.marked_ids,
                seen=form.cleaned_data.get("seen"),
            )
            if posted.created_by_id == request.user.pk:
                messages.success(request, "Saldo de abertura lançado.")
            else:  # at the same time
                who = posted.created_by.display_name if posted.created_by else "Kamino"
                messages.info(request, f"{who} já lançou o saldo de abertura desta conta.")
            return redirect(f"{reverse('reconciliation:reconcile')}?conta={account.id}")
    amount, marked = what_was_typed(form, account)
    effect = effect_of_opening(account, amount=amount, marked=marked)
    context = {
        "account": account,
        "form": form,
        "effect": effect,
        "is_form_bound": form.is_bound,
    }
    status = 422 if is_posting else 200
    return render(request, "reconciliation/opening.html", context, status=status)


def show_there(request: TenantRequest, opening: OpeningBalance) -> HttpResponse:
    context = {"account": opening.bank_account, "opening": opening}
    status = 422 if request.method == "POST" else 200
    return render(request, "reconciliation/opening_there.html", context, status=status)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def put_off(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = account_or_404(request, account_id)
    put_off_opening(account, by=request.membership)
    return redirect(f"{reverse('reconciliation:reconcile')}?conta={account.id}")


def account_or_404(request: TenantRequest, account_id: UUID) -> BankAccount:
    accounts = BankAccount.objects.of(request.tenant).select_related("tenant", "ledger_account")
    account: BankAccount = get_object_or_404(accounts, id=account_id)
    return account


def form_for(request: TenantRequest, account: BankAccount, first: Beginning) -> OpeningForm:
    return OpeningForm(
        request.POST if request.method == "POST" else None,
        day=first.day,
        asks_amount=first.amount is None,
        has_former=standing_opening(account) is not None,
        lines=offered_lines(account, first.day),
        waiting=waiting_before(account),
    )


def what_was_typed(
    form: OpeningForm, account: BankAccount
) -> tuple[Decimal | None, Collection[UUID]]:
    """What of it cannot be read is as if it were not there."""
    if not form.is_bound:
        return None, waiting_before(account)
    form.is_valid()
    return form.cleaned_data.get("amount"), form.marked_ids

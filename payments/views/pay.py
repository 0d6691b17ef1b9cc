"""«Baixar contas»: choose the account, then which approved bills it pays now."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from payments.dispatch.send_now import send_now
from payments.models import Payable
from payments.rails.pix_policy import rail_for, why_no_rail
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts
from payments.views.acts import nudge_senders, tell_of_sent
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

# The oldest first; what comes after them is paid with the next choice.
SHOWN = 200


class PayForm(forms.Form):
    payable = forms.TypedMultipleChoiceField(
        coerce=UUID,
        error_messages={
            "required": "Selecione ao menos uma conta a pagar.",
            "invalid_choice": "Uma das contas foi alterada: confira a seleção e tente novamente.",
        },
    )

    def __init__(self, *args: Any, sendable: list[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payable"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(str(row.payable.id), str(row.payable)) for row in sendable]


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def pay(request: TenantRequest) -> HttpResponse:
    """GET shows what the account of the address can pay, the preferred one unless it names one."""
    now = database_now()
    usable = BankAccount.objects.of(request.tenant).connected().in_plan()
    accounts = list(usable.order_by("-is_preferred", "provider", "number"))
    account = chosen_of(accounts, (request.POST or request.GET).get("account", ""))
    rows, others = rows_for(request, account)
    form = PayForm(request.POST if request.method == "POST" else None, sendable=rows)
    if account and form.is_valid():
        wanted = set(form.cleaned_data["payable"])
        payables = [row.payable for row in rows if row.payable.id in wanted]
        orders = send_now(payables, by=request.user, account=account)
        nudge_senders(orders)
        tell_of_sent(request, len(orders), len(payables) - len(orders), str(account))
        return redirect("payments:list")
    today, wants_all = sao_paulo_day(now), request.GET.get("selecionar") == "todas"
    checked = (
        request.POST.getlist("payable")
        if form.is_bound
        else [str(r.payable.id) for r in rows if wants_all or r.payable.payment_date <= today]
    )
    context = {
        "accounts": accounts,
        "account": account,
        "rows": rows,
        "others": others,
        "form": form,
        "checked": checked,
    }
    return render(request, "payments/pay.html", context, status=422 if form.errors else 200)


def chosen_of(accounts: list[BankAccount], named: str) -> BankAccount | None:
    found = (account for account in accounts if str(account.id) == named)
    return next(found, accounts[0] if accounts and not named else None)


def rows_for(
    request: TenantRequest, account: BankAccount | None
) -> tuple[list[Row], list[tuple[Row, str]]]:
    """What the account can pay, and what it cannot with the reason."""
    if account is None:
        return [], []
    now = database_now()
    approved = Payable.objects.of(request.tenant).sendable()
    rows = rows_of(
        approved.order_by("payment_date", "id")[:SHOWN],
        Accounts.of(request.tenant, now),
        request.membership,
        now,
    )
    can = [row for row in rows if rail_for(row.payable, account) is not None]
    cannot = [
        (row, why_no_rail(row.payable, account))
        for row in rows
        if rail_for(row.payable, account) is None
    ]
    return can, cannot

"""The page of one account: what an admin decides about its payments, and what comes of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.acts import Act
from audit.models import Record
from banking.bank_accounts.overview import is_in_plan
from banking.bank_accounts.settings import Settings
from banking.banks import registry
from banking.gateway import circuit_breaker
from banking.models import BankAccount
from banking.statements.unread import shown_unread
from charges.drafts.defaults import Defaults
from charges.terms.check import rules_of
from core.clock import database_now
from integrations import ted_policy
from integrations.accounts import Integration
from integrations.charge_defaults import ChargeDefaultsForm
from integrations.preview import choices_of, dry_run
from payments.models import DispatchRun
from payments.rails.rails import sends_pix
from payments.reads.run_summary import run_notes
from people.outcomes import tell_outcome
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

RUNS = 5
TOLD_RECORDS = 10


class SettingsForm(forms.Form):
    pix_policy = forms.ChoiceField(
        choices=BankAccount.PixPolicy.choices,
        error_messages={
            "required": "Escolha o que fazer com os pagamentos definidos com Pix.",
            "invalid_choice": "Escolha uma das duas opções.",
        },
    )
    modo_banking = forms.BooleanField(required=False)
    seen = forms.CharField(required=False)

    def __init__(self, account: BankAccount, data: Any = None) -> None:
        initial = {"pix_policy": account.pix_policy, "modo_banking": account.modo_banking_from}
        super().__init__(data, initial=initial)
        self._kept = account.pix_policy
        if sends_pix(registry.info(account.provider)):
            del self.fields["pix_policy"]

    @property
    def wanted(self) -> Settings:
        values = self.cleaned_data
        return Settings(values.get("pix_policy", self._kept), values["modo_banking"])


@require_GET
@member_required
def show_account(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    return page_of(request, account, SettingsForm(account))


@require_POST
@role_required(Role.ADMIN)
@require_recent_factor
def save_account(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    form = SettingsForm(account, request.POST)
    if not form.is_valid():
        return page_of(request, account, form, status=422)
    seen = Settings.read(form.cleaned_data["seen"])
    changed, asked = ted_policy.save(account, form.wanted, seen=seen, by=request.membership)
    if changed:
        return page_of(request, account, form, changed=changed, status=409)
    tell_outcome(request, asked, f"Configurações {account.said.of} gravadas.")
    return redirect("integrations:account", account.id)


def page_of(
    request: TenantRequest,
    account: BankAccount,
    form: SettingsForm,
    *,
    changed: list[str] | None = None,
    charge_form: ChargeDefaultsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = database_now()
    in_plan = is_in_plan(request.tenant, account)
    away = circuit_breaker.outages(now).get(account.provider)
    runs = DispatchRun.objects.of(request.tenant).filter(bank_account=account)
    told = Record.objects.about(account).newest_first()
    others = BankAccount.objects.of(request.tenant).filter(is_preferred=True)
    context = {
        "account": account,
        "each": Integration(account, in_plan, now, away),
        "pays": account.is_connected and in_plan,
        "sends_pix": sends_pix(registry.info(account.provider)),
        "choices": choices_of(account),
        "form": form,
        "seen": Settings.of(account),
        "changed": changed,
        "ted_asked": ted_policy.asked_for(account),
        "changed_last": told.filter(act=Act.SETTINGS_CHANGED).first() if changed else None,
        "history": told[:TOLD_RECORDS] if request.membership.is_admin else None,
        "preferred": others.exclude(id=account.id).first(),
        "has_others": BankAccount.objects.of(request.tenant).exclude(id=account.id).exists(),
        "next": None if account.is_by_file else dry_run(account, now),
        "unread": shown_unread(account),
        "issues_charges": rules_of(account) is not None,
        "charge_form": charge_form or ChargeDefaultsForm(account),
        "charge_words": Defaults.of(account).words,
        "runs": run_notes(runs.order_by("-day", "-id")[:RUNS], now),
    }
    return render(request, "integrations/account.html", context, status=status)


def find_account(request: TenantRequest, account_id: UUID) -> BankAccount:
    accounts = BankAccount.objects.of(request.tenant).select_related(
        "connection__connected_by", "ledger_account"
    )
    account: BankAccount = get_object_or_404(accounts, id=account_id)
    return account

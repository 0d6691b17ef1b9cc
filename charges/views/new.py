"""The form of a charge: a new one, and one that no bank has."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.edit import LESS, edit_charge
from charges.drafts.enter import enter_charge, enter_instalments
from charges.forms.charge import ChargeForm, terms_of, written
from charges.forms.fields import suggested_payers, write_payer
from charges.issuing.queue import issue_charges
from charges.models import Charge
from charges.reads.list import State
from charges.reads.row import Row
from charges.reads.sending import sending_of
from charges.states import ChargeStatus
from charges.terms.accounts import issuing_accounts
from charges.terms.check import offered_forms
from charges.views.acts import require
from charges.views.charge import row_or_404
from charges.views.issuing import tell_of_issued
from core.clock import database_now
from core.forms import marking
from parties.models import Payer
from people.exceptional_acts import waiting_on
from people.outcomes import WAITS_FOR_SECOND
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role

# Of these an account has its own, which stand until somebody types another.
OF_ACCOUNT = ("fine_percent", "interest_percent", "message")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    """As a draft, or issued at once."""
    today = sao_paulo_day(database_now())
    if request.method == "GET":
        form = ChargeForm(tenant=request.tenant, today=today, initial=beginning(request))
        return render_form(request, form)
    form = ChargeForm(request.POST, tenant=request.tenant, today=today)
    with marking(form):
        if is_right(request, form):
            return after_saving(request, save_new(request, form))
    return render_form(request, form)


def save_new(request: TenantRequest, form: ChargeForm) -> list[Charge]:
    if form.parts is not None and form.parts.understood:
        return enter_instalments(
            request.tenant, form.draft, form.parts.understood, by=request.membership
        )
    return [enter_charge(request.tenant, form.draft, by=request.membership)]


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def edit(request: TenantRequest, charge_id: UUID) -> HttpResponseBase:
    row = row_or_404(request, charge_id)
    require(row.can_edit)
    charge = row.charge
    if request.method == "GET":
        initial = written(charge)
        form = ChargeForm(tenant=request.tenant, today=row.today, initial=initial, of=charge)
        return render_form(request, form)
    # Of one that was issued it may give something up, as a new slip for less does.
    is_draft = charge.status == ChargeStatus.DRAFT
    save = save_edit if is_draft else require_recent_factor(save_edit)
    return save(request, row)


def save_edit(request: TenantRequest, row: Row) -> HttpResponseBase:
    charge = row.charge
    form = ChargeForm(request.POST, tenant=request.tenant, today=row.today, of=charge)
    with marking(form):
        if is_right(request, form):
            edited = edit_charge(charge, form.draft, by=request.membership)
            if waiting_on(edited, LESS) is not None:
                messages.info(request, WAITS_FOR_SECOND)
                return redirect("charges:detail", edited.id)
            return after_saving(request, [edited])
    return render_form(request, form)


def is_right(request: TenantRequest, form: ChargeForm) -> bool:
    """A draft may lack what its bank asks for; what is issued may not."""
    if form.is_valid() and wants_issue(request):
        form.mark_problems()
    return not form.errors


def wants_issue(request: TenantRequest) -> bool:
    return "issue" in request.POST


def after_saving(request: TenantRequest, charges: list[Charge]) -> HttpResponse:
    if wants_issue(request):
        issued = issue_charges(charges, by=request.membership)
        tell_of_issued(request, len(issued.slips), list(issued.left_out.values()))
    elif len(charges) == 1:
        messages.success(request, "Rascunho salvo. Nada foi enviado ao banco.")
    else:
        messages.success(request, f"{len(charges)} parcelas salvas como rascunho.")
    if len(charges) == 1:
        return redirect("charges:detail", charges[0].id)
    shown = State.OPEN if wants_issue(request) else State.DRAFTS
    return redirect(f"{reverse('charges:list')}?situacao={shown}")


def render_form(request: TenantRequest, form: ChargeForm) -> HttpResponse:
    context = {
        "form": form,
        "charge": form.of,
        "suggestions": suggested_payers(request.tenant, ""),
        "sending": sending_of(form) if form.is_bound else None,
    }
    template = "charges/edit.html" if form.of else "charges/new.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def beginning(request: TenantRequest) -> dict[str, Any]:
    """Of a new charge: the preferred account, its terms, and the payer that the address names."""
    accounts = list(issuing_accounts(request.tenant, None).values())
    begins = terms_of(accounts[0]) | {"bank_account": accounts[0].id} if accounts else {}
    try:
        named = UUID(request.GET.get("pagador", ""))
    except ValueError:
        return begins
    payer = Payer.objects.of(request.tenant).filter(id=named, archived_at=None).first()
    return begins | ({"payer": write_payer(payer)} if payer else {})


@require_GET
@role_required(Role.ADMIN, Role.FINANCE)
def suggest_payers(request: TenantRequest) -> HttpResponse:
    """Those that what was typed so far may mean."""
    found = suggested_payers(request.tenant, request.GET.get("payer", "")[:200])
    return render(request, "charges/_suggestions.html", {"suggestions": found})


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def show_account(request: TenantRequest) -> HttpResponse:
    """What the chosen account's bank offers, and its terms where nobody typed others. Writes
    nothing."""
    accounts = issuing_accounts(request.tenant, None)
    account = named_account(accounts, request.POST.get("bank_account", ""))
    former = named_account(accounts, request.POST.get("terms_of", ""))
    initial = {name: request.POST.get(name, "") for name in ChargeForm.base_fields}
    if account is not None:
        terms, stood = terms_of(account), terms_of(former) if former else {}
        for name in OF_ACCOUNT:
            if initial[name] in {"", stood.get(name, "")}:
                initial[name] = terms[name]
    initial["discount_days"] = initial["discount_days"] or "1"
    form = ChargeForm(tenant=request.tenant, today=sao_paulo_day(database_now()), initial=initial)
    offered = offered_forms(form.account) if form.account else []
    if initial["form"] not in offered and offered:
        form.initial["form"] = offered[0].value
    return render(request, "charges/_of_account.html", {"form": form})


def named_account(accounts: dict[Any, BankAccount], named: str) -> BankAccount | None:
    return next((account for id, account in accounts.items() if str(id) == named), None)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def preview(request: TenantRequest) -> HttpResponse:
    """The instalments and what will be sent, of what was typed so far. Writes nothing."""
    form = ChargeForm(request.POST, tenant=request.tenant, today=sao_paulo_day(database_now()))
    form.is_valid()
    context = {"form": form, "sending": sending_of(form), "is_answer": True}
    return render(request, "charges/_preview.html", context)

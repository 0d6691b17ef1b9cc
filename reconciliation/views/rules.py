"""«Regras de extrato»: the rules in their order, one of them in the form beside, tried before it is
saved."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import StatementLine
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import Changed
from people.recent_factor import require_recent_factor
from reconciliation.forms.rules import RuleForm, initial_from, initial_of
from reconciliation.models import Rule
from reconciliation.reads.rules import overview_of
from reconciliation.rules.draft import Draft, check_conditions
from reconciliation.rules.edit import move_rule, order_rules, remove_rule, save_rule, switch_rule
from reconciliation.rules.offered import draft_from, offers_of
from reconciliation.rules.run import running
from reconciliation.rules.trial import PERIODS, Trial, try_rule
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role
from tenants.throttles import costly


@require_GET
@member_required
def rules(request: TenantRequest) -> HttpResponse:
    """With «linha», a rule for lines like that one is in the form, and tried."""
    if not request.membership.can_enter:
        return page(request, None)
    line = line_named(request)
    if line is None:
        return page(request, RuleForm(tenant=request.tenant))
    draft = draft_from(line)
    form = RuleForm(initial=initial_from(draft), tenant=request.tenant)
    return page(request, form, trial=trial_of(request, draft, PERIODS[0]))


def line_named(request: TenantRequest) -> StatementLine | None:
    named = request.GET.get("linha")
    if not named:
        return None
    try:
        line_id = UUID(named)
    except ValueError as error:
        raise Http404 from error
    found: StatementLine = get_object_or_404(
        StatementLine.objects.of(request.tenant).select_related("tenant"), id=line_id
    )
    return found


def page(
    request: TenantRequest, form: RuleForm | None, *, rule: Rule | None = None, **context: Any
) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    values = listed(request) | {"form": form, "here": rule, **context}
    return render(request, "reconciliation/rules.html", values, status=status)


def listed(request: TenantRequest) -> dict[str, Any]:
    today = sao_paulo_day(database_now())
    can_enter = request.membership.can_enter
    return {
        "overview": overview_of(request.tenant, today),
        "offers": offers_of(request.tenant, today) if can_enter else [],
        "run": running(request.tenant.id),
    }


# --- One rule ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def new_rule(request: TenantRequest) -> HttpResponse:
    if request.method == "POST":
        return save(request, None)
    return page(request, RuleForm(tenant=request.tenant))


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def rule(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    found = rule_or_404(request, rule_id)
    if request.method == "POST":
        return save(request, found)
    return page(request, RuleForm(initial=initial_of(found), tenant=request.tenant), rule=found)


def rule_or_404(request: TenantRequest, rule_id: UUID) -> Rule:
    rows = Rule.objects.of(request.tenant).kept().select_related("payee", "payer")
    found: Rule = get_object_or_404(rows, id=rule_id)
    return found


def save(request: TenantRequest, found: Rule | None) -> HttpResponse:
    form = RuleForm(request.POST, tenant=request.tenant)
    if form.is_valid():
        try:
            with form.marking():
                save_rule(
                    form.draft,
                    by=request.membership,
                    rule_id=found.id if found else None,
                    version=form.cleaned_data["version"] if found else None,
                )
                messages.success(request, "Regra gravada. Ela vale para as próximas linhas.")
                return redirect("reconciliation:rules")
        except Changed as error:
            form.add_error(None, str(error))
    return page(request, form, rule=found)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@costly
def trial(request: TenantRequest) -> HttpResponse:
    """What the rule in the form would have caught. Writes nothing."""
    form = RuleForm(request.POST, tenant=request.tenant)
    form.is_valid()
    tried, conditions = None, None
    if not is_wrong_condition(form):
        with form.marking():
            conditions = check_conditions(request.tenant, form.conditions)
    if conditions is not None:
        draft = Draft(
            conditions=conditions,
            act=form.draft.act,
            slices=form.slices,
            other_account=form.draft.other_account,
        )
        tried = trial_of(request, draft, form.cleaned_data.get("days") or PERIODS[0])
    context = {"form": form, "trial": tried}
    if request.htmx:
        return render(request, "reconciliation/_rule_trial.html", context)
    return page(request, form, rule=rule_typed(request), trial=tried)


CONDITION_FIELDS = frozenset(("other_side", "side", "least", "most", "bank_account"))


def is_wrong_condition(form: RuleForm) -> bool:
    return any(each.startswith(("text_", "how_")) or each in CONDITION_FIELDS
               for each in form.errors)  # fmt: skip


def rule_typed(request: TenantRequest) -> Rule | None:
    named = request.POST.get("rule")
    if not named:
        return None
    try:
        return rule_or_404(request, UUID(named))
    except ValueError as error:
        raise BadRequest("not a rule") from error


def trial_of(request: TenantRequest, draft: Draft, days: int) -> Trial:
    return try_rule(request.tenant, draft, days=days, today=sao_paulo_day(database_now()))


# --- The list ---


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def switch(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    switch_rule(rule_or_404(request, rule_id).id, on="on" in request.POST, by=request.membership)
    return show_list(request)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def move(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    up = request.POST.get("to") == "up"
    move_rule(rule_or_404(request, rule_id).id, up=up, by=request.membership)
    return show_list(request)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def order(request: TenantRequest) -> HttpResponse:
    try:
        ids = [UUID(each) for each in request.POST.getlist("rule")]
    except ValueError as error:
        raise BadRequest("not rules") from error
    order_rules(ids, by=request.membership)
    return show_list(request)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def remove(request: TenantRequest, rule_id: UUID) -> HttpResponse:
    remove_rule(rule_or_404(request, rule_id).id, by=request.membership)
    messages.success(request, "Regra excluída. O que ela fez fica como está.")
    return redirect("reconciliation:rules")


def show_list(request: TenantRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("reconciliation:rules")
    return render(request, "reconciliation/_rules.html", listed(request))

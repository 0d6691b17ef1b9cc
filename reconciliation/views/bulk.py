"""Acts on many lines: what is chosen, what would be done, doing it, and what came of it."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from banking.models import StatementLine
from core.errors import InvalidInput
from people.recent_factor import require_recent_factor
from reconciliation.bulk.draft import begin, by_certainty, draft, left_out, part_of
from reconciliation.bulk.selection import summary_of
from reconciliation.bulk.undo import effect_of_bulk
from reconciliation.bulk.work import work
from reconciliation.forms.selection import ConfirmForm, CreateManyForm, read_selection
from reconciliation.models import BulkAct, BulkLine
from reconciliation.reads.bulk import outcome_of, touched_by
from reconciliation.views.answer import pairs_named
from tenants.access import TenantRequest, role_required
from tenants.models import Role
from tenants.scope import tenant_scope

Kind, State = BulkAct.Kind, BulkLine.State
KINDS = {
    "conciliar": Kind.ACCEPT,
    "criar": Kind.CREATE,
    "ignorar": Kind.IGNORE,
    "desfazer": Kind.UNDO,
}
AT_ONCE = 20  # lines; more are done apart from the request
REASONS = 3  # why lines are left out; each is told with its number
ROWS = 200  # of a page that change in place; of more the list is asked for again
enterers = role_required(Role.ADMIN, Role.FINANCE)


@require_POST
@enterers
def selected(request: TenantRequest) -> HttpResponse:
    """Count and sum of what is chosen. Writes nothing."""
    selection = read_selection(request.POST, request.tenant)
    context = {"summary": summary_of(selection), "selection": selection}
    return render(request, "reconciliation/_selection.html", context)


@require_POST
@enterers
def review(request: TenantRequest) -> HttpResponse:
    """Says what the act would do; what it says is kept, and done when it is confirmed."""
    selection = read_selection(request.POST, request.tenant)
    kind = KINDS.get(request.POST.get("ato", ""), Kind.ACCEPT)
    bulk = draft(kind, selection, by=request.membership)
    return show_review(request, bulk, form_of(bulk))


def form_of(bulk: BulkAct, typed: QueryDict | None = None) -> ConfirmForm:
    if bulk.kind == Kind.CREATE:
        return CreateManyForm(typed, tenant_id=bulk.tenant_id)
    return ConfirmForm(typed, needs_why=bulk.kind == Kind.IGNORE)


def show_review(
    request: TenantRequest, bulk: BulkAct, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    waiting = Q(state=State.WAITING)
    why = left_out(bulk)
    context: dict[str, Any] = {
        "bulk": bulk,
        "form": form,
        "part": part_of(bulk, waiting),
        "left_out": why[:REASONS],
        "left_out_besides": sum(number for _, number in why[REASONS:]),
        "back_url": page_of(bulk),
    }
    if bulk.kind == Kind.ACCEPT:
        context["degrees"] = by_certainty(bulk)
    if bulk.kind == Kind.UNDO:
        alone = part_of(bulk, waiting & Q(plan__together=False))
        context |= {"effect": effect_of_bulk(bulk), "alone": alone}
    if isinstance(form, CreateManyForm):
        context |= {"line": first_line(bulk), "party": form.who}
    template = "_bulk_dialog" if request.htmx else "bulk"
    response = render(request, f"reconciliation/{template}.html", context, status=status)
    # The form itself is answered in the bar.
    return retarget(reswap(response, "innerHTML"), "#dialogs") if request.htmx else response


def first_line(bulk: BulkAct) -> StatementLine | None:
    """By whose side parties are looked for."""
    rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk).waiting().order_by("position")
    row = rows.select_related("statement_line").first()
    return row.statement_line if row else None


@require_POST
@role_required(Role.ADMIN, Role.FINANCE, scoped=False)
@require_recent_factor
def confirm(request: TenantRequest, bulk_id: UUID) -> HttpResponse:
    """Some lines are done here, each in a transaction of its own; many by a worker."""
    with tenant_scope(request.tenant.id):
        bulk = get_object_or_404(BulkAct.objects.of(request.tenant), id=bulk_id)
        form = form_of(bulk, request.POST)
        if not form.is_valid():
            return show_review(request, bulk, form, status=422)
        try:
            begin(
                bulk,
                by=request.membership,
                why=form.cleaned_data["why"],
                least=form.least,
                entries=form.entries,
                together=form.cleaned_data["together"],
            )
        except InvalidInput as error:
            form.add_error(error.field, str(error))
            return show_review(request, bulk, form, status=422)
        waiting = BulkLine.objects.of(request.tenant).filter(bulk=bulk).waiting().count()
    if waiting <= AT_ONCE:
        work(request.tenant.id, bulk.id)
    with tenant_scope(request.tenant.id):
        return show_outcome(request, bulk.id)


@require_GET
@enterers
def progress(request: TenantRequest, bulk_id: UUID) -> HttpResponse:
    return show_outcome(request, bulk_id)


def show_outcome(request: TenantRequest, bulk_id: UUID) -> HttpResponse:
    bulk = get_object_or_404(
        BulkAct.objects.of(request.tenant).select_related("bank_account"), id=bulk_id
    )
    outcome = outcome_of(bulk)
    if not request.htmx:
        messages.info(request, "Em andamento." if bulk.is_running else outcome.words)
        return redirect(page_of(bulk))
    context: dict[str, Any] = {"bulk": bulk, "outcome": outcome}
    if bulk.is_running:
        response = render(request, "reconciliation/_bulk_progress.html", context)
        if request.method == "POST":
            response["HX-Trigger"] = json.dumps({"lines-taken": True})
        return response
    touched = touched_by(bulk, ROWS)
    if len(touched) <= ROWS:
        context["others"] = list(pairs_named(request, touched).values())
    else:
        context["reload"] = request.htmx.current_url_abs_path
    response = render(request, "reconciliation/_bulk_done.html", context)
    rows = BulkLine.objects.of(request.tenant).filter(bulk=bulk).refused()
    refused = list(rows.values_list("statement_line_id", flat=True))
    response["HX-Trigger"] = json.dumps(
        {
            "toast": {"text": outcome.words, "tone": outcome.tone},
            "lines-changed": True,
            "lines-kept": {"ids": [str(each) for each in refused]},
        }
    )
    return response


def page_of(bulk: BulkAct) -> str:
    return f"{reverse('reconciliation:reconcile')}?conta={bulk.bank_account_id}"

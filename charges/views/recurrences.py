"""Contracts: the list, the form with what it will bring, one of them, and what is done to it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brazil.banking_days import sao_paulo_day
from charges.forms.fields import suggested_payers
from charges.forms.recurrence import (
    AdjustForm,
    EndForm,
    IssuePeriodForm,
    RecurrenceForm,
    written_contract,
)
from charges.models import Recurrence
from charges.reads.contract_preview import preview_of
from charges.reads.recurrences import (
    ContractPage,
    ContractRow,
    State,
    contract_numbers,
    page_of_contract,
    read_contracts,
)
from charges.recurrences.adjust import adjust_recurrence
from charges.recurrences.edit import edit_recurrence
from charges.recurrences.enter import enter_recurrence
from charges.recurrences.issue_now import issue_period
from charges.recurrences.pause import (
    end_recurrence,
    pause_recurrence,
    resume_recurrence,
    skip_left_out,
    take_over,
)
from charges.states import ChargeStatus
from charges.terms.check import reais
from charges.views.acts import require, typed
from charges.views.new import beginning
from charges.views.question import Question, ask_about
from core.clock import database_now
from core.forms import marking
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

DAYS_BEFORE = 10


@require_GET
@member_required
def show_list(request: TenantRequest) -> HttpResponse:
    today = sao_paulo_day(database_now())
    asked = request.GET.get("situacao", State.RUNNING)
    state = asked if asked in State.values else State.RUNNING
    text = request.GET.get("q", "")[:200]
    found = read_contracts(request.membership, state, text, today, request.GET.get("apos", ""))
    context: dict[str, Any] = {
        "rows": found.rows,
        "more_url": found.following and address(state, text, apos=found.following),
    }
    if request.htmx and "apos" in request.GET:
        return render(request, "charges/recurrences/_rows.html", context)
    numbers = contract_numbers(request.tenant)
    chips = [
        {
            "label": each.label,
            "url": address(each, text),
            "current": each == state,
            "count": {State.RUNNING: numbers.running, State.WAITING: numbers.waiting}.get(each),
        }
        for each in State
    ]
    has_any = bool(found.rows) or Recurrence.objects.of(request.tenant).exists()
    context |= {"numbers": numbers, "chips": chips, "has_any": has_any, "q": text, "state": state}
    return render(request, "charges/recurrences/list.html", context)


def address(state: str, text: str, **more: str) -> str:
    values = {"situacao": str(state), "q": text} | more
    kept = {name: value for name, value in values.items() if value}
    return f"{reverse('charges:recurrences')}?{urlencode(kept)}"


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    today = sao_paulo_day(database_now())
    if request.method == "GET":
        begins: dict[str, Any] = {
            "day": 10,
            "every_months": 1,
            "days_before": DAYS_BEFORE,
            "adjustment": Recurrence.Adjustment.NONE,
        }
        initial = beginning(request) | begins
        return render_form(
            request, RecurrenceForm(tenant=request.tenant, today=today, initial=initial)
        )
    form = RecurrenceForm(request.POST, tenant=request.tenant, today=today)
    with marking(form):
        if is_right(form):
            made = enter_recurrence(request.tenant, form.contract, by=request.membership)
            messages.success(request, f"Recorrência criada: {made.payer}.")
            return redirect("charges:recurrence", made.id)
    return render_form(request, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def edit(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    require(page.row.can_act)
    recurrence, today = page.recurrence, page.row.today
    told: dict[str, Any] = {"tenant": request.tenant, "today": today, "contract": recurrence}
    initial = written_contract(recurrence, page.amount)
    if request.method == "GET":
        return render_form(request, RecurrenceForm(**told, initial=initial))
    form = RecurrenceForm(request.POST, **told, initial=initial)
    with marking(form):
        if is_right(form):
            edit_recurrence(recurrence, form.contract, by=request.membership)
            messages.success(request, "Recorrência alterada. O que já foi emitido não muda.")
            return redirect("charges:recurrence", recurrence.id)
    return render_form(request, form)


def is_right(form: RecurrenceForm) -> bool:
    """What the bank would not take of the first charge is said where it was typed."""
    if form.is_valid():
        form.mark_problems()
    return not form.errors


def render_form(request: TenantRequest, form: RecurrenceForm) -> HttpResponse:
    context = {
        "form": form,
        "recurrence": form.contract_of,
        "suggestions": suggested_payers(request.tenant, ""),
        "preview": preview_of(form) if form.is_bound else None,
    }
    template = "charges/recurrences/form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def preview(request: TenantRequest) -> HttpResponse:
    """The next due dates and values, of what was typed so far. Writes nothing."""
    today = sao_paulo_day(database_now())
    told: dict[str, Any] = {"tenant": request.tenant, "today": today}
    if named := request.POST.get("recurrence"):
        page = page_or_404(request, read_id(named))
        initial = written_contract(page.recurrence, page.amount)
        told |= {"contract": page.recurrence, "initial": initial}
    context = {"preview": preview_of(RecurrenceForm(request.POST, **told))}
    return render(request, "charges/recurrences/_preview.html", context)


@require_GET
@member_required
def detail(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    context = {"page": page, "row": page.row, "recurrence": page.recurrence}
    return render(request, "charges/recurrences/detail.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def pause(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    require(page.row.can_act and page.recurrence.paused_at is None)
    form = EndForm(typed(request))
    if form.is_valid():
        pause_recurrence(page.recurrence, by=request.membership, why=form.cleaned_data["why"])
        return done(request, page, "Pausada: nada é emitido até você retomar.")
    texts = [
        "Nada é emitido por esta recorrência até você retomar. Ao retomar, o que venceu na pausa "
        "não é cobrado sozinho: você escolhe.",
        "O que já foi emitido continua valendo.",
    ]
    return ask(request, page, Question(title="Pausar?", texts=texts, action="Pausar"), form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def end(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    require(page.row.can_act)
    form = EndForm(typed(request))
    if form.is_valid():
        end_recurrence(page.recurrence, by=request.membership, why=form.cleaned_data["why"])
        return done(request, page, "Encerrada. O que já foi emitido continua valendo.")
    question = Question(
        title="Encerrar a recorrência?",
        texts=["Nenhuma outra cobrança sai dela. O que já foi emitido continua devido."],
        action="Encerrar",
        is_danger=True,
    )
    return ask(request, page, question, form)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def resume(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    resume_recurrence(page.recurrence, by=request.membership)
    return done(request, page, "Retomada. O que está por vencer volta a ser emitido.")


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def take(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    """Answer for what the contract issues by itself."""
    page = page_or_404(request, recurrence_id)
    take_over(page.recurrence, by=request.membership)
    return done(request, page, "Você responde por esta recorrência agora.")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def skip(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    """Nothing is owed for what was left out."""
    page = page_or_404(request, recurrence_id)
    require(page.row.can_act and bool(page.left_out))
    form = EndForm(typed(request))
    if form.is_valid():
        skip_left_out(page.recurrence, by=request.membership, why=form.cleaned_data["why"])
        return done(request, page, "Estas competências não serão cobradas.")
    question = Question(
        title="Não cobrar estas competências?",
        texts=[f"{page.left_out_words}. Elas deixam de aparecer como pendentes."],
        action="Não cobrar",
    )
    return ask(request, page, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def adjust(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    page = page_or_404(request, recurrence_id)
    require(page.can_adjust)
    months = page.outlook.open_anniversaries
    form = AdjustForm(typed(request), recurrence=page.recurrence, months=months)
    if form.is_valid():
        with marking(form):
            value = adjust_recurrence(page.recurrence, by=request.membership, **form.cleaned_data)
            told = f"Novo valor: {reais(value.amount)}, a partir de {value.from_month:%m/%Y}."
            return done(request, page, told)
    question = Question(
        title="Reajustar",
        texts=[
            f"Hoje são {reais(page.amount)}. O novo valor vale para o que vence do aniversário em "
            "diante. O que já foi emitido não muda."
        ],
        action="Reajustar",
    )
    return ask(request, page, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def issue(request: TenantRequest, recurrence_id: UUID) -> HttpResponse:
    """One period, because a person asks; it is in the address, written 2026-12."""
    page = page_or_404(request, recurrence_id)
    period = read_month(request.GET.get("competencia", ""))
    require(page.row.can_act and page.outlook.calendar.has(period))
    due = max(page.outlook.calendar.due(period), page.row.today)
    form = IssuePeriodForm(typed(request), initial={"due_date": due})
    if form.is_valid():
        with marking(form):
            charge = issue_period(
                page.recurrence, period, by=request.membership, **form.cleaned_data
            )
            if charge_is_draft(charge.id, request):
                messages.warning(request, "Ficou em rascunho: veja por que não foi emitida.")
            else:
                messages.success(request, "Na fila de emissão. A resposta do banco aparece aqui.")
            return redirect("charges:detail", charge.id)
    amount = page.outlook.amount(period)
    question = Question(
        title=f"Emitir a competência {period:%m/%Y}?",
        texts=[
            f"{reais(amount)} de {page.recurrence.payer}, {page.recurrence.bank_account.said.by}."
        ],
        action=f"Emitir {reais(amount)}",
    )
    return ask(request, page, question, form)


def charge_is_draft(charge_id: UUID, request: TenantRequest) -> bool:
    drafts = Recurrence.objects.of(request.tenant).filter(
        charges=charge_id, charges__status=ChargeStatus.DRAFT
    )
    return drafts.exists()


def read_id(text: str) -> UUID:
    """
    Raises:
        Http404: it is none.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def read_month(text: str) -> date:
    """
    Raises:
        InvalidState: (code `not_now`) it is no month.
    """
    try:
        day: date = forms.DateField(input_formats=["%Y-%m"]).clean(text)
    except forms.ValidationError:
        require(False)
        raise
    return day


def ask(
    request: TenantRequest, page: ContractPage, question: Question, form: forms.Form
) -> HttpResponse:
    url = reverse("charges:recurrence", args=[page.recurrence.id])
    return ask_about(request, question, form, back_url=url, back_label=str(page.recurrence.payer))


def done(request: TenantRequest, page: ContractPage, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("charges:recurrence", page.recurrence.id)


def page_or_404(request: TenantRequest, recurrence_id: UUID) -> ContractPage:
    rows = Recurrence.objects.of(request.tenant).select_related(
        "tenant", "payer", "bank_account", "revenue_account", "responsible"
    )
    recurrence: Recurrence = get_object_or_404(rows, id=recurrence_id)
    now = database_now()
    return page_of_contract(ContractRow(recurrence, request.membership, sao_paulo_day(now)), now)

"""The page of a bank line: all that was said of it, comments, questions to colleagues, files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import StatementLine
from core.forms import marking
from reconciliation.forms.talk import AnswerForm, AskForm, AttachForm, CommentForm
from reconciliation.matches import notes, questions
from reconciliation.models import LineFile
from reconciliation.reads.history import history_of
from reconciliation.reads.questions import open_questions, question_or_404
from reconciliation.views.answer import pair_or_404, place_of
from tenants.access import (
    TenantRequest,
    choose_company,
    load_memberships,
    member_required,
    role_required,
)
from tenants.models import Role
from tenants.throttles import costly

writers = role_required(Role.ADMIN, Role.FINANCE, Role.APPROVER)


@require_GET
@member_required
def details(request: TenantRequest, line_id: UUID) -> HttpResponse:
    return page(request, line_id)


def page(request: TenantRequest, line_id: UUID, **forms: Any) -> HttpResponse:
    """With what was typed, where a form was not accepted."""
    pair = pair_or_404(request, line_id)
    context = {
        "pair": pair,
        "is_details": True,
        "line": pair.line,
        "place": place_of(pair.line),
        "history": history_of(pair.line, request.membership),
        "can_note": request.membership.can_enter or request.membership.can_approve,
        "comment_form": CommentForm(auto_id="comentario_%s"),
        "ask_form": ask_form(request),
        "attach_form": AttachForm(auto_id="anexo_%s"),
    }
    status = 422 if forms else 200
    return render(request, "reconciliation/details.html", context | forms, status=status)


def ask_form(request: TenantRequest, data: Any = None) -> AskForm:
    people = questions.colleagues(request.membership)
    return AskForm(data, colleagues=people, auto_id="pergunta_%s")


def line_or_404(request: TenantRequest, line_id: UUID) -> StatementLine:
    lines = StatementLine.objects.of(request.tenant).select_related("tenant").defer("raw")
    line: StatementLine = get_object_or_404(lines, id=line_id)
    return line


def back(line_id: UUID, place: str) -> HttpResponse:
    return redirect(f"{reverse('reconciliation:details', args=[line_id])}#{place}")


@require_POST
@writers
def comment(request: TenantRequest, line_id: UUID) -> HttpResponse:
    line = line_or_404(request, line_id)
    form = CommentForm(request.POST, auto_id="comentario_%s")
    if form.is_valid():
        with marking(form):
            notes.comment(line, form.cleaned_data["text"], by=request.membership)
            return back(line_id, "historico")
    return page(request, line_id, comment_form=form)


@require_POST
@writers
def ask(request: TenantRequest, line_id: UUID) -> HttpResponse:
    line = line_or_404(request, line_id)
    form = ask_form(request, request.POST)
    if form.is_valid():
        with marking(form):
            text = form.cleaned_data["text"]
            made = questions.ask(line, text, of=form.asked, by=request.membership)
            name = made.asked_of.display_name
            messages.success(request, f"{name} recebe a pergunta por e-mail e responde aqui.")
            return back(line_id, "historico")
    return page(request, line_id, ask_form=form)


# --- Questions ---


@require_GET
@login_required
def open_question(request: TenantRequest, token: str) -> HttpResponse:
    """From the e-mail: it opens for the person whom it was sent to, in the question's company."""
    named = questions.read_address(token)
    if named is None:
        raise Http404
    tenant_id, question_id, person = named
    load_memberships(request)
    if request.user.pk != person:
        messages.error(request, "Este link é de outra pessoa. Entre com o e-mail que o recebeu.")
        return redirect("home")
    if not choose_company(request, tenant_id):
        raise Http404
    return redirect("reconciliation:question", question_id)


@require_GET
@member_required
def list_questions(request: TenantRequest) -> HttpResponse:
    context = {"questions": open_questions(request.membership)}
    return render(request, "reconciliation/questions.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def question(request: TenantRequest, question_id: UUID) -> HttpResponse:
    """Who was asked answers here, whatever their role."""
    found = question_or_404(request.membership, question_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with marking(form):
            questions.answer(question_id, form.cleaned_data["text"], by=request.membership)
            name = found.asked_by.display_name
            messages.success(request, f"Resposta enviada a {name}.")
            return redirect("reconciliation:question", question_id)
    context = {
        "question": found,
        "line": found.statement_line,
        "form": form,
        "can_answer": found.is_open and found.asked_of_id == request.user.pk,
        "can_withdraw": questions.may_withdraw(found, request.membership),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reconciliation/question.html", context, status=status)


@require_POST
@member_required
def withdraw_question(request: TenantRequest, question_id: UUID) -> HttpResponse:
    found = question_or_404(request.membership, question_id)
    questions.withdraw(question_id, by=request.membership)
    return back(found.statement_line_id, "historico")


# --- Files ---


@require_POST
@writers
@costly
def attach(request: TenantRequest, line_id: UUID) -> HttpResponse:
    line = line_or_404(request, line_id)
    form = AttachForm(request.POST, request.FILES, auto_id="anexo_%s")
    if form.is_valid():
        with marking(form):
            file = form.cleaned_data["file"]
            notes.attach_file(line, file.name, file.read(), by=request.membership)
            return back(line_id, "anexos")
    return page(request, line_id, attach_form=form)


@require_GET
@member_required
def line_file(request: TenantRequest, attachment_id: UUID) -> HttpResponse:
    """Saved under its name, and read as nothing else (nosniff is on every answer of ours)."""
    file = file_or_404(request, attachment_id)
    if file.content is None:
        raise Http404
    answer = HttpResponse(bytes(file.content), content_type=file.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return answer


@require_POST
@writers
def remove_file(request: TenantRequest, attachment_id: UUID) -> HttpResponse:
    file = file_or_404(request, attachment_id)
    notes.remove_file(file.id, by=request.membership)
    messages.success(request, f"{file.name} foi removido.")
    return back(file.statement_line_id, "anexos")


def file_or_404(request: TenantRequest, attachment_id: UUID) -> LineFile:
    files = LineFile.objects.of(request.tenant).filter(statement_line__withdrawn_at=None)
    file: LineFile = get_object_or_404(files, id=attachment_id)
    return file

"""Statement files: sent, compared, applied, undone."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import BankAccount, FileRow, StatementFile
from banking.statements.files.detect import detect
from banking.statements.imports.columns import first_rows
from banking.statements.imports.content import opened
from banking.statements.imports.files import (
    KnownFile,
    answer_doubts,
    begin_apply,
    begin_undo,
    discard_file,
    receive_file,
    say_columns,
)
from banking.statements.imports.shown import (
    Show,
    Totals,
    read_page,
    recent_files,
    strip_of,
    totals_of,
)
from banking.statements.imports.undo import Effect, effect_of_undoing, lines_only_of
from banking.statements.line_doubts import open_doubts
from core.errors import InvalidInput
from core.forms import marking
from core.plurals import counted
from reconciliation.forms.imports import AnswerForm, ApplyForm, ColumnsForm, UploadForm
from reconciliation.models import MatchLine
from reconciliation.position.open_when_read import may_take_opening_back
from tenants.access import TenantRequest, role_required
from tenants.models import Role

Status = StatementFile.Status
importers = role_required(Role.ADMIN, Role.FINANCE)


@require_http_methods(["GET", "POST"])
@importers
def upload(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """The request stores the files; a worker reads them."""
    account: BankAccount = get_object_or_404(BankAccount.objects.of(request.tenant), id=account_id)
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
    )
    if request.method == "POST" and form.is_valid():
        with marking(form):
            received = receive_all(request, account, form.cleaned_data["file"])
            if len(received) == 1:
                return redirect("reconciliation:import", received[0].id)
            return redirect("reconciliation:imports", account.id)
    context = {
        "account": account,
        "form": form,
        "recent": recent_files(account),
        "has_doubts": open_doubts(account).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "reconciliation/imports.html", context, status=status)


def receive_all(
    request: TenantRequest, account: BankAccount, files: list[Any]
) -> list[StatementFile]:
    """
    Raises:
        InvalidInput: one of them is refused; it is named, and those before it are stored.
    """
    received = []
    for sent in files:
        try:
            received.append(
                receive_file(account, name=sent.name, pieces=sent.chunks, by=request.membership)
            )
        except KnownFile as known:
            messages.warning(request, str(known))
            received.append(known.file)
        except InvalidInput as error:
            named = f"{sent.name}: {error}" if len(files) > 1 else str(error)
            raise InvalidInput(named, field="file", code=error.code) from error
    return received


@require_GET
@importers
def show(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    file = file_or_404(request, statement_id)
    if request.htmx and "apos" not in request.GET:
        if file.is_at_work:
            return render(request, "reconciliation/_import_progress.html", {"file": file})
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"  # the progress that was asked for is over
        return answer
    if file.status == Status.MAPPING:
        return mapping_page(request, file, ColumnsForm(rows_shown(file)))
    return compared_page(request, file)


def compared_page(
    request: TenantRequest, file: StatementFile, *, error: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"file": file, "account": file.bank_account, "error": error}
    if not (file.is_at_work or file.status == Status.REFUSED):
        totals = totals_of(file)
        chosen = request.GET.get("mostrar", "")
        shown = chosen if chosen in Show.values else totals.shown_first
        page = read_page(file, shown, request.GET.get("apos", ""))
        context |= {
            "totals": totals,
            "show": shown,
            "page": page,
            "more_url": page.following and address(file, shown, apos=page.following),
        }
        if request.htmx and "apos" in request.GET:
            return render(request, "reconciliation/_import_days.html", context)
        context |= {
            "strip": strip_of(file),
            "chips": chips(file, shown, totals),
            "steps": steps(file, totals),
            "effect": None,
        }
        if file.applied_at and file.status == Status.READY:
            effect = effect_of_undoing(file)
            context |= {"effect": effect, "effect_words": in_words(effect, file)}
    return render(request, "reconciliation/import.html", context, status=status)


def in_words(effect: Effect, file: StatementFile) -> str:
    sentences = effect.sentences
    rows = MatchLine.objects.of(file.tenant_id).filter(statement_line__in=lines_only_of(file))
    if ignored := rows.filter(is_ignored=True, ended_at=None).count():
        sentences.append(
            f"{counted(ignored, 'linha ignorada sai', 'linhas ignoradas saem')} também."
        )
    if may_take_opening_back(file):
        sentences.append("O saldo de abertura passa a ser o do extrato que ficar.")
    return " ".join(sentences)


def chips(file: StatementFile, shown: str, totals: Totals) -> list[dict[str, Any]]:
    return [
        {
            "label": each.label,
            "url": address(file, each),
            "current": shown == each,
            "count": totals.count(each),
        }
        for each in Show
        if totals.count(each) or each == shown
    ]


def steps(file: StatementFile, totals: Totals) -> list[dict[str, str]]:
    is_applied = file.applied_at is not None
    is_done = is_applied and not totals.entering
    return [
        {"label": "Arquivo lido", "state": "done"},
        {"label": "Comparar", "state": "done" if is_done else "current"},
        {"label": "Aplicar", "state": "done" if is_done else "todo"},
    ]


def address(file: StatementFile, shown: str, **more: str) -> str:
    query = urlencode({"mostrar": str(shown), **more})
    return f"{reverse('reconciliation:import', args=[file.id])}?{query}"


@require_POST
@importers
def columns(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    file = file_or_404(request, statement_id)
    if file.status != Status.MAPPING:
        return redirect("reconciliation:import", file.id)
    form = ColumnsForm(rows_shown(file), request.POST)
    if form.is_valid():
        say_columns(file, form.columns, by=request.membership)
        return redirect("reconciliation:import", file.id)
    return mapping_page(request, file, form, status=422)


def rows_shown(file: StatementFile) -> list[list[str]]:
    with opened(file) as content:
        return first_rows(content, detect(content))[:20]


def mapping_page(
    request: TenantRequest, file: StatementFile, form: ColumnsForm, *, status: int = 200
) -> HttpResponse:
    context = {"file": file, "account": file.bank_account, "form": form}
    return render(request, "reconciliation/import_columns.html", context, status=status)


@require_POST
@importers
def answer(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    """Of doubtful rows that are named, or of all that ask the same."""
    file = file_or_404(request, statement_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest("not an answer")
    told = form.cleaned_data
    asked: list[UUID] | FileRow.Question
    if told["question"]:
        asked = FileRow.Question(told["question"])
    else:
        asked = [read_id(text) for text in request.POST.getlist("row")]
    try:
        count = answer_doubts(file, asked, told["answer"], by=request.membership, why=told["why"])
    except InvalidInput as error:
        return compared_page(request, file, error=str(error), status=422)
    messages.success(request, f"{counted(count, 'linha respondida', 'linhas respondidas')}.")
    return redirect(address(file, Show.DOUBTFUL))


@require_POST
@importers
def apply(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    file = file_or_404(request, statement_id)
    form = ApplyForm(request.POST)
    is_of_account = form.is_valid() and form.cleaned_data["is_of_account"]
    try:
        begin_apply(file, by=request.membership, is_of_account=is_of_account)
    except InvalidInput as error:
        return compared_page(request, file, error=str(error), status=422)
    return redirect("reconciliation:import", file.id)


@require_POST
@importers
def undo(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    file = file_or_404(request, statement_id)
    begin_undo(file, by=request.membership)
    return redirect("reconciliation:import", file.id)


@require_POST
@importers
def discard(request: TenantRequest, statement_id: UUID) -> HttpResponse:
    file = file_or_404(request, statement_id)
    discard_file(file, by=request.membership)
    messages.success(request, f"Descartado: {file}.")
    return redirect("reconciliation:imports", file.bank_account_id)


def file_or_404(request: TenantRequest, statement_id: UUID) -> StatementFile:
    files = StatementFile.objects.of(request.tenant).select_related("bank_account", "created_by")
    file: StatementFile = get_object_or_404(files, id=statement_id)
    return file


def read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

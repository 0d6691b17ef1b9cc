"""Spreadsheets in: sent, looked at while they are checked, mended, imported, undone."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from charges.forms.importing import ImportForm
from charges.importing.columns import OF_KIND
from charges.importing.files import (
    KnownFile,
    begin_import,
    begin_undo,
    check_all_again,
    discard_file,
    receive_file,
)
from charges.importing.mend import answer_doubt, leave_out, mend_row
from charges.importing.rows import rows_of
from charges.models import ImportFile, ImportRow
from charges.reads.imports import (
    Show,
    ShownRow,
    Totals,
    are_forms,
    progress_of,
    read_page,
    recent_imports,
    shown_first,
    totals_of,
)
from core.forms import marking
from core.plurals import counted
from core.workbook import XLSX
from tenants.access import TenantRequest, role_required
from tenants.models import Role
from tenants.throttles import costly

Kind, Status, State = ImportFile.Kind, ImportFile.Status, ImportRow.State
TEMPLATES = {"cobrancas": Kind.CHARGES, "pagadores": Kind.PAYERS}
enterers = role_required(Role.ADMIN, Role.FINANCE)


@require_http_methods(["GET", "POST"])
@enterers
def upload(request: TenantRequest) -> HttpResponse:
    """The request stores the file; a worker reads it."""
    initial = {"kind": TEMPLATES.get(request.GET.get("de", ""), Kind.CHARGES)}
    if request.method == "GET":
        return upload_page(request, ImportForm(tenant=request.tenant, initial=initial))
    form = ImportForm(request.POST, request.FILES, tenant=request.tenant)
    if form.is_valid():
        with marking(form):
            try:
                file = receive_file(request.tenant, form.sent, by=request.membership)
            except KnownFile as known:
                messages.warning(request, str(known))
                file = known.file
            return redirect("charges:import", file.id)
    return upload_page(request, form)


def upload_page(request: TenantRequest, form: ImportForm) -> HttpResponse:
    context = {
        "form": form,
        "recent": recent_imports(request.tenant),
        "columns": OF_KIND[Kind.CHARGES],
        "templates": [(slug, kind.label) for slug, kind in TEMPLATES.items()],
    }
    status = 422 if form.errors else 200
    return render(request, "charges/import_new.html", context, status=status)


@require_GET
@enterers
@costly
def template(request: TenantRequest, kind: str) -> HttpResponse:
    from charges.importing.writer import write_template

    if kind not in TEMPLATES:
        raise Http404
    return download(write_template(TEMPLATES[kind]), f"modelo-{kind}.xlsx")


@require_GET
@enterers
def show(request: TenantRequest, file_id: UUID) -> HttpResponse:
    file = file_or_404(request, file_id)
    totals = totals_of(file)
    if file.status in ImportFile.AT_WORK:
        context = {"file": file, "totals": totals, "progress": progress_of(file, totals)}
        template = "charges/_import_progress.html" if request.htmx else "charges/import.html"
        return render(request, template, context)
    if request.htmx and "apos" not in request.GET:  # the progress that was asked for is over
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"
        return answer
    return preview(request, file, totals)


def preview(request: TenantRequest, file: ImportFile, totals: Totals) -> HttpResponse:
    chosen = request.GET.get("mostrar", "")
    shown = Show(chosen) if chosen in Show.values else shown_first(file, totals)
    after = request.GET.get("apos", "0")
    if not after.isdecimal() or len(after) > 9:
        raise BadRequest("not a position in a list")
    page = read_page(file, shown, int(after))
    context = {
        "file": file,
        "show": shown,
        "rows": page.rows,
        "as_forms": are_forms(file, shown),
        "more_url": page.following and address(file, shown, apos=str(page.following)),
    }
    if request.htmx and "apos" in request.GET:
        return render(request, "charges/_import_rows.html", context)
    context |= {"totals": totals, "chips": chips(file, shown, totals), "steps": steps(file, totals)}
    return render(request, "charges/import.html", context)


def chips(file: ImportFile, shown: str, totals: Totals) -> list[dict[str, Any]]:
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


def steps(file: ImportFile, totals: Totals) -> list[dict[str, str]]:
    is_over = file.status in ImportFile.OVER or (totals.imported and not totals.good)
    return [
        {"label": "Arquivo lido", "state": "failed" if file.status == Status.REFUSED else "done"},
        {"label": "Conferir", "state": "done" if is_over else "current"},
        {"label": "Importar", "state": "done" if totals.imported and is_over else "todo"},
    ]


def address(file: ImportFile, shown: str, **more: str) -> str:
    query = urlencode({"mostrar": str(shown), **more})
    return f"{reverse('charges:import', args=[file.id])}?{query}"


@require_POST
@enterers
def mend(request: TenantRequest, file_id: UUID, row_id: UUID) -> HttpResponse:
    """One row, with what was typed into it; or left out."""
    file = file_or_404(request, file_id)
    row: ImportRow = get_object_or_404(rows_of(file), id=row_id)
    row.file = file
    if "leave" in request.POST:
        row = leave_out(row, by=request.membership)
    else:
        typed = {c.key: request.POST[c.key] for c in OF_KIND[file.kind] if c.key in request.POST}
        row = mend_row(row, typed, by=request.membership)
    if not request.htmx:
        return redirect(address(file, shown_of(request)))
    context = {"file": file, "shown": ShownRow(row, file.kind), "totals": totals_of(file)}
    return render(request, "charges/_import_mended.html", context)


@require_POST
@enterers
def answer(request: TenantRequest, file_id: UUID) -> HttpResponse:
    """Of one doubtful row, or of all: whether it repeats something."""
    file = file_or_404(request, file_id)
    rows = rows_of(file).filter(state=State.DOUBTFUL)
    if row_id := request.POST.get("row"):
        rows = rows.filter(id=read_id(row_id))
    for row in (asked := list(rows)):
        row.file = file
    count = answer_doubt(asked, takes=request.POST.get("answer") == "two", by=request.membership)
    if request.htmx and len(asked) == 1:
        asked[0].refresh_from_db()
        context = {
            "file": file, "shown": ShownRow(asked[0], file.kind), "totals": totals_of(file)
        }  # fmt: skip
        return render(request, "charges/_import_mended.html", context)
    messages.success(request, f"{counted(count, 'linha respondida', 'linhas respondidas')}.")
    return redirect("charges:import", file.id)


@require_POST
@enterers
def apply(request: TenantRequest, file_id: UUID) -> HttpResponse:
    file = file_or_404(request, file_id)
    begin_import(file, by=request.membership)
    return redirect("charges:import", file.id)


@require_POST
@enterers
def check(request: TenantRequest, file_id: UUID) -> HttpResponse:
    file = file_or_404(request, file_id)
    check_all_again(file, by=request.membership)
    return redirect("charges:import", file.id)


@require_POST
@enterers
def undo(request: TenantRequest, file_id: UUID) -> HttpResponse:
    file = file_or_404(request, file_id)
    begin_undo(file, by=request.membership)
    return redirect("charges:import", file.id)


@require_POST
@enterers
def discard(request: TenantRequest, file_id: UUID) -> HttpResponse:
    file = file_or_404(request, file_id)
    discard_file(file, by=request.membership)
    messages.success(request, f"Descartada: {file}.")
    return redirect("charges:import_new")


@require_GET
@enterers
@costly
def errors(request: TenantRequest, file_id: UUID) -> HttpResponse:
    from charges.importing.writer import write_errors

    file = file_or_404(request, file_id)
    return download(write_errors(file), f"erros-{file.created_at:%Y-%m-%d}.xlsx")


def download(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


def file_or_404(request: TenantRequest, file_id: UUID) -> ImportFile:
    files = ImportFile.objects.of(request.tenant).defer("content")
    file: ImportFile = get_object_or_404(files.select_related("created_by"), id=file_id)
    file.tenant = request.tenant
    return file


def shown_of(request: TenantRequest) -> Show:
    chosen = request.POST.get("mostrar", "")
    return Show(chosen) if chosen in Show.values else Show.WRONG


def read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

"""The chart as XLSX: out in one click, in by a file whose effect is shown before it is done."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.importing.apply import apply_import, rows_of
from accounts.importing.plan import Plan, plan_import
from accounts.importing.reader import MAX_BYTES, read_chart
from accounts.importing.spreadsheet import HEADINGS, Problem, Row, Sheet
from audit.acts import Act
from audit.services import record
from core.errors import InvalidState
from core.forms import marking
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, View, role_required
from tenants.models import Role
from tenants.throttles import costly

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "accounts.import"
SHOWN_LASTS = 3600  # seconds between what is shown and what is done
# What a browser may send back; a chart of 20 000 lines is well below it.
MAX_KEPT = 2 * 1024 * 1024


def admin_required(view: View) -> View:
    """What an admin changes here asks for their second factor."""
    return role_required(Role.ADMIN)(require_recent_factor(view))


class FileForm(forms.Form):
    file = forms.FileField(
        label="Planilha",
        help_text=f"Um arquivo «.xlsx» de até {MAX_BYTES // 1024 // 1024} MB.",
        error_messages={
            "required": f"Escolha o arquivo, de até {MAX_BYTES // 1024 // 1024} MB.",
            "empty": "O arquivo está vazio.",
        },
        widget=forms.FileInput({"accept": ".xlsx"}),
    )


@require_GET
@admin_required
@costly
def export(request: TenantRequest) -> HttpResponse:
    from accounts.importing.writer import write_chart

    record(Act.EXPORTED, on=request.tenant, by=request.user, after={"Arquivo": "Plano de contas"})
    name = f"plano-de-contas-{request.tenant.cnpj}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(
        write_chart(rows_of(request.tenant)),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
@admin_required
def upload(request: TenantRequest) -> HttpResponse:
    """Read the file and show what it would do. Writes nothing."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        with marking(form):
            sheet = read_chart(form.cleaned_data["file"].read())
            return show(request, sheet, form)
    return page(request, form)


@require_POST
@admin_required
def confirm(request: TenantRequest) -> HttpResponse:
    """Do what was shown; if the chart changed since, show what it would do now."""
    try:
        kept = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=SHOWN_LASTS)
    except signing.BadSignature:
        kept = {}
    if kept.get("tenant") != str(request.tenant.id):
        messages.error(request, "A prévia expirou: escolha o arquivo de novo.")
        return redirect("accounts:import")
    rows = [Row(*values) for values in kept["rows"]]
    try:
        plan = apply_import(request.tenant, rows, shown=kept["shown"], by=request.user)
    except InvalidState as error:
        messages.error(request, str(error))
        return show(request, Sheet(kept["sheet"], rows), FileForm())
    made = len(plan.groups) + len(plan.accounts)
    text = f"Plano de contas importado. Criados: {made}. Alterados: {len(plan.changes)}."
    messages.success(request, text)
    return redirect("accounts:groups")


def show(request: TenantRequest, sheet: Sheet, form: FileForm) -> HttpResponse:
    """The effect of a file, and its rows signed, to come back as they are."""
    if sheet.problems:
        return page(request, form, sheet=sheet, problems=sheet.problems)
    plan = plan_import(request.tenant, sheet.rows)
    if plan.problems:
        return page(request, form, sheet=sheet, problems=plan.problems)
    kept = keep(request, sheet, plan)
    if len(kept) > MAX_KEPT:
        error = ValidationError(
            "A planilha tem texto demais: divida-a em partes.", code="too_much_text"
        )
        form.add_error("file", error)
        return page(request, form)
    return page(request, form, sheet=sheet, plan=plan, kept=kept)


def keep(request: TenantRequest, sheet: Sheet, plan: Plan) -> str:
    rows = [
        (
            row.line, row.code, row.name, row.kind, row.level, row.nature, row.parent_code,
            row.external_code, row.side,
        )
        for row in sheet.rows
    ]  # fmt: skip
    content = {
        "tenant": str(request.tenant.id),
        "sheet": sheet.name,
        "rows": rows,
        "shown": plan.fingerprint,
    }
    return signing.dumps(content, salt=SALT, compress=True)


def page(
    request: TenantRequest,
    form: FileForm,
    *,
    problems: list[Problem] | None = None,
    **context: Any,
) -> HttpResponse:
    status = 422 if form.errors or problems else 200
    context |= {"form": form, "problems": problems, "headings": HEADINGS}
    return render(request, "accounts/import.html", context, status=status)

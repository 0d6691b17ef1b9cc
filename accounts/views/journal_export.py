"""The entries as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.journal.export import MOST_IN_XLSX, columns_of, entry_count, export_rows
from accounts.journal.forms import EntryFilter
from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.plurals import dotted
from core.workbook import CSV, XLSX, Sheet, csv_lines, write_xlsx
from tenants.access import TenantRequest, member_required
from tenants.throttles import costly


@require_GET
@member_required
@costly
def export(request: TenantRequest, kind: str) -> HttpResponseBase:
    form = EntryFilter(request.GET, tenant=request.tenant)
    if kind not in ("xlsx", "csv") or form.names_nothing:
        raise Http404
    values = form.cleaned_data
    count = entry_count(request.tenant, values)
    if kind == "xlsx" and count > MOST_IN_XLSX:
        messages.warning(
            request,
            f"São {dotted(count)} lançamentos, e um XLSX leva até {dotted(MOST_IN_XLSX)}: baixe em "
            "CSV, ou filtre por período.",
        )
        return redirect(f"{reverse('accounts:entries')}?{request.GET.urlencode()}")
    record(
        Act.EXPORTED, on=request.tenant, by=request.user,
        after={"Arquivo": f"Lançamentos ({kind.upper()})", "Linhas": str(count)},
    )  # fmt: skip
    today = sao_paulo_day(database_now())
    headers = {"Content-Disposition": f'attachment; filename="lancamentos-{today:%Y-%m-%d}.{kind}"'}
    columns, rows = columns_of(values), export_rows(request.tenant, values)
    if kind == "csv":
        lines = csv_lines(columns, rows)
        return StreamingHttpResponse(lines, content_type=CSV, headers=headers)
    content = write_xlsx([Sheet("Lançamentos", columns, rows)])
    return HttpResponse(content, content_type=XLSX, headers=headers)

"""The list of payers as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.reads.export import MOST_IN_XLSX
from core.clock import database_now
from core.workbook import CSV, XLSX, Sheet, csv_lines, write_xlsx
from registers.payer_export import COLUMNS, export_rows
from registers.payer_forms import PayerFilter
from registers.payer_reads import matching
from tenants.access import TenantRequest, member_required
from tenants.throttles import costly


@require_GET
@member_required
@costly
def export(request: TenantRequest, kind: str) -> HttpResponseBase:
    if kind not in ("xlsx", "csv"):
        raise Http404
    chosen = PayerFilter(request.GET)
    values = chosen.cleaned_data if chosen.is_valid() else {}
    today = sao_paulo_day(database_now())
    payers = matching(request.tenant, values.get("q", ""), values.get("situacao", ""), today)
    count = payers.count()
    if kind == "xlsx" and count > MOST_IN_XLSX:
        text = f"São {count} pagadores, e um XLSX leva até {MOST_IN_XLSX}: baixe em CSV."
        messages.warning(request, text)
        return redirect("registers:payers")
    record(
        Act.EXPORTED, on=request.tenant, by=request.user,
        after={"Arquivo": f"Pagadores ({kind.upper()})", "Linhas": str(count)},
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="pagadores-{today:%Y-%m-%d}.{kind}"'}
    rows = export_rows(request.tenant, chosen)
    if kind == "csv":
        lines = csv_lines(COLUMNS, rows)
        return StreamingHttpResponse(lines, content_type=CSV, headers=headers)
    content = write_xlsx([Sheet("Pagadores", COLUMNS, rows)])
    return HttpResponse(content, content_type=XLSX, headers=headers)

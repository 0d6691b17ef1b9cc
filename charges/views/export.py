"""The list of charges as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.reads.export import COLUMNS, MOST_IN_XLSX, export_rows
from charges.reads.list import ListFilter, matching
from charges.views.list import address
from core.clock import database_now
from core.workbook import CSV, XLSX, Sheet, csv_lines, write_xlsx
from tenants.access import TenantRequest, member_required
from tenants.throttles import costly


@require_GET
@member_required
@costly
def export(request: TenantRequest, kind: str) -> HttpResponseBase:
    if kind not in ("xlsx", "csv"):
        raise Http404
    chosen = ListFilter(request.GET, tenant=request.tenant)
    today = sao_paulo_day(database_now())
    count = matching(request.tenant, chosen, today).count()
    if kind == "xlsx" and count > MOST_IN_XLSX:
        messages.warning(
            request,
            f"São {count} cobranças, e um XLSX leva até {MOST_IN_XLSX}: baixe em CSV, ou filtre "
            "por vencimento.",
        )
        return redirect(address(chosen))
    record(
        Act.EXPORTED, on=request.tenant, by=request.user,
        after={"Arquivo": f"Cobranças ({kind.upper()})", "Linhas": str(count)},
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="cobrancas-{today:%Y-%m-%d}.{kind}"'}
    rows = export_rows(chosen, request.membership)
    if kind == "csv":
        lines = csv_lines(COLUMNS, rows)
        return StreamingHttpResponse(lines, content_type=CSV, headers=headers)
    content = write_xlsx([Sheet("Cobranças", COLUMNS, rows)])
    return HttpResponse(content, content_type=XLSX, headers=headers)

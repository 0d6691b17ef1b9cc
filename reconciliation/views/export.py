"""The statement as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from banking.statements.files.ofx_writer import OFX, ofx_parts
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.plurals import dotted
from core.workbook import CSV, XLSX, csv_lines
from core.xlsx_stream import MOST_ROWS, xlsx_parts
from reconciliation.forms.filter import LineFilter
from reconciliation.reads.export import COLUMNS, export_rows, ofx_account, ofx_lines
from reconciliation.reads.lines import lines_of
from reconciliation.views.reconcile import chosen_id
from tenants.access import TenantRequest, member_required
from tenants.throttles import costly

TYPES = {"xlsx": XLSX, "csv": CSV, "ofx": OFX}


@require_GET
@member_required
@costly
def export(request: TenantRequest, kind: str) -> HttpResponseBase:
    """All pages of what the address asks for, of one account."""
    if kind not in TYPES:
        raise Http404
    account = get_object_or_404(BankAccount.objects.of(request.tenant), id=chosen_id(request.GET))
    form = LineFilter(request.GET)
    if not form.is_valid():
        return page_again(request)
    now = database_now()
    count = lines_of(account, form.cleaned_data).count()
    if kind == "xlsx" and count > MOST_ROWS:
        messages.warning(
            request,
            f"São {dotted(count)} linhas, e um XLSX leva até {dotted(MOST_ROWS)}: baixe em "
            "CSV, ou filtre por período.",
        )
        return page_again(request)
    record(
        Act.EXPORTED, on=account, by=request.user,
        after={"Arquivo": f"Extrato ({kind.upper()})", "Linhas": str(count)},
    )  # fmt: skip
    name = f"extrato-{account.bank_code}-{account.number}-{sao_paulo_day(now):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    if kind == "ofx":
        stated = ofx_account(account, form.cleaned_data, sao_paulo_day(now))
        parts = ofx_parts(stated, ofx_lines(account, form.cleaned_data), now)
        return StreamingHttpResponse(parts, content_type=OFX, headers=headers)
    rows = export_rows(account, form.cleaned_data)
    file = csv_lines(COLUMNS, rows) if kind == "csv" else xlsx_parts("Extrato", COLUMNS, rows)
    return StreamingHttpResponse(file, content_type=TYPES[kind], headers=headers)


def page_again(request: TenantRequest) -> HttpResponse:
    """With the filter as it was, which says itself what is wrong with it."""
    return redirect(f"{reverse('reconciliation:reconcile')}?{request.GET.urlencode()}")

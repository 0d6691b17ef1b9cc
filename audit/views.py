"""«Configurações > Auditoria»: what was changed, done and run here."""

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.forms import RecordFilter
from audit.models import Record
from audit.record_list import csv_lines, record_page
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_GET
@role_required(Role.ADMIN)
def records(request: TenantRequest) -> HttpResponse:
    """Filters and the record that the page starts after live in the address."""
    form = checked_filter(request)
    page = record_page(request.tenant, form.cleaned_data, request.GET)
    is_more = request.htmx and "before" in request.GET
    if is_more:
        rows = {"records": page.records, "more_query": page.more_query}
        return render(request, "audit/_records.html", rows)
    subject = None
    if on := form.cleaned_data.get("on"):
        subject = Record.objects.of(request.tenant).filter(on_id=on).newest_first().first()
    context = {"form": form, "page": page, "subject": subject}
    return render(request, "audit/records.html", context)


@require_GET
@role_required(Role.ADMIN)
def export(request: TenantRequest) -> HttpResponseBase:
    """The same records, all of them, as a file for a spreadsheet."""
    form = checked_filter(request)
    name = f"auditoria-{request.tenant.cnpj}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(request.tenant, form.cleaned_data),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def checked_filter(request: TenantRequest) -> RecordFilter:
    form = RecordFilter(request.GET, tenant=request.tenant)
    if form.names_nothing:
        raise Http404
    return form

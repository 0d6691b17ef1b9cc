"""«Configurações > Auditoria» and «Acessos»: what was done here, and who came in."""

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.acts import Act
from audit.forms import RecordFilter, SignInFilter
from audit.models import Record
from audit.record_list import csv_lines, record_page
from audit.services import record
from audit.sign_ins import SHOWN, newest_of
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role
from tenants.throttles import costly


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
@costly
def export(request: TenantRequest) -> HttpResponseBase:
    """The same records, all of them, as a file for a spreadsheet. That it was made is one more."""
    form = checked_filter(request)
    told = record(
        Act.EXPORTED,
        on=request.tenant,
        by=request.user,
        after={"Arquivo": "Auditoria (CSV)"} | form.in_words(),
    )
    name = f"auditoria-{request.tenant.cnpj}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(request.tenant, form.cleaned_data, before=told.number),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
@member_required
def sign_ins(request: TenantRequest) -> HttpResponse:
    """Who came in and who tried: an admin sees the company's people, the others themselves."""
    form = SignInFilter(request.GET, membership=request.membership)
    if not form.is_valid():
        raise Http404
    rows = newest_of(form.people, timezone.now())
    return render(request, "audit/sign_ins.html", {"form": form, "rows": rows, "most": SHOWN})


def checked_filter(request: TenantRequest) -> RecordFilter:
    form = RecordFilter(request.GET, tenant=request.tenant)
    if form.names_nothing:
        raise Http404
    return form

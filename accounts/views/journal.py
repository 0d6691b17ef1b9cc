from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as reverse_url
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.chart.tree import chart_of
from accounts.journal.entries import reverse_by_hand
from accounts.journal.forms import EntryFilter, ReversalForm
from accounts.journal.listing import entry_page
from accounts.journal.sources import sources_of
from accounts.models import ClassificationGroup, JournalEntry
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def chart(request: TenantRequest) -> HttpResponse:
    groups = ClassificationGroup.objects.of(request.tenant)
    context = {
        "branches": chart_of(request.tenant),
        "home": groups.filter(is_bank_home=True).first(),
    }
    return render(request, "accounts/chart.html", context)


@require_GET
@member_required
def entries(request: TenantRequest) -> HttpResponse:
    """Filters and the entry that the page starts after live in the address."""
    form = EntryFilter(request.GET, tenant=request.tenant)
    if form.names_nothing:
        raise Http404
    after = request.GET.get("apos", "")
    page = entry_page(request.tenant, form.cleaned_data, after)
    context = {
        "form": form,
        "page": page,
        "more_url": page.following and address(request.GET, str(page.following)),
    }
    is_more = request.htmx and after
    template = "accounts/_entries.html" if is_more else "accounts/entries.html"
    return render(request, template, context)


def address(query: QueryDict, after: str) -> str:
    """The same filters, at another place of the journal."""
    query = query.copy()
    query["apos"] = after
    return f"{reverse_url('accounts:entries')}?{query.urlencode()}"


@require_GET
@member_required
def entry(request: TenantRequest, entry_id: UUID) -> HttpResponse:
    return render_entry(request, entry_id)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def reverse(request: TenantRequest, entry_id: UUID) -> HttpResponse:
    """Reverse the entry. A form with errors is shown at this address, so it may be read too."""
    found = get_object_or_404(JournalEntry.objects.of(request.tenant), id=entry_id)
    if request.method == "GET":
        return redirect("accounts:entry", entry_id)
    form = ReversalForm(request.POST)
    if not form.is_valid():
        return render_entry(request, entry_id, form=form, status=422)
    reverse_by_hand(found, by=request.user, **form.cleaned_data)
    messages.success(
        request, "Lançamento estornado. O original e o estorno continuam na contabilidade."
    )
    return redirect("accounts:entry", entry_id)


def render_entry(
    request: TenantRequest, entry_id: UUID, *, form: ReversalForm | None = None, status: int = 200
) -> HttpResponse:
    entries = JournalEntry.objects.of(request.tenant).with_lines().prefetch_related("reversals")
    found = get_object_or_404(entries, id=entry_id)
    day = max(found.date, timezone.localdate())
    sources = sources_of(request.tenant.id, [found])[found.id]
    context = {
        "entry": found,
        "sources": sources,
        "form": form or ReversalForm(initial={"date": day}),
    }
    return render(request, "accounts/entry.html", context, status=status)

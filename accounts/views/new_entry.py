"""The form of an entry by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.journal.enter import enter_entry
from accounts.journal.entry_form import EntryForm, beginning, copied, with_more_rows
from accounts.models import JournalEntry
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.forms import marking
from tenants.access import TenantRequest, role_required
from tenants.models import Role

LAST = "ultimo"


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def enter(request: TenantRequest) -> HttpResponse:
    if request.method == "GET":
        return render_form(request, EntryForm(tenant=request.tenant, initial=initial_of(request)))
    form = EntryForm(request.POST, tenant=request.tenant)
    if "more" in request.POST:
        typed = with_more_rows(request.POST, form)
        return render_form(request, EntryForm(tenant=request.tenant, initial=typed))
    with marking(form):
        if form.is_valid():
            return save(request, form)
    return render_form(request, form, status=422)


def save(request: TenantRequest, form: EntryForm) -> HttpResponse:
    values = form.cleaned_data
    former = JournalEntry.objects.of(request.tenant).filter(id=values["id"]).first()
    if former is not None:
        messages.info(request, "Este lançamento já foi salvo.")
        return redirect("accounts:entry", former.id)
    entry = enter_entry(
        values["id"],
        date=values["date"],
        memo=values["memo"],
        lines=form.drafted,
        is_bank_seen=values["is_bank_seen"],
        by=request.membership,
    )
    messages.success(request, "Lançamento salvo.")
    return redirect("accounts:entry", entry.id)


def initial_of(request: TenantRequest) -> dict[str, Any]:
    """Empty, or as another entry: `copiar` in the address names it, or the last one by hand."""
    today = {"date": sao_paulo_day(database_now())}
    copy = request.GET.get("copiar")
    if not copy:
        return beginning(**today)
    entries = JournalEntry.objects.of(request.tenant).with_lines()
    if copy == LAST:
        written = entries.filter(is_by_hand=True, created_by=request.user, replaces=None)
        last = written.order_by("-created_at").first()
        return (copied(last) if last else beginning()) | today
    try:
        entry_id = UUID(copy)
    except ValueError as error:
        raise Http404 from error
    return copied(get_object_or_404(entries, id=entry_id)) | today


def render_form(request: TenantRequest, form: EntryForm, *, status: int = 200) -> HttpResponse:
    by_hand = JournalEntry.objects.of(request.tenant).filter(is_by_hand=True)
    context = {
        "form": form,
        "has_last": not form.is_bound and by_hand.filter(created_by=request.user).exists(),
    }
    return render(request, "accounts/new_entry.html", context, status=status)

"""Saved filters: the address is the filter, so a saved one is a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.forms import marking
from reconciliation.forms.filter import RenameForm, SaveForm, query_of
from reconciliation.models import SavedFilter
from reconciliation.saved_filters import (
    delete_filter,
    filters_of,
    may_change,
    may_share,
    rename_filter,
    save_filter,
)
from tenants.access import TenantRequest, member_required


@dataclass(frozen=True, slots=True)
class Shown:
    kept: SavedFilter
    form: RenameForm | None  # where the person may change it

    @property
    def url(self) -> str:
        return address_of(self.kept.query)


def address_of(query: str) -> str:
    return f"{reverse('reconciliation:reconcile')}?{query}"


@require_GET
@member_required
def menu(request: TenantRequest) -> HttpResponse:
    """What the menu on «Conciliar» holds, once it is opened."""
    context = {"shown": shown_to(request), "query": query_of(request.GET)}
    return render(request, "reconciliation/_filters_menu.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def saved_filters(request: TenantRequest) -> HttpResponse:
    """All of them; GET with a filter in the address offers to save that one."""
    by = request.membership
    if request.method == "GET":
        query = query_of(request.GET)
        form = SaveForm(initial={"query": query}, may_share=may_share(by))
        return page(request, query, form)
    query = query_of(QueryDict(request.POST.get("query", "")))
    form = SaveForm(request.POST, may_share=may_share(by))
    if form.is_valid():
        with marking(form):
            is_shared = form.cleaned_data.get("is_shared", False)
            made = save_filter(form.cleaned_data["name"], query, is_shared=is_shared, by=by)
            messages.success(request, f"Filtro «{made.name}» salvo.")
            return redirect(address_of(made.query))
    return page(request, query, form, status=422)


@require_POST
@member_required
def rename(request: TenantRequest, filter_id: UUID) -> HttpResponse:
    kept = get_object_or_404(filters_of(request.membership), id=filter_id)
    form = RenameForm(request.POST, auto_id=ids_of(kept))
    if form.is_valid():
        with marking(form):
            rename_filter(filter_id, form.cleaned_data["name"], by=request.membership)
            return redirect("reconciliation:filters")
    return page(request, "", None, renamed={filter_id: form}, status=422)


@require_POST
@member_required
def delete(request: TenantRequest, filter_id: UUID) -> HttpResponse:
    kept = get_object_or_404(filters_of(request.membership), id=filter_id)
    delete_filter(kept.id, by=request.membership)
    messages.success(request, f"Filtro «{kept.name}» excluído.")
    return redirect("reconciliation:filters")


def page(
    request: TenantRequest,
    query: str,
    form: SaveForm | None,
    *,
    renamed: dict[UUID, RenameForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = shown_to(request, renamed or {})
    context: dict[str, Any] = {
        "form": form if query or status != 200 else None,
        "own": [each for each in shown if not each.kept.is_shared],
        "shared": [each for each in shown if each.kept.is_shared],
        "back_url": address_of(query) if query else reverse("reconciliation:reconcile"),
    }
    return render(request, "reconciliation/filters.html", context, status=status)


def shown_to(
    request: TenantRequest, renamed: dict[UUID, RenameForm] | None = None
) -> Sequence[Shown]:
    return [
        Shown(kept, (renamed or {}).get(kept.id) or rename_form(kept, request))
        for kept in filters_of(request.membership)
    ]


def rename_form(kept: SavedFilter, request: TenantRequest) -> RenameForm | None:
    if not may_change(kept, request.membership):
        return None
    return RenameForm(initial={"name": kept.name}, auto_id=ids_of(kept))


def ids_of(kept: SavedFilter) -> str:
    return f"{kept.id}-%s"

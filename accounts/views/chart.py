"""«Grupos de classificação»: an admin makes, renames, moves and archives groups and accounts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.chart import archive, edit
from accounts.chart.forms import AccountForm, GroupForm, HomeForm, initial_in, initial_of
from accounts.chart.tree import chart_of
from accounts.models import Account, ClassificationGroup
from core.forms import marking
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, View, role_required
from tenants.models import Role


def admin_required(view: View) -> View:
    """What an admin changes here asks for their second factor."""
    return role_required(Role.ADMIN)(require_recent_factor(view))


@require_GET
@admin_required
def groups(request: TenantRequest) -> HttpResponse:
    return list_page(request)


@require_POST
@admin_required
def mark_home(request: TenantRequest) -> HttpResponse:
    form = HomeForm(request.POST, tenant=request.tenant)
    if form.is_valid():
        with marking(form):
            group = find_group(request, UUID(form.cleaned_data["home"]))
            archive.mark_bank_home(group, by=request.user)
            messages.success(request, f"O grupo padrão das contas bancárias agora é {group}.")
            return redirect("accounts:groups")
    return list_page(request, form, status=422)


def list_page(
    request: TenantRequest, form: HomeForm | None = None, *, status: int = 200
) -> HttpResponse:
    home = ClassificationGroup.objects.of(request.tenant).filter(is_bank_home=True).first()
    initial = {"home": home.id if home else None}
    context = {
        "branches": chart_of(request.tenant),
        "home": home,
        "form": form or HomeForm(tenant=request.tenant, initial=initial),
    }
    return render(request, "accounts/groups.html", context, status=status)


# --- Groups -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@admin_required
def new_group(request: TenantRequest) -> HttpResponse:
    named = request.GET.get("grupo", "")
    initial = initial_in(request.tenant, named, field="parent", digits=1)
    form = GroupForm(posted(request), tenant=request.tenant, initial=initial)
    if form.is_valid():
        with marking(form):
            made = edit.make_group(request.tenant, form.details, by=request.user)
            return done(request, f"Grupo {made} criado.")
    return edit_page(request, form, title="Novo grupo")


@require_http_methods(["GET", "POST"])
@admin_required
def group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    found = find_group(request, group_id)
    form = GroupForm(posted(request), tenant=request.tenant, group=found, initial=initial_of(found))
    if form.is_valid():
        with marking(form):
            seen = form.cleaned_data["seen"]
            edit.change_group(found, form.details, seen=seen, by=request.user)
            return done(request, f"Grupo {found} alterado.")
        found.refresh_from_db()
        form.show_what_is(edit.as_seen(found))
    return edit_page(request, form, title=str(found), row=found, is_group=True)


@require_POST
@admin_required
def archive_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    found = find_group(request, group_id)
    archive.archive_group(found, by=request.user)
    return done(request, f"Grupo {found} arquivado.")


@require_POST
@admin_required
def restore_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    found = find_group(request, group_id)
    archive.restore(found, by=request.user)
    return done(request, f"Grupo {found} reativado.")


@require_POST
@admin_required
def delete_group(request: TenantRequest, group_id: UUID) -> HttpResponse:
    found = find_group(request, group_id)
    archive.delete_unused(found, by=request.user)
    return done(request, f"Grupo {found} excluído.")


# --- Accounts -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@admin_required
def new_account(request: TenantRequest) -> HttpResponse:
    named = request.GET.get("grupo", "")
    initial = initial_in(request.tenant, named, field="group", digits=2)
    form = AccountForm(posted(request), tenant=request.tenant, initial=initial)
    if form.is_valid():
        with marking(form):
            made = edit.make_account(request.tenant, form.details, by=request.user)
            return done(request, f"Conta {made} criada.")
    return edit_page(request, form, title="Nova conta")


@require_http_methods(["GET", "POST"])
@admin_required
def account(request: TenantRequest, leaf_id: UUID) -> HttpResponse:
    found = find_account(request, leaf_id)
    form = AccountForm(
        posted(request), tenant=request.tenant, account=found, initial=initial_of(found)
    )
    if form.is_valid():
        with marking(form):
            seen = form.cleaned_data["seen"]
            edit.change_account(found, form.details, seen=seen, by=request.user)
            return done(request, f"Conta {found} alterada.")
        found.refresh_from_db()
        form.show_what_is(edit.as_seen(found))
    return edit_page(request, form, title=str(found), row=found)


@require_POST
@admin_required
def archive_leaf(request: TenantRequest, leaf_id: UUID) -> HttpResponse:
    found = find_account(request, leaf_id)
    archive.archive_account(found, by=request.user)
    return done(request, f"Conta {found} arquivada.")


@require_POST
@admin_required
def restore_leaf(request: TenantRequest, leaf_id: UUID) -> HttpResponse:
    found = find_account(request, leaf_id)
    archive.restore(found, by=request.user)
    return done(request, f"Conta {found} reativada.")


@require_POST
@admin_required
def delete_leaf(request: TenantRequest, leaf_id: UUID) -> HttpResponse:
    found = find_account(request, leaf_id)
    archive.delete_unused(found, by=request.user)
    return done(request, f"Conta {found} excluída.")


def posted(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None


def done(request: TenantRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("accounts:groups")


def edit_page(request: TenantRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "accounts/edit.html", {"form": form, **context}, status=status)


def find_group(request: TenantRequest, group_id: UUID) -> ClassificationGroup:
    rows = ClassificationGroup.objects.of(request.tenant).select_related("parent", "tenant")
    found: ClassificationGroup = get_object_or_404(rows, id=group_id)
    return found


def find_account(request: TenantRequest, leaf_id: UUID) -> Account:
    rows = Account.objects.of(request.tenant).select_related("group", "tenant")
    found: Account = get_object_or_404(rows, id=leaf_id)
    return found

"""«Sincronizar agora» and its progress."""

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from banking.bank_accounts.overview import is_in_plan
from banking.gateway import circuit_breaker
from banking.models import BankAccount
from banking.statements.progress import sync_progress
from banking.statements.sync import check_can_sync
from core.clock import database_now
from core.enqueue import enqueue
from core.middleware import previous_page
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def sync_now(request: TenantRequest, account_id: UUID) -> HttpResponse:
    account = find_account(request, account_id)
    check_can_sync(account, request.tenant)
    if not account.is_syncing:
        enqueue("banking.tasks.sync_account", str(request.tenant.id), str(account.id))
    if not request.htmx:
        return redirect(previous_page(request))
    return status(request, account, asked_at=database_now().replace(microsecond=0))


@require_GET
@member_required
def sync_status(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """What the page asks again and again while a sync is under way."""
    account = find_account(request, account_id)
    return status(request, account, asked_at=instant(request.GET.get("desde", "")), is_poll=True)


def status(
    request: TenantRequest,
    account: BankAccount,
    *,
    asked_at: datetime | None,
    is_poll: bool = False,
) -> HttpResponse:
    now = database_now()
    progress = sync_progress(
        account,
        is_in_plan=is_in_plan(request.tenant, account),
        now=now,
        asked_at=asked_at,
        unavailable_until=circuit_breaker.outages(now).get(account.provider),
    )
    context = {
        "account": account,
        "progress": progress,
        "since": str(int(asked_at.timestamp())) if asked_at else "",
        # What was waited for is there: the page around takes it in.
        "reload": request.htmx.current_url_abs_path
        if is_poll and not progress.is_under_way
        else None,
    }
    return render(request, "reconciliation/_sync_status.html", context)


def find_account(request: TenantRequest, account_id: UUID) -> BankAccount:
    accounts = BankAccount.objects.of(request.tenant).select_related("connection")
    account: BankAccount = get_object_or_404(accounts, id=account_id)
    return account


def instant(text: str) -> datetime | None:
    """From seconds since 1970; None when it is not that."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), tz=UTC)

"""The list of bills."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.dates import long_day
from payments.models import DispatchRun, Payable
from payments.reads.day_summary import Numbers, notes_of_waiting, numbers_of
from payments.reads.list import ListFilter, Period, Position, read_page
from payments.reads.run_summary import run_notes
from payments.reads.status_label import Accounts
from tenants.access import TenantRequest, member_required


@require_GET
@member_required
def show_list(request: TenantRequest) -> HttpResponse:
    now = database_now()
    chosen = ListFilter(request.GET)
    after = Position.read(request.GET["apos"]) if "apos" in request.GET else None
    accounts = Accounts.of(request.tenant, now)
    page = read_page(chosen, accounts, request.membership, now, after)
    context = {
        "rows": page.rows,
        "more_url": page.following and address(chosen, apos=str(page.following)),
    }
    if after is not None and request.htmx:
        return render(request, "payments/_payable_rows.html", context)
    return render(request, "payments/list.html", context | around(request, chosen, accounts, now))


def around(
    request: TenantRequest, chosen: ListFilter, accounts: Accounts, now: datetime
) -> dict[str, Any]:
    """What stands above the table."""
    today = sao_paulo_day(now)
    numbers = numbers_of(request.tenant, today)
    return {
        "filter": chosen,
        "chips": chips(chosen, numbers),
        "is_filtering": bool(set(request.GET) - {"periodo", "apos"}),
        "day": long_day(today),
        "numbers": numbers,
        "preferred": next((a for a in accounts.by_id.values() if a.is_preferred), None),
        "has_any": numbers.week > 0 or Payable.objects.of(request.tenant).exists(),
    } | notes_of(request, accounts, now)


def notes_of(request: TenantRequest, accounts: Accounts, now: datetime) -> dict[str, Any]:
    today = sao_paulo_day(now)
    runs = DispatchRun.objects.of(request.tenant).filter(day=today).order_by("started_at")
    stranded, late = notes_of_waiting(request.tenant, accounts, today)
    return {
        "run_notes": run_notes(runs, now),
        "stranded_notes": stranded,
        "late_notes": late if request.membership.can_enter else [],
    }


@require_GET
@member_required
def show_notes(request: TenantRequest) -> HttpResponse:
    """The notes of the list, after an act on one of its rows."""
    now = database_now()
    context = notes_of(request, Accounts.of(request.tenant, now), now)
    return render(request, "payments/_notes.html", context)


def chips(chosen: ListFilter, numbers: Numbers) -> list[dict[str, Any]]:
    counts = {
        Period.TODAY: numbers.today,
        Period.WEEK: numbers.week,
        Period.OVERDUE: numbers.overdue,
    }
    return [
        {
            "label": period.label,
            "url": address(chosen, periodo=period.value, de="", ate=""),
            "current": chosen.period == period,
            "count": counts.get(period),
        }
        for period in Period
    ]


def address(chosen: ListFilter, **changes: str) -> str:
    """The list as it is filtered now, with changes."""
    kept = {name: chosen.data.get(name, "") for name in chosen.fields}
    return f"{reverse('payments:list')}?" + urlencode(
        {name: value for name, value in (kept | changes).items() if value}
    )

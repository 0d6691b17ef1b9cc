"""What the four differences are made of, and an account day by day."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from reconciliation.position.days import chart_of, days_of, proof_of
from reconciliation.position.lists import APART, ITEMS, LINES, UNPROVED, page_of
from reconciliation.position.position import Part, Position, position_of
from tenants.access import TenantRequest, member_required

TITLES = {
    LINES: "A conciliar",
    ITEMS: "Sem linha no banco",
    APART: "Em dias diferentes",
    UNPROVED: "Não provado",
}
# Newest first, on a page.
DAYS = 90


@require_GET
@member_required
def part(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """The list behind one of the differences of today."""
    kind = request.GET.get("parte", LINES)
    if kind not in TITLES:
        raise Http404
    position = position_today(request, account_id)
    after = request.GET.get("depois", "")
    page = page_of(position, kind, after)
    context: dict[str, Any] = {
        "account": position.account,
        "position": position,
        "kind": kind,
        "title": TITLES[kind],
        "part": part_of(position, kind),
        "page": page,
        "more_url": f"?parte={kind}&depois={page.after}" if page.after else "",
    }
    if kind == UNPROVED:
        context["proof"] = proof_of(days_of(position))
    template = "_part_rows.html" if request.htmx and after else "part.html"
    return render(request, f"reconciliation/{template}", context)


@require_GET
@member_required
def days(request: TenantRequest, account_id: UUID) -> HttpResponse:
    """«Gráfico de banco e contabilidade», and the proof of each day, from `ate` backwards."""
    position = position_today(request, account_id)
    found = days_of(position)
    last = read_day(request.GET.get("ate", ""))
    until = [each for each in found if each.day <= (last or position.day)]
    context = {
        "account": position.account,
        "position": position,
        "chart": chart_of(found),
        "proof": proof_of(found),
        "days": until[: -DAYS - 1 : -1],
        "more_url": f"?ate={until[-DAYS - 1].day.isoformat()}" if len(until) > DAYS else "",
    }
    template = "_day_rows.html" if request.htmx and last else "days.html"
    return render(request, f"reconciliation/{template}", context)


def read_day(text: str) -> dt.date | None:
    """A day of an address; None for none, and for what is no day."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def position_today(request: TenantRequest, account_id: UUID) -> Position:
    accounts = BankAccount.objects.of(request.tenant)
    account: BankAccount = get_object_or_404(accounts, id=account_id)
    return position_of(account, sao_paulo_day(database_now()))


def part_of(position: Position, kind: str) -> Part:
    parts = {
        LINES: position.to_reconcile,
        ITEMS: position.without_line,
        APART: position.days_apart,
        UNPROVED: position.unproved,
    }
    return parts[kind]

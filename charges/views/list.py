"""The list of charges."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Recurrence
from charges.reads.batches import running_batches
from charges.reads.list import COLUMNS, ORDERS, ListFilter, State, read_page
from charges.reads.numbers import Numbers, numbers_of, questions_of
from charges.refunds.release import waiting_count
from core.clock import database_now
from parties.models import Payer
from tenants.access import TenantRequest, member_required

# What of the address narrows the list, besides the chips.
FILTERS = frozenset({"q", "conta", "de", "ate", "ordem"})


@require_GET
@member_required
def show_list(request: TenantRequest) -> HttpResponse:
    now = database_now()
    chosen = ListFilter(request.GET, tenant=request.tenant)
    after = request.GET.get("apos", "")
    page = read_page(chosen, request.membership, now, after)
    context = {
        "rows": page.rows,
        "has_selectable": any(row.can_select for row in page.rows),
        "has_issuable": any(row.can_issue for row in page.rows),
        "has_agreeable": any(row.can_join_agreement for row in page.rows),
        "more_url": page.following and address(chosen, apos=str(page.following)),
        "is_all_selected": request.GET.get("selecionar") == "todas",
    }
    if after and request.htmx:
        return render(request, "charges/_rows.html", context)
    return render(request, "charges/list.html", context | around(request, chosen, now))


def around(request: TenantRequest, chosen: ListFilter, now: datetime) -> dict[str, Any]:
    """What stands above the table."""
    today = sao_paulo_day(now)
    numbers = numbers_of(request.tenant, today)
    return {
        "filter": chosen,
        "state": chosen.state,
        "chips": chips(chosen, numbers),
        "columns": columns(chosen),
        "is_filtering": any(request.GET.get(name) for name in FILTERS),
        "has_more_filters": any(request.GET.get(name) for name in FILTERS - {"q"}),
        "payer": payer_of(request, chosen),
        "numbers": numbers,
        "to_release": waiting_count(request.tenant.id),
        "questions": questions_of(request.tenant) if numbers.to_look_at else [],
        "batches": running_batches(request.tenant, now),
        "recurrences_waiting": Recurrence.objects.of(request.tenant).waiting().count(),
        "has_any": numbers.owed > 0 or Charge.objects.of(request.tenant).exists(),
        "select_all_url": address(chosen, selecionar="todas"),
        "look_url": address(chosen, situacao=State.TO_LOOK_AT),
        "unfollowed_url": address(chosen, situacao=State.UNFOLLOWED),
        "without_payer_url": address(chosen, pagador=""),
    }


def columns(chosen: ListFilter) -> dict[str, dict[str, str]]:
    """The heads that sort: where a click leads, and how the column is sorted now, for readers."""
    heads = {}
    for name, (first, second) in COLUMNS.items():
        is_first = chosen.sort == first
        now = ""
        if chosen.sort in (first, second):
            now = "descending" if ORDERS[chosen.sort].backwards else "ascending"
        url = address(chosen, ordem=second if is_first else first)
        heads[name] = {"url": url, "sorted": now}
    return heads


def payer_of(request: TenantRequest, chosen: ListFilter) -> Payer | None:
    payer_id = chosen.values.get("pagador")
    return Payer.objects.of(request.tenant).filter(id=payer_id).first() if payer_id else None


def chips(chosen: ListFilter, numbers: Numbers) -> list[dict[str, Any]]:
    counts = {
        State.OPEN: numbers.owed,
        State.OVERDUE: numbers.overdue,
        State.TO_LOOK_AT: numbers.to_look_at,
        State.UNFOLLOWED: numbers.unfollowed,
        State.DRAFTS: numbers.drafts,
    }
    # Where nothing is, is no place to go to.
    may_be_empty = (State.TO_LOOK_AT, State.UNFOLLOWED)
    hidden = {state for state in may_be_empty if not counts[state]}
    return [
        {
            "label": state.label,
            "url": address(chosen, situacao=state.value),
            "current": chosen.state == state,
            "count": counts.get(state),
        }
        for state in State
        if state not in hidden or chosen.state == state
    ]


def address(chosen: ListFilter, **changes: str) -> str:
    """The list as it is filtered now, with changes."""
    kept = {name: chosen.data.get(name, "") for name in chosen.fields}
    return f"{reverse('charges:list')}?" + urlencode(
        {name: value for name, value in (kept | changes).items() if value}
    )

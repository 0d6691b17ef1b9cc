"""What Modo Banking sent, what it left out, and why."""

from uuid import UUID

from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.clock import database_now
from payments.models import DispatchRun, Payable
from payments.reads.list import Position
from payments.reads.row import rows_of
from payments.reads.run_summary import orders_that_left, reasons_given_back, run_notes
from payments.reads.status_label import Accounts
from tenants.access import TenantRequest, member_required

PAGE = 30


@require_GET
@member_required
def show_runs(request: TenantRequest) -> HttpResponse:
    now = database_now()
    runs = DispatchRun.objects.of(request.tenant)
    if "apos" in request.GET:
        last = Position.read(request.GET["apos"])
        runs = runs.filter(TupleLessThan(Tuple("day", "id"), (last.day, last.id)))
    notes = run_notes(runs.order_by("-day", "-id")[: PAGE + 1], now)
    last_shown = notes[PAGE - 1].tally.run if len(notes) > PAGE else None
    following = Position(last_shown.day, last_shown.id) if last_shown else None
    return render(request, "payments/runs.html", {"notes": notes[:PAGE], "following": following})


@require_GET
@member_required
def show_run(request: TenantRequest, run_id: UUID) -> HttpResponse:
    now = database_now()
    runs = DispatchRun.objects.of(request.tenant).filter(id=run_id)
    run = get_object_or_404(runs)
    accounts = Accounts.of(request.tenant, now)
    reasons = {item["payable"]: item["reason"] for item in run.left_out}
    why_back = reasons_given_back(run)
    payables = Payable.objects.of(request.tenant).order_by("payee__name", "id")
    sent = payables.filter(orders__in=orders_that_left(run)).distinct()
    given_back = payables.filter(id__in=list(why_back)).exclude(id__in=sent.values("id"))
    left_out = payables.filter(id__in=list(reasons)).order_by("payment_date", "id")
    person = request.membership
    return render(
        request,
        "payments/run.html",
        {
            "run": run,
            "note": run_notes(runs, now)[0],
            "sent": rows_of(sent, accounts, person, now),
            "given_back": rows_of(given_back, accounts, person, now, reasons=why_back),
            "left_out": rows_of(left_out, accounts, person, now, reasons=reasons),
        },
    )

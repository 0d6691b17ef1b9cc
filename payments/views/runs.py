"""What Modo Banking sent, what it left out, and why."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.clock import database_now
from payments.models import DispatchRun
from payments.reads.list import Position
from payments.reads.run_bills import Part, read_part
from payments.reads.run_summary import run_notes
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
    """Each of its parts begins with a page; `parte` and `apos` ask for a later one of a part."""
    now = database_now()
    runs = DispatchRun.objects.of(request.tenant).filter(id=run_id)
    run = get_object_or_404(runs)
    wanted, after = request.GET.get("parte", ""), request.GET.get("apos", "")
    if wanted and wanted not in Part.values:
        raise BadRequest("a run has no such part")
    accounts, person = Accounts.of(request.tenant, now), request.membership

    def part(name: Part) -> dict[str, Any]:
        page = read_part(run, name, person, accounts, now, after if name == wanted else "")
        query = urlencode({"parte": name.value, "apos": page.following})
        return {"rows": page.rows, "more_url": f"{request.path}?{query}" if page.following else ""}

    if wanted and request.htmx:
        return render(request, "payments/_payable_rows.html", part(Part(wanted)))
    context = {
        "run": run,
        "note": run_notes(runs, now)[0],
        "sent": part(Part.SENT),
        "given_back": part(Part.GIVEN_BACK),
        "left_out": part(Part.LEFT_OUT),
    }
    return render(request, "payments/run.html", context)

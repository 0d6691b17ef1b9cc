"""An act in the row of its line: its form, what stands against it, and what came of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from core.errors import Changed, InvalidState
from people.outcomes import WAITS_FOR_SECOND
from reconciliation.engine.opened import leave_alone
from reconciliation.engine.run import work_soon
from reconciliation.matches.pairing import Done
from reconciliation.models import Match
from reconciliation.reads.pairs import Pair
from reconciliation.views.answer import Answer, pair_or_404, show_pair
from tenants.access import TenantRequest


def typed(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None


def ids_of(line_id: UUID) -> str:
    """Several rows of a page may have a form open."""
    return f"{line_id}-%s"


def opened(request: TenantRequest, pair: Pair, name: str, **context: Any) -> HttpResponse:
    """The row with the form of an act in it; what was typed stays, each mistake at its place."""
    if not pair.is_open:
        return stale(request, pair, "Esta linha já está conciliada.")
    context |= {"act": name, "act_template": f"reconciliation/_{name}.html"}
    is_wrong = request.method == "POST"
    if not is_wrong:
        leave_alone(pair.line, by=request.membership)
    return show_pair(request, pair, context=context, status=422 if is_wrong else 200)


def stale(request: TenantRequest, pair: Pair, sentence: str) -> HttpResponse:
    """Another act was faster: the row as it is now, and who it was."""
    return show_pair(request, pair, context={"told": sentence}, status=422)


def done(
    request: TenantRequest, line_id: UUID, text: str, match: Match | None, waits: bool = False
) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    work_soon(pair.line.bank_account)
    return show_pair(
        request, pair, answer=Answer(WAITS_FOR_SECOND if waits else text, match, waits)
    )


def refused(
    request: TenantRequest, line_id: UUID, form: Any, name: str, error: InvalidState, **context: Any
) -> HttpResponse:
    """The line itself moved: it is shown as it is. Else the form says what stands against it."""
    pair = pair_or_404(request, line_id)
    if isinstance(error, Changed) or error.code == "line_used":
        return stale(request, pair, str(error))
    form.add_error(None, str(error))
    return opened(request, pair, name, form=form, **context)


def told(request: TenantRequest, line_id: UUID, text: str, made: Done) -> HttpResponse:
    return done(request, line_id, text, made.match, made.waiting is not None)

"""A line's row as an answer: into the page that asked, or as a page of its own."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from banking.models import StatementLine
from reconciliation.models import Match, MatchLine
from reconciliation.reads.pairs import Pair, pairs_of, with_state
from tenants.access import TenantRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done, as a toast says it."""

    text: str
    match: Match | None = None
    waits: bool = False  # for a second person

    @property
    def tone(self) -> str:
        return "info" if self.waits else "ok"


def pairs_named(request: TenantRequest, ids: Iterable[UUID]) -> dict[UUID, Pair]:
    lines = StatementLine.objects.of(request.tenant).filter(id__in=list(ids))
    found = with_state(lines.defer("raw")).select_related("bank_account", "tenant")
    return pairs_of(request.tenant.id, list(found))


def pair_or_404(request: TenantRequest, line_id: UUID) -> Pair:
    pair = pairs_named(request, [line_id]).get(line_id)
    if pair is None:
        raise Http404
    return pair


def show_pair(
    request: TenantRequest,
    pair: Pair,
    *,
    context: dict[str, Any] | None = None,
    status: int = 200,
    answer: Answer | None = None,
    others: Sequence[UUID] = (),
) -> HttpResponse:
    """`others` are lines that an act touched too: those that the page shows change with it."""
    if answer and not request.htmx:
        tell = messages.info if answer.waits else messages.success
        tell(request, answer.text)
        return redirect(place_of(pair.line))
    values = {"pair": pair, "is_fresh": bool(answer), **(context or {})}
    if not request.htmx:
        return render(request, "reconciliation/line.html", values, status=status)
    touched = {*others, *lines_of(answer.match if answer else None)} - {pair.line.id}
    values["others"] = beside(request, pair, touched)
    response = render(request, "reconciliation/_answer.html", values, status=status)
    if answer:
        toast: dict[str, Any] = {"text": answer.text, "tone": answer.tone}
        response["HX-Trigger"] = json.dumps({"toast": toast, "lines-changed": True})
    return response


def beside(request: TenantRequest, pair: Pair, touched: Collection[UUID]) -> list[Pair]:
    """Those of the line's account: a page shows the statement of one."""
    found = pairs_named(request, touched).values() if touched else ()
    return [each for each in found if each.line.bank_account_id == pair.line.bank_account_id]


def lines_of(match: Match | None) -> set[UUID]:
    if match is None:
        return set()
    rows = MatchLine.objects.of(match.tenant_id).filter(match=match)
    return set(rows.values_list("statement_line_id", flat=True))


def place_of(line: StatementLine) -> str:
    """Where the line is in its statement."""
    day = f"{line.booked_on:%d/%m/%Y}"
    page = reverse("reconciliation:reconcile")
    return f"{page}?conta={line.bank_account_id}&de={day}&ate={day}#linha-{line.id}"

"""Match a line, and others of its side, with what a person finds."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidState
from people.recent_factor import require_recent_factor
from reconciliation.forms.match import ItemFilter, MatchForm
from reconciliation.matches.items import Item
from reconciliation.matches.match import match_lines
from reconciliation.reads.beside import BesideRow, lines_beside, open_beside, read_beside
from reconciliation.reads.items import find, items_named, once, rows_of
from reconciliation.reads.offers import classifications
from reconciliation.reads.pairs import Pair
from reconciliation.views.answer import pair_or_404
from reconciliation.views.in_row import ids_of, opened, refused, told, typed
from tenants.access import TenantRequest, role_required
from tenants.models import Role

ZERO = Decimal("0.00")


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def match(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    form = match_form(request, pair)
    items = items_named(pair.line, form.chosen)
    form.offer_owners(items)
    if form.is_valid():
        try:
            with form.marking():
                pairing = form.pairing(items, shown_of(request, items))
                made = match_lines(pairing, by=request.membership)
                return told(request, line_id, "Conciliada.", made)
        except InvalidState as error:
            return refused(
                request, line_id, form, "match", error, **listed(request, pair, form, items)
            )
    return opened(request, pair, "match", form=form, **listed(request, pair, form, items))


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def items(request: TenantRequest, line_id: UUID) -> HttpResponse:
    """What the search of a line finds; what is ticked stays ticked, on top. Writes nothing."""
    pair = pair_or_404(request, line_id)
    form = match_form(request, pair)
    form.is_valid()
    context = {"pair": pair, "form": form, "line": pair.line, "is_found": True}
    context |= listed(request, pair, form, items_named(pair.line, form.chosen))
    return render(request, "reconciliation/_items.html", context)


def match_form(request: TenantRequest, pair: Pair) -> MatchForm:
    beside = read_beside(request.POST.getlist("beside"))
    others = open_beside(pair.line).filter(id__in=beside) if beside else []
    return MatchForm(
        typed(request),
        initial={"seen": pair.version},
        line=pair.line,
        left=pair.open + sum((each.open for each in others), ZERO),
        beside=beside,
        accounts=classifications(pair.line.tenant_id),
        auto_id=ids_of(pair.line.id),
    )


def listed(
    request: TenantRequest, pair: Pair, form: MatchForm, chosen: Sequence[Item]
) -> dict[str, Any]:
    search = ItemFilter(request.POST if request.method == "POST" else {})
    values = search.cleaned_data if search.is_valid() else {}
    text, kind = values.get("q", ""), values.get("tipo", "")
    found = find(pair.line, pair.open, text, kind)
    if not text and not kind:
        found = [*proposed(pair), *found]
    parts = {str(item.id): request.POST.get(f"part-{item.id}", "") for item in chosen}
    rows = rows_of(
        once([*chosen, *found]), form.chosen_names, parts, form.part_errors, request.membership
    )
    beside = [
        BesideRow(each, each.id in form.beside, form.beside.get(each.id, each.version))
        for each in lines_beside(pair.line, form.beside, text)
    ]
    return {"search": search, "rows": rows, "sought": text, "beside": beside}


def proposed(pair: Pair) -> list[Item]:
    """What the line is most likely of: a person begins there too."""
    if pair.proposal is None:
        return []
    proposals = (pair.proposal, *pair.proposal.others)
    return items_named(
        pair.line, [(item.kind, item.id) for each in proposals for item in each.items]
    )


def shown_of(request: TenantRequest, items: Sequence[Item]) -> dict[UUID, str]:
    return {item.id: request.POST.get(f"shown-{item.id}", "") for item in items}

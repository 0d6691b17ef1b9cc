"""What the engine proposes for a line: accept it as it was shown, and see it once it is found."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from charges.models import Refund
from core.errors import InvalidInput, InvalidState
from people.recent_factor import require_recent_factor
from reconciliation.engine.accept import accept as accept_proposal
from reconciliation.matches.hold import Seen
from reconciliation.matches.pairing import Done
from reconciliation.models import Proposal as Kept
from reconciliation.reads.pairs import Pair
from reconciliation.reads.proposals import Proposal
from reconciliation.views.answer import pair_or_404, pairs_named, show_pair
from reconciliation.views.in_row import done, stale
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

CHANGED = "A proposta mudou: confira a linha como ela está agora."
TOLD = {
    Kept.Kind.SETTLE: "Conciliada.",
    Kept.Kind.TRANSFER: "Transferência conciliada.",
    Kept.Kind.RETURN: "Devolução conciliada.",
}
MOST_ASKED = 200  # lines of a page, and of those that it was told more of
SLOWEST = 30  # seconds between two questions


class ReturnForm(forms.Form):
    """What a charge whose money came back asks."""

    debt = forms.ChoiceField(label="A cobrança", choices=Refund.Debt, widget=forms.RadioSelect)
    why = forms.CharField(label="Motivo", max_length=300)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def accept(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    chosen = named(pair, request.POST.get("item", ""))
    if chosen is None:
        return stale(request, pair, CHANGED)
    try:
        made = accept_proposal(
            chosen.kept,
            by=request.membership,
            seen=seen_of(request, pair, chosen),
            shown=shown_of(request, chosen),
            debt=request.POST.get("debt", ""),
            why=request.POST.get("why", ""),
        )
    except InvalidInput as error:
        if error.field not in ReturnForm.base_fields:
            raise
        return ask_debt(request, pair_or_404(request, line_id), chosen, error)
    except InvalidState as error:
        return stale(request, pair_or_404(request, line_id), str(error))
    return told(request, line_id, chosen, made)


def named(pair: Pair, value: str) -> Proposal | None:
    if pair.proposal is None:
        return None
    found = (each for each in (pair.proposal, *pair.proposal.others) if each.value == value)
    return next(found, None)


def seen_of(request: TenantRequest, pair: Pair, chosen: Proposal) -> Seen:
    """What cannot be read was never shown."""
    shown = {pair.line.id: number(request.POST.get("seen", ""))}
    for text in request.POST.getlist("other"):
        name, _, version = text.partition(":")
        shown |= {
            each.line.id: number(version) for each in chosen.beside if name == str(each.line.id)
        }
    return shown


def number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def shown_of(request: TenantRequest, chosen: Proposal) -> dict[str, str]:
    return {str(item.id): request.POST.get(f"shown-{item.id}", "") for item in chosen.items}


def ask_debt(
    request: TenantRequest, pair: Pair, chosen: Proposal, error: InvalidInput
) -> HttpResponse:
    """Of a charge that was paid back: owed again, or given up. The first time nothing is wrong."""
    is_answer = "debt" in request.POST
    form = ReturnForm(request.POST if is_answer else None, auto_id=f"{pair.line.id}-%s")
    if is_answer and form.is_valid():
        form.add_error(error.field, str(error))
    context: dict[str, Any] = {
        "act": "accept",
        "act_template": "reconciliation/_accept_return.html",
        "form": form,
        "chosen": chosen,
        "seen": request.POST.get("seen", ""),
    }
    return show_pair(request, pair, context=context, status=422 if is_answer else 200)


def told(request: TenantRequest, line_id: UUID, chosen: Proposal, made: list[Done]) -> HttpResponse:
    waits = any(each.waiting for each in made)
    matches = [each.match for each in made if each.match]
    text = TOLD[Kept.Kind(chosen.kept.kind)]
    return done(request, line_id, text, matches[0] if matches else None, waits)


# --- Once it is found ---


@require_GET
@member_required
def looked_at(request: TenantRequest) -> HttpResponse:
    """Of lines for which something was looked for: those that are ready by now, in place of their
    rows; the others are asked for again, ever less often."""
    pairs = pairs_named(request, asked_lines(request)).values()
    turn = number(request.GET.get("vez", "")) + 1
    context = {
        "ready": [pair for pair in pairs if not pair.is_searching],
        "is_searching": any(pair.is_searching for pair in pairs),
        "turn": turn,
        "seconds": min(2 + 2 * turn, SLOWEST),
    }
    return render(request, "reconciliation/_looked_at.html", context)


def asked_lines(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.GET.getlist("linha")[:MOST_ASKED]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found

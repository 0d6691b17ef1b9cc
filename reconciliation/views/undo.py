"""Undo what was said of bank lines. GET asks first, and says what it takes back."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from people.recent_factor import require_recent_factor
from reconciliation.engine.run import work_soon
from reconciliation.forms.acts import UndoForm
from reconciliation.matches.effect import Undoing, effect_of
from reconciliation.matches.undo import undo as undo_matches
from reconciliation.models import Match
from reconciliation.views.answer import Answer, pair_or_404, place_of, show_pair
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def undo(request: TenantRequest, match_id: UUID) -> HttpResponse:
    """What stands on it goes first: together with it where the person says so, or not at all."""
    match = Match.objects.of(request.tenant).filter(id=match_id).first()
    if match is None:
        raise Http404
    effect = with_blockers(match, request.POST.get("together") == "yes")
    form = UndoForm(request.POST if request.method == "POST" else None)
    line = effect.lines[0]
    if request.method == "POST" and form.is_valid() and match.ended_at is None:
        asked = [each.id for each in effect.matches]
        done = undo_matches(asked, by=request.membership, why=form.cleaned_data["why"])
        work_soon(line.bank_account)
        others = [each.id for each in done.lines]
        answer = Answer(f"Desfeito. {done.words}")
        return show_pair(request, pair_or_404(request, line.id), answer=answer, others=others)
    context = {
        "match": match,
        "effect": effect,
        "line": line,
        "form": form,
        "back_url": place_of(line),
        "goes_first": [each for each in effect.blockers if each.match is not None],
        "is_barred": any(each.match is None for each in effect.blockers),
    }
    template = "_undo_dialog" if request.htmx else "undo"
    return render(request, f"reconciliation/{template}.html", context)


def with_blockers(match: Match, together: bool) -> Undoing:
    """Of the match alone, or of all that stands on it too."""
    effect = effect_of([match])
    while together and (more := [each.match for each in effect.blockers if each.match]):
        effect = effect_of([*effect.matches, *more])
    return effect

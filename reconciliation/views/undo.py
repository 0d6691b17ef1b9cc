"""Undo what was said of bank lines. GET asks first, and says what it takes back."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from people.recent_factor import require_recent_factor
from reconciliation.engine.run import work_soon
from reconciliation.forms.acts import UndoForm
from reconciliation.matches.blockers import blockers_above, stack_on, with_lines
from reconciliation.matches.effect import effect_of, lines_of
from reconciliation.matches.undo import undo as undo_matches
from reconciliation.models import Match
from reconciliation.views.answer import Answer, pair_or_404, place_of, show_pair
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def undo(request: TenantRequest, match_id: UUID) -> HttpResponse:
    """With all that stands on it, as the person was shown it, or not at all."""
    match = Match.objects.of(request.tenant).filter(id=match_id).first()
    if match is None:
        raise Http404
    stack = stack_on([match.id], blockers_above(match.tenant_id, [match.id]))
    is_barred = any(each.match is None for each in stack)
    first = [] if is_barred else [each.match for each in stack if each.match]
    line = lines_of([match])[0]
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and match.ended_at is None:
        named = request.POST.getlist("first")  # what the page had said
        asked = [match.id, *(each.id for each in first if str(each.id) in named)]
        done = undo_matches(asked, by=request.membership, why=form.cleaned_data["why"])
        work_soon(line.bank_account)
        others = [each.id for each in done.lines]
        answer = Answer(f"Desfeito. {done.words}")
        return show_pair(request, pair_or_404(request, line.id), answer=answer, others=others)
    context = {
        "match": match,
        "effect": effect_of([match, *first]),
        "line": line,
        "form": form,
        "back_url": place_of(line),
        "stack": stack,
        "goes_first": with_lines(match.tenant_id, stack),
        "first": first,
        "is_barred": is_barred,
    }
    template = "_undo_dialog" if request.htmx else "undo"
    return render(request, f"reconciliation/{template}.html", context)

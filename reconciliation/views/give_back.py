"""A line that gives back what another one moved."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from core.errors import InvalidState
from core.money import format_brl
from people.recent_factor import require_recent_factor
from reconciliation.forms.acts import GiveBackForm
from reconciliation.matches.give_back import give_back as give_back_line
from reconciliation.matches.hold import versions_of
from reconciliation.reads.beside import lines_given_back, parts_given_back
from reconciliation.reads.pairs import Pair
from reconciliation.views.answer import pair_or_404
from reconciliation.views.in_row import ids_of, opened, refused, told, typed
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def give_back(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    form = form_of(request, pair)
    if form.is_valid():
        other = UUID(form.cleaned_data["other"])
        of = form.cleaned_data["of"]
        try:
            with form.marking():
                made = give_back_line(
                    line_id,
                    other,
                    by=request.membership,
                    why=form.cleaned_data["why"],
                    of=UUID(of) if of else None,
                    debt=form.cleaned_data["debt"],
                    # Whether the other line has as much left is asked under its lock.
                    seen=form.seen_of(pair.line) | versions_of(pair.line.tenant_id, [other]),
                )
                return told(request, line_id, "Devolução conciliada.", made)
        except InvalidState as error:
            return refused(request, line_id, form, "give_back", error)
    return opened(request, pair, "give_back", form=form)


def form_of(request: TenantRequest, pair: Pair) -> GiveBackForm:
    others = lines_given_back(pair.line)
    parts = parts_given_back(pair.line, others) if request.method == "POST" else []
    return GiveBackForm(
        typed(request),
        initial={"seen": pair.version},
        others=[
            (
                str(each.id),
                f"{each.booked_on:%d/%m} · {each.description} · R$\u00a0{format_brl(abs(each.amount))}",
            )
            for each in others
        ],
        parts=[(str(each.id), each.journal_line.entry.memo) for each in parts],
        auto_id=ids_of(pair.line.id),
    )

"""Say what a bank line is, in its row of the page. GET opens the form in the row; without scripts
the row is a page of its own."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import BankAccount
from core.errors import Changed, InvalidState
from core.money import format_brl
from people.outcomes import WAITS_FOR_SECOND
from people.recent_factor import require_recent_factor
from reconciliation.engine.opened import leave_alone
from reconciliation.engine.run import work_soon
from reconciliation.forms.acts import CreateForm, IgnoreForm, TransferForm
from reconciliation.forms.match import ItemFilter, MatchForm
from reconciliation.matches.create import create_entry
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore as ignore_line
from reconciliation.matches.items import Item
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Done
from reconciliation.matches.transfer import transfer as transfer_line
from reconciliation.models import Match
from reconciliation.reads.items import find, items_named, once, rows_of
from reconciliation.reads.offers import (
    classifications,
    other_accounts,
    other_sides,
    party_of,
    usual_account,
    usual_reason,
)
from reconciliation.reads.pairs import Pair
from reconciliation.views.answer import Answer, pair_or_404, show_pair
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

ZERO = Decimal("0.00")


@require_GET
@member_required
def show(request: TenantRequest, line_id: UUID) -> HttpResponse:
    """The row as it is now: what «Voltar» leads to."""
    return show_pair(request, pair_or_404(request, line_id))


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


# --- Create ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def create(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    line, party = pair.line, party_of(pair.line)
    initial = {
        "seen": pair.version,
        "memo": line.description,
        "with_party": True,
        "account_1": usual_account(line, request.membership) if request.method == "GET" else None,
    }
    form = CreateForm(
        typed(request),
        initial=initial,
        accounts=classifications(line.tenant_id),
        party=party,
        auto_id=ids_of(line_id),
    )
    if form.is_valid():
        with_party = party if party and form.cleaned_data["with_party"] else None
        try:
            with form.marking():
                made = create_entry(
                    line_id,
                    form.slices,
                    by=request.membership,
                    memo=form.cleaned_data["memo"],
                    payee=with_party.payee if with_party else None,
                    payer=with_party.payer if with_party else None,
                    seen=form.seen_of(line),
                )
                return done(request, line_id, "Lançamento criado.", made)
        except InvalidState as error:
            return refused(request, line_id, form, "create", error)
    return opened(request, pair, "create", form=form)


# --- Transfer ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def transfer(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    form = TransferForm(
        typed(request),
        initial={"seen": pair.version},
        others=others_of(pair),
        auto_id=ids_of(line_id),
    )
    if form.is_valid():
        try:
            with form.marking():
                made = transfer_line(
                    line_id,
                    by=request.membership,
                    fee=form.cleaned_data["fee"] or ZERO,
                    seen=seen_of_both(form, pair),
                    **other_side(request, form),
                )
                text = "Transferência conciliada."
                if made.completed_at is None:
                    text = "Em trânsito: a outra linha ainda não chegou."
                return done(request, line_id, text, made.match)
        except InvalidState as error:
            return refused(request, line_id, form, "transfer", error)
    return opened(request, pair, "transfer", form=form)


def others_of(pair: Pair) -> list[tuple[str, str]]:
    """The lines that may be the other side, then the accounts whose line is waited for."""
    line = pair.line
    lines = [
        (
            f"line:{each.id}",
            f"{each.bank_account} · {each.booked_on:%d/%m} · {each.description} · "
            f"R$ {format_brl(abs(each.amount))}",
        )
        for each in other_sides(line)
    ]
    word = "De" if line.is_incoming else "Para"
    accounts = [
        (f"account:{each.id}", f"{word} {each}: a outra linha é esperada ou achada depois")
        for each in other_accounts(line)
    ]
    return [*lines, *accounts]


def other_side(request: TenantRequest, form: TransferForm) -> dict[str, Any]:
    kind, name = form.other_id
    if kind == "line":
        return {"other_line": name}
    return {"other_account": BankAccount.objects.of(request.tenant).get(id=name)}


def seen_of_both(form: TransferForm, pair: Pair) -> dict[UUID, int]:
    """Whether the other line is free still is asked under its lock."""
    kind, name = form.other_id
    seen = form.seen_of(pair.line)
    return seen | versions_of(pair.line.tenant_id, [name]) if kind == "line" else seen


# --- Ignore ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def ignore(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    initial = {"seen": pair.version, "why": usual_reason(request.membership)}
    form = IgnoreForm(typed(request), initial=initial, auto_id=ids_of(line_id))
    if form.is_valid():
        why = form.cleaned_data["why"]
        try:
            with form.marking():
                made = ignore_line(
                    line_id, by=request.membership, why=why, seen=form.seen_of(pair.line)
                )
                return told(request, line_id, "Ignorada: fica na diferença.", made)
        except InvalidState as error:
            return refused(request, line_id, form, "ignore", error)
    return opened(request, pair, "ignore", form=form)


def told(request: TenantRequest, line_id: UUID, text: str, made: Done) -> HttpResponse:
    return done(request, line_id, text, made.match, made.waiting is not None)


# --- Match with what a person finds ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def match(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    form = match_form(request, pair)
    items = items_named(pair.line, form.chosen)
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
    context = {"pair": pair, "form": form}
    context |= listed(request, pair, form, items_named(pair.line, form.chosen))
    return render(request, "reconciliation/_items.html", context)


def match_form(request: TenantRequest, pair: Pair) -> MatchForm:
    return MatchForm(
        typed(request),
        initial={"seen": pair.version},
        line=pair.line,
        left=pair.open,
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
    parts = {str(item.id): request.POST.get(f"part-{item.id}", "") for item in chosen}
    rows = rows_of(
        once([*chosen, *found]), form.chosen_names, parts, form.part_errors, pair.line.tenant_id
    )
    return {"search": search, "rows": rows, "sought": text}


def shown_of(request: TenantRequest, items: Sequence[Item]) -> dict[UUID, str]:
    return {item.id: request.POST.get(f"shown-{item.id}", "") for item in items}

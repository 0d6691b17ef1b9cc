"""Say what a bank line is, in its row of the page. GET opens the form in the row; without scripts
the row is a page of its own."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banking.models import BankAccount
from core.errors import InvalidState
from core.money import format_brl
from reconciliation.forms.acts import CreateForm, IgnoreForm, TransferForm
from reconciliation.matches.create import create_entry
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore as ignore_line
from reconciliation.matches.transfer import transfer as transfer_line
from reconciliation.reads.offers import (
    Usual,
    classifications,
    find_parties,
    other_accounts,
    other_sides,
    party_named,
    party_of,
    usual_classification,
    usual_reason,
)
from reconciliation.reads.pairs import Pair
from reconciliation.views.answer import pair_or_404, show_pair
from reconciliation.views.in_row import done, ids_of, opened, refused, told, typed
from tenants.access import TenantRequest, member_required, role_required
from tenants.models import Role

ZERO = Decimal("0.00")


@require_GET
@member_required
def show(request: TenantRequest, line_id: UUID) -> HttpResponse:
    """The row as it is now: what «Voltar» leads to."""
    return show_pair(request, pair_or_404(request, line_id))


# --- Create ---


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
def create(request: TenantRequest, line_id: UUID) -> HttpResponse:
    pair = pair_or_404(request, line_id)
    line = pair.line
    known = party_of(line)
    usual = Usual()
    if request.method == "GET":
        usual = usual_classification(line, request.membership)
    initial = {
        "seen": pair.version,
        "memo": line.description,
        "party": known.value if known else "",
        "account_1": usual.account,
        "center_1": usual.cost_center,
    }
    form = CreateForm(
        typed(request),
        initial=initial,
        accounts=classifications(line.tenant_id),
        tenant_id=line.tenant_id,
        auto_id=ids_of(line_id),
    )
    party = party_named(line.tenant_id, form["party"].value() or "")
    if form.is_valid():
        try:
            with form.marking():
                made = create_entry(
                    line_id,
                    form.slices,
                    by=request.membership,
                    memo=form.cleaned_data["memo"],
                    payee=party.payee if party else None,
                    payer=party.payer if party else None,
                    seen=form.seen_of(line),
                )
                return done(request, line_id, "Lançamento criado.", made)
        except InvalidState as error:
            return refused(request, line_id, form, "create", error, party=party)
    return opened(request, pair, "create", form=form, party=party)


@require_POST
@role_required(Role.ADMIN, Role.FINANCE)
def parties(request: TenantRequest, line_id: UUID) -> HttpResponse:
    """Whom the money may be of, as a person looks for them. Writes nothing."""
    pair = pair_or_404(request, line_id)
    context = {
        "line": pair.line,
        "party": party_named(pair.line.tenant_id, request.POST.get("party", "")),
        "found": find_parties(pair.line, request.POST.get("com", "")[:120]),
        "sought": request.POST.get("com", ""),
    }
    return render(request, "reconciliation/_parties.html", context)


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

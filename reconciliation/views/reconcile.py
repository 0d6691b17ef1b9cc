"""«Conciliar contas e cartões»: balances, and the statement of one account."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from banking.bank_accounts.overview import Card, overview_of
from banking.models import BankAccount
from banking.statements.listing import Page, Position, page_of
from banking.statements.progress import sync_progress
from banking.statements.unread import shown_unread
from brazil.banking_days import sao_paulo_day
from reconciliation.forms.filter import LineFilter, State
from reconciliation.forms.selection import filter_text, key_of
from reconciliation.position.board import board_of
from reconciliation.reads.lines import counts_of, lines_of, written
from reconciliation.reads.pairs import pairs_of, with_state
from tenants.access import TenantRequest, member_required


@require_GET
@member_required
def reconcile(request: TenantRequest) -> HttpResponse:
    account_id = chosen_id(request.GET)
    position = Position.read(after) if (after := request.GET.get("depois")) else None
    if request.htmx and position:
        account = get_object_or_404(BankAccount.objects.of(request.tenant), id=account_id)
        return render(request, "reconciliation/_days.html", statement(request, account, position))
    now = datetime.now(UTC)  # of what is shown only: no row is written
    overview = overview_of(request.tenant, now)
    card = overview.choose(account_id)
    if account_id and card is None:
        raise Http404
    board = board_of(request.tenant, overview, sao_paulo_day(now))
    context = {"overview": overview, "board": board, "card": card}
    if card:
        context["chosen"] = board.of(card)
        context |= account_status(card, now)
        accounts = [each.account for each in overview.cards]
        context |= statement(request, card.account, position, accounts)
        context |= selecting(request, card.account)
    return render(request, "reconciliation/reconcile.html", context)


def account_status(card: Card, now: datetime) -> dict[str, Any]:
    progress = sync_progress(
        card.account,
        is_in_plan=card.is_in_plan,
        now=now,
        unavailable_until=card.unavailable_until,
    )
    return {
        "account": card.account,
        "progress": progress,
        "unread": shown_unread(card.account),
    }


def statement(
    request: TenantRequest,
    account: BankAccount,
    position: Position | None,
    accounts: Sequence[BankAccount] | None = None,
) -> dict[str, Any]:
    """A page of the account's statement by what the address asks for. `accounts` are the company's,
    where they are known."""
    form = LineFilter(request.GET, auto_id="filtro_%s")
    page = Page([], None)
    if form.is_valid():
        lines = with_state(lines_of(account, form.cleaned_data))
        page = page_of(account, lines.select_related("bank_account"), position)
    shown = [line for day in page.days for line in day.lines]
    is_fragment = bool(request.htmx and position)
    pairs = pairs_of(account.tenant_id, shown, accounts)
    return {
        "pairs": pairs,
        "is_searching": any(pair.is_searching for pair in pairs.values()),
        "form": form,
        "chips": [] if is_fragment else chips_of(request, account, form, {}),
        "page": page,
        "is_first_page": position is None,
        "is_fragment": is_fragment,
        "more_url": address(request.GET, account, page.following) if page.following else "",
        "first_url": address(request.GET, account, None),
        "counts_url": reverse("reconciliation:counts") + address(request.GET, account, None),
    }


def selecting(request: TenantRequest, account: BankAccount) -> dict[str, str]:
    """What the selection of lines says of the filter that they were ticked in."""
    text = filter_text(request.GET, account)
    waiting = filter_text(request.GET.dict() | {"situacao": State.WAITING}, account)
    return {"filter_text": text, "filter_key": key_of(text), "waiting_text": waiting}


@require_GET
@member_required
def counts(request: TenantRequest) -> HttpResponse:
    """The situations with their counts and the meter, which the page asks for once it is there, and
    after acts. A text is looked for in every line: then nothing is counted."""
    account = get_object_or_404(BankAccount.objects.of(request.tenant), id=chosen_id(request.GET))
    form = LineFilter(request.GET, auto_id="filtro_%s")
    counted: Mapping[str, int] = {}
    if form.is_valid() and not form.cleaned_data.get("q"):
        counted = counts_of(account, form.cleaned_data)
    now = datetime.now(UTC)  # of what is shown only
    overview = overview_of(request.tenant, now)
    card = overview.choose(account.id)
    assert card is not None  # it is one of the company's
    board = board_of(request.tenant, overview, sao_paulo_day(now))
    context = {
        "overview": overview,
        "board": board,
        "card": card,
        "account": card.account,
        "chosen": board.of(card),
        "chips": chips_of(request, account, form, counted),
        "counts_url": request.get_full_path(),
        "is_counted": True,
    }
    return render(request, "reconciliation/_situations.html", context)


def chips_of(
    request: TenantRequest, account: BankAccount, form: LineFilter, counted: Mapping[str, int]
) -> list[dict[str, Any]]:
    page = reverse("reconciliation:reconcile")
    return [
        {
            "label": state.label,
            "url": page + in_state(request.GET, account, state),
            "current": form.state == state,
            "count": written(counted[state]) if state in counted else None,
        }
        for state in State
    ]


def in_state(query: QueryDict, account: BankAccount, state: str) -> str:
    query = query.copy()
    query["situacao"] = state
    return address(query, account, None)


def address(query: QueryDict, account: BankAccount, after: Position | None) -> str:
    """The same filters, at another place of the statement."""
    query = query.copy()
    query["conta"] = str(account.id)
    query.pop("depois", None)
    if after:
        query["depois"] = after.write()
    return f"?{query.urlencode()}"


def chosen_id(query: QueryDict) -> UUID | None:
    text = query.get("conta")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

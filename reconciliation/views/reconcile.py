"""«Conciliar contas e cartões»: balances, and the statement of one account."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from banking.bank_accounts.overview import Card, overview_of
from banking.models import BankAccount
from banking.statements.filter import StatementFilter
from banking.statements.listing import Page, Position, read_page
from banking.statements.progress import sync_progress
from banking.statements.unread import shown_unread
from brazil.banking_days import sao_paulo_day
from payments.reads.bank_lines import matched_of
from reconciliation.position.board import board_of
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
        context |= account_status(card, now) | statement(request, card.account, position)
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
    request: TenantRequest, account: BankAccount, position: Position | None
) -> dict[str, Any]:
    """A page of the account's statement by what the address asks for."""
    form = StatementFilter(request.GET, auto_id="filtro_%s")
    page = read_page(account, form.cleaned_data, position) if form.is_valid() else Page([], None)
    lines = [line for day in page.days for line in day.lines]
    return {
        "matches": matched_of(account.tenant_id, lines),
        "form": form,
        "page": page,
        "is_first_page": position is None,
        "is_fragment": bool(request.htmx and position),
        "more_url": address(request.GET, account, page.following) if page.following else "",
        "first_url": address(request.GET, account, None),
    }


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

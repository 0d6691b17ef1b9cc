"""What each of the four differences is made of, page by page, the newest day first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import JournalEntry, JournalLine
from banking.models import Allocation, BankAccount, DaysApart, OpenItem, OpenLine, StatementLine
from banking.statements.unread import open_unread
from reconciliation.models import MatchLine
from reconciliation.position.position import Position

PAGE = 50
LINES, ITEMS, APART, UNPROVED = "linhas", "lancamentos", "dias", "nao-provado"


@dataclass(frozen=True, slots=True)
class Row:
    """A bank line, an entry, or the two that are of different days."""

    day: dt.date
    amount: Decimal  # what is left of it
    line: StatementLine | None = None
    entry: JournalEntry | None = None
    whole: Decimal | None = None  # where a part of it stands for something
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    after: str = ""  # where the next one begins; empty at the end


def page_of(position: Position, part: str, after: str) -> Page:
    """Three queries at most."""
    if part == LINES:
        return lines_page(position, after)
    if part == ITEMS:
        return items_page(position, after)
    if part == APART:
        return apart_page(position, after)
    return unread_page(position.account)


def lines_page(position: Position, after: str) -> Page:
    rows = OpenLine.objects.of(position.account.tenant_id).filter(
        bank_account_id=position.account.id, day__lte=position.day
    )
    if base := base_day(position):
        rows = rows.filter(day__gt=base)
    found, following = cut(rows.exclude(rest=ignored_of_line()), after)
    lines = StatementLine.objects.of(position.account.tenant_id).defer("raw", "words_folded")
    by_id = lines.in_bulk([row.id for row in found])
    return Page([line_row(row, by_id[row.id]) for row in found], following)


def ignored_of_line() -> Coalesce:
    """How much of an open line people set aside."""
    told = MatchLine.objects.filter(tenant=OuterRef("tenant"), statement_line=OuterRef("pk"))
    sums = told.filter(is_ignored=True, ended_at=None).order_by().values("statement_line")
    return Coalesce(Subquery(sums.annotate(sum=Sum("amount")).values("sum")), Decimal(0))


def line_row(row: OpenLine, line: StatementLine) -> Row:
    return Row(row.day, row.rest, line=line, whole=left_of(row.rest, line.amount))


def items_page(position: Position, after: str) -> Page:
    day = position.day
    rows = (
        OpenItem.objects.of(position.account.tenant_id)
        .on(position.account.ledger_account_id)
        .filter(Q(reversed_on=None) | Q(reversed_on__gt=day), day__lte=day)
    )
    found, following = cut(rows, after)
    lines = JournalLine.objects.of(position.account.tenant_id).select_related("entry")
    by_id = lines.in_bulk([row.id for row in found])
    return Page([item_row(row, by_id[row.id]) for row in found], following)


def item_row(row: OpenItem, line: JournalLine) -> Row:
    return Row(row.day, row.rest, entry=line.entry, whole=left_of(row.rest, line.amount))


def left_of(rest: Decimal, whole: Decimal) -> Decimal | None:
    return None if rest == whole else whole


def apart_page(position: Position, after: str) -> Page:
    day = position.day
    rows = DaysApart.objects.of(position.account.tenant_id).filter(
        bank_account_id=position.account.id, since__lte=day, until__gt=day
    )
    if base := base_day(position):
        rows = rows.exclude(is_line_first=True, since__lte=base)
    found, following = cut(rows.annotate(day=F("since")), after)
    parts = Allocation.objects.of(position.account.tenant_id).select_related(
        "statement_line", "journal_line__entry"
    )
    by_id = parts.in_bulk([row.id for row in found])
    return Page([apart_row(row, by_id[row.id]) for row in found], following)


def apart_row(row: DaysApart, part: Allocation) -> Row:
    line, entry = part.statement_line, part.journal_line.entry
    note = (
        f"no extrato em {line.booked_on:%d/%m/%Y}, na contabilidade em {entry.date:%d/%m/%Y}"
        if row.until.year < dt.MAXYEAR
        else "na Conta do Ativo anterior"
    )
    return Row(row.since, row.amount, line=line, entry=entry, note=note)


def unread_page(account: BankAccount) -> Page:
    rows = open_unread(account).order_by("-first_seen_at", "-id")[:PAGE]
    return Page(
        [
            Row(row.day or row.seen_since, Decimal(0), note=row.reason_words)
            for row in rows.defer("raw")
        ]
    )


def base_day(position: Position) -> dt.date | None:
    if position.opening is not None:
        return position.opening.day
    return position.beginning.day if position.beginning else None


# --- Pages by key -------------------------------------------------------------------------


def cut(rows: "QuerySet[Any]", after: str) -> tuple[list[Any], str]:
    """A page of them, and the key of its last row where more follow."""
    if after:
        day, row_id = read_key(after)
        rows = rows.filter(Q(day__lt=day) | Q(day=day, id__lt=row_id))
    found = list(rows.order_by("-day", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    return shown, write_key(shown[-1]) if len(found) > PAGE else ""


def write_key(row: Any) -> str:
    return f"{row.day.isoformat()}.{row.id}"


def read_key(text: str) -> tuple[dt.date, UUID]:
    """
    Raises:
        BadRequest: it was not written by `write_key`.
    """
    day, _, row_id = text.partition(".")
    try:
        return dt.date.fromisoformat(day), UUID(row_id)
    except ValueError as error:
        raise BadRequest("not a place in a list") from error

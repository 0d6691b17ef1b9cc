"""The stored statement as people read it: by day, newest first, a page at a time.

Pages are found by key (booked_on, occurred_at, id), so the last costs what the first does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from banking.models import BankAccount, DailyBalance, StatementLine
from banking.statements.allocation import PART
from core.text import fold

PAGE = 50
# 1.234,56 or 1234,56 or 1234, with or without sign and R$.
AMOUNT = re.compile(
    r"(?P<sign>[-−+]?)\s*(?:R\$)?\s*(?P<reais>\d{1,3}(?:\.\d{3}){1,3}|\d{1,9})(?:,(?P<cents>\d{2}))?",
    re.ASCII,
)
SHORTEST_DOCUMENT = 3
# What the bank says that the account had at the end of a line's day.
CLOSING = Subquery(
    DailyBalance.objects.filter(
        tenant=OuterRef("tenant"), bank_account=OuterRef("bank_account"), day=OuterRef("booked_on")
    ).values("closing")
)

_signer = signing.Signer(salt="banking.statements.listing")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    closing: Decimal | None
    lines: list[StatementLine]
    is_continued: bool  # its first lines are on the page before


@dataclass(frozen=True, slots=True)
class Position:
    """The last line of a page."""

    booked_on: date
    occurred_at: datetime
    id: UUID

    @classmethod
    def of(cls, line: StatementLine) -> "Position":
        return cls(line.booked_on, line.occurred_at, line.id)

    def write(self) -> str:
        return _signer.sign_object(
            [self.booked_on.isoformat(), self.occurred_at.isoformat(), str(self.id)]
        )

    @classmethod
    def read(cls, text: str) -> "Position":
        """
        Raises:
            BadRequest: it was not written by `write`.
        """
        try:
            booked_on, occurred_at, line_id = _signer.unsign_object(text)
        except signing.BadSignature as error:
            raise BadRequest("not a position in a statement") from error
        return cls(
            date.fromisoformat(booked_on), datetime.fromisoformat(occurred_at), UUID(line_id)
        )


@dataclass(frozen=True, slots=True)
class Page:
    days: list[Day]
    following: Position | None  # None: it is the last page

    @property
    def line_count(self) -> int:
        return sum(len(day.lines) for day in self.days)


def read_page(account: BankAccount, filters: Mapping[str, Any], after: Position | None) -> Page:
    """One query, whatever the number of lines. `filters` are a StatementFilter's values."""
    return page_of(account, matching(account, filters), after)


def page_of(account: BankAccount, lines: "QuerySet[Any]", after: Position | None) -> Page:
    """The same of lines of the account that were chosen before."""
    if after is not None:
        key = Tuple("booked_on", "occurred_at", "id")
        lines = lines.filter(TupleLessThan(key, (after.booked_on, after.occurred_at, after.id)))
    rows: QuerySet[Any] = lines.order_by("-booked_on", "-occurred_at", "-id")
    rows = rows.annotate(is_allocated=PART, closing_of_day=CLOSING).defer("raw", "words_folded")
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return Page(
        days=by_day(shown, continues=after.booked_on if after else None),
        following=Position.of(shown[-1]) if len(found) > PAGE else None,
    )


def matching(account: BankAccount, filters: Mapping[str, Any]) -> "QuerySet[StatementLine]":
    lines: QuerySet[StatementLine] = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account
    )
    if since := filters.get("de"):
        lines = lines.filter(booked_on__gte=since)
    if until := filters.get("ate"):
        lines = lines.filter(booked_on__lte=until)
    if text := filters.get("q"):
        lines = lines.filter(mentions(text))
    return lines


def mentions(text: str) -> Q:
    """Lines with the text in their words, the digits in their document, or the amount.

    Accents and capitals do not matter.
    """
    found = Q(words_folded__contains=fold(text))
    document = re.sub(r"[./\s-]", "", text).upper()
    if len(document) >= SHORTEST_DOCUMENT and re.search(r"\d", document):
        found |= Q(counterparty_document__contains=document)
    if amount := AMOUNT.fullmatch(text):
        found |= Q(amount__in=amounts(amount))
    return found


def amounts(typed: re.Match[str]) -> list[Decimal]:
    """What was typed, as money in and as money out unless the sign says which."""
    value = Decimal(typed["reais"].replace(".", "") + "." + (typed["cents"] or "00"))
    match typed["sign"]:
        case "":
            return [value, -value]
        case "+":
            return [value]
        case _:
            return [-value]


def by_day(lines: list[Any], *, continues: date | None) -> list[Day]:
    days = [(day, list(of_day)) for day, of_day in groupby(lines, key=attrgetter("booked_on"))]
    return [
        Day(day, of_day[0].closing_of_day, of_day, is_continued=day == continues)
        for day, of_day in days
    ]

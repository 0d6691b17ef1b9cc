"""Other lines of an account that a line may be looked at with: of the same match, or that it gives
back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from banking.models import Allocation, StatementLine
from banking.statements.listing import mentions
from reconciliation.reads.lines import waiting
from reconciliation.reads.pairs import with_state

SHOWN = 10
LOOKED_AT = 100
NEAR = timedelta(days=45)
BACK = timedelta(days=120)  # a return comes that late at most


@dataclass(frozen=True, slots=True)
class BesideRow:
    """A line that may go into the same match. `version` is that of the line as it is shown."""

    line: Any
    is_chosen: bool
    version: int

    @property
    def name(self) -> str:
        return f"{self.line.id}:{self.version}"


def read_beside(texts: Sequence[str]) -> dict[UUID, int]:
    """«id:version», as the form sends them; what cannot be read is none."""
    found = {}
    for text in texts:
        name, _, version = text.partition(":")
        try:
            found[UUID(name)] = int(version)
        except ValueError:
            continue
    return found


def lines_beside(line: StatementLine, chosen: Collection[UUID], text: str) -> list[Any]:
    """Open lines of the account and side: those that are chosen, then the most alike and near."""
    rows = open_beside(line)
    mine = list(rows.filter(id__in=chosen))
    others = rows.exclude(id__in=chosen)
    if text:
        others = others.filter(mentions(text))
    else:
        others = others.filter(booked_on__range=(line.booked_on - NEAR, line.booked_on + NEAR))
    alike = Case(When(like(line), then=Value(0)), default=Value(1), output_field=IntegerField())
    found = list(others.annotate(alike=alike).order_by("alike", "-booked_on", "-id")[: SHOWN * 5])
    found.sort(key=lambda each: (each.alike, abs(each.booked_on - line.booked_on)))
    return [*mine, *found[:SHOWN]]


def open_beside(line: StatementLine) -> "QuerySet[Any]":
    account = line.bank_account
    rows = StatementLine.objects.of(line.tenant_id).filter(
        bank_account=account, id__in=waiting(account).values("id")
    )
    rows = rows.filter(amount__gt=0) if line.is_incoming else rows.filter(amount__lt=0)
    return with_state(rows.exclude(id=line.id).defer("raw")).order_by("booked_on", "id")


def like(line: StatementLine) -> Q:
    if line.counterparty_document:
        return Q(counterparty_document=line.counterparty_document)
    return Q(words_folded=line.words_folded)


def lines_given_back(line: StatementLine) -> list[StatementLine]:
    """What a line may give back: an earlier one of the other side, of as much or more. Of equal
    value first, then by the words that they have in common."""
    rows = StatementLine.objects.of(line.tenant_id).filter(
        bank_account=line.bank_account_id,
        booked_on__range=(line.booked_on - BACK, line.booked_on),
    )
    size = abs(line.amount)
    rows = rows.filter(amount__lte=-size) if line.is_incoming else rows.filter(amount__gte=size)
    rank = Case(
        When(amount=-line.amount, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    ordered = rows.annotate(rank=rank).order_by("rank", "-booked_on", "-id")
    near = list(ordered.defer("raw").select_related("bank_account")[:LOOKED_AT])
    near.sort(key=lambda each: (each.rank, -words_in_common(line, each)))
    return near[:SHOWN]


def words_in_common(line: StatementLine, other: StatementLine) -> int:
    if line.counterparty_document and line.counterparty_document == other.counterparty_document:
        return LOOKED_AT
    return len(set(line.words_folded.split()) & set(other.words_folded.split()))


def parts_given_back(line: StatementLine, others: Sequence[StatementLine]) -> list[Allocation]:
    """What the other lines stand for, of as much as came back or more."""
    parts = Allocation.objects.of(line.tenant_id).standing().filter(statement_line__in=others)
    found = parts.select_related("journal_line__entry", "statement_line").order_by("id")
    return [part for part in found if abs(part.amount) >= abs(line.amount)]

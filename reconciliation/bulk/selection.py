"""Which bank lines a person chose: some by name, or all that a filter finds but some.

The server counts and sums them; what the browser shows ticked is no more than what it sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from banking.models import BankAccount
from core.errors import InvalidInput
from core.plurals import dotted
from reconciliation.matches.amounts import MONEY, ZERO
from reconciliation.reads.lines import lines_of, with_rest

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Selection:
    """`ids` are the lines that are chosen or, with `is_all`, those that are not."""

    account: BankAccount
    filters: Mapping[str, Any]  # a LineFilter's values
    ids: frozenset[UUID] = field(default_factory=frozenset)
    is_all: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.is_all and not self.ids

    def lines(self) -> "QuerySet[Any]":
        """Each with what is `open` of it. Lines of other accounts are none."""
        if self.is_all:
            return with_rest(lines_of(self.account, self.filters)).exclude(id__in=self.ids)
        return with_rest(lines_of(self.account, {})).filter(id__in=self.ids)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is chosen, at most MOST + 1 lines of it. Amounts are positive."""

    count: int
    came: Decimal
    left: Decimal
    open: int  # of which a part is open
    said: int  # of which a part is not
    found: int  # how many lines the filter finds, at most MOST + 1

    @property
    def is_too_much(self) -> bool:
        return self.count > MOST

    @property
    def most(self) -> str:
        return dotted(MOST)


def summary_of(selection: Selection) -> Summary:
    """Two queries."""
    found = counted(lines_of(selection.account, selection.filters))
    if selection.is_empty:
        return Summary(0, ZERO, ZERO, 0, 0, found)
    rows = selection.lines().order_by()[: MOST + 1]
    told = rows.aggregate(
        count=Count("id"),
        came=money(Q(amount__gt=0)),
        left=money(Q(amount__lt=0)),
        is_open=Count("id", filter=~Q(open=0)),
        said=Count("id", filter=~Q(open=F("amount"))),
    )
    return Summary(told["count"], told["came"], -told["left"], told["is_open"], told["said"], found)


def money(wanted: Q) -> Coalesce:
    return Coalesce(Sum("amount", filter=wanted), ZERO, output_field=MONEY)


def counted(lines: "QuerySet[Any]") -> int:
    return lines.order_by().values("id")[: MOST + 1].count()


def require_possible(count: int) -> None:
    """
    Raises:
        InvalidInput: there are none, or more than one act takes.
    """
    if count > MOST:
        raise InvalidInput(
            f"Um ato vai até {dotted(MOST)} linhas: restrinja o filtro.", code="too_many"
        )
    if not count:
        raise InvalidInput("Selecione as linhas do extrato.", code="none")

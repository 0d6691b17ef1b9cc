"""The automatic matches of a week's sample, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from banking.models import StatementLine
from reconciliation.models import MatchLine, Sample
from reconciliation.reads.history import Link, links_of
from reconciliation.reads.pairs import how_of, reasons_of
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Asked:
    sample: Any
    lines: Sequence[StatementLine]
    links: Sequence[Link]  # what they were matched with
    how: str
    reasons: Sequence[str]
    can_undo: bool


def asked_in(tenant: Tenant, week: date) -> list[Asked]:
    """Those without an answer first. Four queries. Runs inside the company's scope."""
    people = ("match__rule", "match__undone_by", "answered_by")
    rows = list(Sample.objects.of(tenant).filter(week=week).select_related(*people))
    rows.sort(key=lambda each: (each.is_right is not None, each.match.made_at, each.id))
    matches = [each.match_id for each in rows]
    lines, links = lines_of(tenant.id, matches), links_of(tenant.id, matches)
    return [
        Asked(
            sample=each,
            lines=lines.get(each.match_id, []),
            links=links.get(each.match_id, []),
            how=how_of(each.match),
            reasons=reasons_of(each.match),
            can_undo=each.match.ended_at is None,
        )
        for each in rows
    ]


def lines_of(tenant_id: UUID, matches: Sequence[UUID]) -> dict[UUID, list[StatementLine]]:
    """By match, in the order of their days."""
    found: dict[UUID, list[StatementLine]] = {}
    rows = MatchLine.objects.of(tenant_id).filter(match__in=matches)
    named = rows.select_related("statement_line__bank_account").defer("statement_line__raw")
    for each in named.order_by("statement_line__booked_on", "statement_line"):
        found.setdefault(each.match_id, []).append(each.statement_line)
    return found

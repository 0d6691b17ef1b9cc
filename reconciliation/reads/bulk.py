"""An act on many lines as the page tells of it: under way, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from core.plurals import counted
from reconciliation.models import BulkAct, BulkLine, MatchLine

Kind, State = BulkAct.Kind, BulkLine.State
SHOWN = 50  # of those that were refused
# «8 conciliadas», «1 conciliada».
DONE = {
    Kind.ACCEPT: ("conciliada", "conciliadas"),
    Kind.IGNORE: ("ignorada", "ignoradas"),
    Kind.CREATE: ("lançamento criado", "lançamentos criados"),
    Kind.UNDO: ("desfeita", "desfeitas"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    bulk: BulkAct
    done: int
    asked: int
    refused: int
    waiting: int
    reasons: Sequence[Any]  # lines that were refused, each with its `words`

    @property
    def total(self) -> int:
        return self.done + self.asked + self.refused + self.waiting

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // max(self.total, 1)

    @property
    def words(self) -> str:
        """«8 conciliadas, 2 não.»"""
        told = [counted(self.done, *DONE[Kind(self.bulk.kind)])]
        if self.asked:
            told.append(counted(self.asked, "aguarda outra pessoa", "aguardam outra pessoa"))
        if self.refused:
            told.append(f"{self.refused} não")
        return ", ".join(told) + "."

    @property
    def tone(self) -> str:
        return "warn" if self.refused else "info" if self.asked else "ok"


def outcome_of(bulk: BulkAct) -> Outcome:
    rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk)
    by_state = dict(rows.order_by().values_list("state").annotate(n=Count("id")))
    reasons: list[BulkLine] = []
    if by_state.get(State.REFUSED):
        told = rows.refused().select_related("statement_line").defer("statement_line__raw")
        reasons = list(told.order_by("position")[:SHOWN])
    return Outcome(
        bulk,
        done=by_state.get(State.DONE, 0),
        asked=by_state.get(State.ASKED, 0),
        refused=by_state.get(State.REFUSED, 0),
        waiting=by_state.get(State.WAITING, 0),
        reasons=reasons,
    )


def touched_by(bulk: BulkAct, most: int) -> list[UUID]:
    """The lines of its account on which it acted, also those that were not chosen; of more than
    `most` only so many that it is known."""
    rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk).exclude(state=State.LEFT_OUT)
    told = list(rows.values_list("statement_line_id", "plan")[: most + 1])
    lines = dict.fromkeys(line for line, _ in told)
    if bulk.kind == Kind.UNDO and len(told) <= most:
        matches = {each for _, plan in told for each in plan["matches"] + plan.get("first", [])}
        others = MatchLine.objects.of(bulk.tenant_id).filter(
            match__in=matches, statement_line__bank_account=bulk.bank_account_id
        )
        lines |= dict.fromkeys(others.values_list("statement_line_id", flat=True)[: most + 1])
    return list(lines)

"""The person of a play, who accepts a first proposal when it is the truth and does nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from benchmarks.matching.judge import Judge
from benchmarks.matching.load import Loaded
from benchmarks.matching.read_back import ReadBack
from core.errors import DomainError
from reconciliation.engine.accept import accept
from reconciliation.models import Proposal
from tenants.scope import tenant_scope

SHOWN = 3


@dataclass(slots=True)
class Person:
    loaded: Loaded
    back: ReadBack
    judge: Judge
    first: set[str] = field(default_factory=set)  # whether or not the product lets it be accepted
    in_three: set[str] = field(default_factory=set)
    proposed: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)  # why accepting the truth was refused
    _seen: set[UUID] = field(default_factory=set)
    _since: datetime | None = None

    def look(self) -> list[Proposal]:
        """At what was proposed since the last look. Returns the first ones that are the truth.
        Inside the company's scope."""
        return [first for proposals in self._fresh() if (first := self._judge(proposals))]

    def accept(self, true: Sequence[Proposal]) -> int:
        """Each in a transaction of its own. Returns how much was accepted."""
        touched: set[UUID] = set()
        accepted = 0
        for first in true:
            used = {*first.lines, *first.items}
            if used & touched:  # its line is proposed for anew
                continue
            touched |= used
            accepted += self._accept(first)
        return accepted

    def _fresh(self) -> Iterator[list[Proposal]]:
        """The new ones, line by line in the order of days, the first one first."""
        rows = Proposal.objects.of(self.loaded.tenant)
        if self._since is not None:
            rows = rows.filter(made_at__gte=self._since)
        by_line: dict[UUID, list[Proposal]] = {}
        for each in rows.order_by("made_at", "line_id", "rank"):
            if each.id not in self._seen:
                by_line.setdefault(each.line_id, []).append(each)
        for found in by_line.values():
            self._seen |= {each.id for each in found}
            self._since = max(found[0].made_at, self._since or found[0].made_at)
        return iter(by_line.values())

    def _judge(self, proposals: list[Proposal]) -> Proposal | None:
        """The first one, if it is the truth."""
        self.proposed.add(self.back.lines.told[proposals[0].line_id])
        for place, each in enumerate(proposals[:SHOWN]):
            told = self.back.proposed(each.lines, each.parts)
            if told is not None and self.judge.is_true(told):
                self.in_three |= told.lines
                if place == 0:
                    self.first |= told.lines
                return each if place == 0 else None
        return None

    def _accept(self, proposal: Proposal) -> bool:
        try:
            with tenant_scope(self.loaded.tenant.id):
                return all(done.match for done in accept(proposal, by=self.loaded.person))
        except DomainError as error:
            self.refused.append(f"{proposal.kind} {error.code}: {error}")
            return False

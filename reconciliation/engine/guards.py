"""What keeps a certain match from being made by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from banking.models import LineDoubt
from core.clock import database_now
from reconciliation.engine.books.gathered import Gathered
from reconciliation.matches.undo import undone_before
from reconciliation.models import Automation, MatchLine, OpenedLine
from reconciliation.proposals.facts import Proposal
from tenants.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class Guards:
    by_evidence: frozenset[str]  # accounts
    opened: frozenset[str]  # lines that a person looks at
    undone: frozenset[tuple[str, str]]  # (line, item) that people took apart
    undone_lines: frozenset[str]  # lines of a transfer or return that people took apart
    doubtful: frozenset[str]  # lines that may be one movement with another line

    @classmethod
    def of(cls, tenant_id: UUID, lines: Collection[UUID]) -> "Guards":
        """Five queries. Runs inside the company's scope."""
        on = Automation.objects.of(tenant_id).filter(by_evidence=True)
        since = database_now() - OpenedLine.LEFT_ALONE
        opened = OpenedLine.objects.of(tenant_id).filter(opened_at__gt=since, id__in=lines)
        pairs = undone_before(tenant_id, lines)
        between = MatchLine.objects.of(tenant_id).filter(
            statement_line__in=lines,
            match__undone_by__isnull=False,
            match__kind__in=["transfer", "give_back"],
        )
        doubts = LineDoubt.objects.of(tenant_id).open()
        return cls(
            frozenset(map(str, on.values_list("bank_account", flat=True))),
            frozenset(map(str, opened.values_list("id", flat=True))),
            frozenset((str(line), str(item)) for line, _, item in pairs),
            frozenset(map(str, between.values_list("statement_line", flat=True))),
            frozenset(str(line) for pair in doubts.values_list("line", "told") for line in pair),
        )

    def allow(self, gathered: Gathered, proposal: Proposal) -> bool:
        if any(item in gathered.unsure for item, _ in proposal.parts):
            return False
        if (self.opened | self.doubtful).intersection(proposal.lines):
            return False
        if proposal.kind != "settle" and self.undone_lines.intersection(proposal.lines):
            return False
        for line in proposal.lines:
            if any((line, gathered.entry_of(item)) in self.undone for item, _ in proposal.parts):
                return False
        if proposal.degree == "id":
            return True
        accounts = {gathered.book.lines[line].account for line in proposal.lines}
        return accounts <= self.by_evidence


@dataclass
class GuardsToRead:
    """Read where something is certain; mostly nothing is. Outside of any transaction."""

    tenant_id: UUID
    _guards: Guards | None = None

    def allow(self, gathered: Gathered, proposal: Proposal) -> bool:
        if not self._guards:
            with tenant_scope(self.tenant_id):
                self._guards = Guards.of(self.tenant_id, [UUID(line.id) for line in gathered.lines])
        return self._guards.allow(gathered, proposal)

"""What bank lines are most likely of, as the engine keeps it and the page offers it. A person
accepts it, or nobody does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from banking.models import BankAccount, StatementLine
from reconciliation.engine.accept import KINDS, Offer
from reconciliation.engine.words import reason_words
from reconciliation.matches.differences import Difference
from reconciliation.models import LineReading
from reconciliation.models import Proposal as Kept
from reconciliation.reads.named import Named, OtherLine, ProposedItem, named_in
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")
# From which score on a proposal is called certain, and likely. One that the engine is certain of
# has at least the first, another one less.
CERTAIN, LIKELY = 85, 60
BATCH = 500
KEPT = (
    "id", "rank", "kind", "degree", "score", "lines", "parts", "items", "difference", "reasons",
    "undoes",
)  # fmt: skip
UUIDS = ("lines", "items", "undoes")
# Marks that rather speak against it.
DOUBTS = frozenset(("namesake", "likely"))
STROKES = {3: "certa", 2: "provável", 1: "incerta"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Items that a line is of; or, of a transfer or a return, its other line."""

    kept: Kept
    score: int  # 0 to 100
    reasons: Sequence[str]  # Portuguese, the strongest first
    doubts: Sequence[str] = ()  # what speaks against it
    items: Sequence[ProposedItem] = ()
    differences: Sequence[Difference] = ()
    beside: Sequence[OtherLine] = ()
    others: Sequence["Proposal"] = field(default=())  # of the same line, less likely

    @property
    def title(self) -> str:
        if self.kept.kind == Kept.Kind.TRANSFER:
            return f"Entre contas: {self.beside[0].line.bank_account}"
        if self.kept.kind == Kept.Kind.RETURN:
            return "Devolução ou estorno"
        return " + ".join(item.title for item in self.items)

    @property
    def value(self) -> str:
        """What it proposes, for comparing what a person saw with what is proposed now."""
        parts = [f"{item.name}={item.amount}" for item in self.items]
        parts += [f"{each.kind.value}={each.amount}" for each in self.differences]
        parts += [f"line:{line}" for line in self.kept.lines if line != self.kept.line_id]
        return "+".join([str(self.kept.kind), *parts])

    @property
    def verb(self) -> str:
        if self.kept.kind == Kept.Kind.TRANSFER:
            return "Transferir"
        if self.kept.kind == Kept.Kind.RETURN:
            return "Ligar"
        return f"Conciliar as {len(self.beside) + 1}" if self.beside else "Conciliar"

    @property
    def lines(self) -> list[UUID]:
        """The others that go with it."""
        return [each.line.id for each in self.beside]

    @property
    def is_settling(self) -> bool:
        return self.kept.kind == Kept.Kind.SETTLE

    @property
    def strokes(self) -> int:
        """How sure it is, of three."""
        return 3 if self.score >= CERTAIN else 2 if self.score >= LIKELY else 1

    @property
    def certainty(self) -> str:
        return STROKES[self.strokes]


def offer_of(proposal: Proposal, line: StatementLine, version: int) -> Offer:
    """To be accepted as it is shown; `version` is that of the line as the person saw it."""
    seen = {line.id: version} | {each.line.id: each.version for each in proposal.beside}
    shown = {str(item.id): item.shown for item in proposal.items}
    return Offer(proposal.kept, seen, shown)


def scored(lines: "QuerySet[Any]") -> Iterator[tuple[Any, Proposal | None]]:
    """Each line of a query, in its order, with its proposal; a batch at a time."""
    batch: list[Any] = []
    for line in lines.iterator(chunk_size=BATCH):
        batch.append(line)
        if len(batch) == BATCH:
            yield from with_proposals(batch)
            batch = []
    yield from with_proposals(batch)


def with_proposals(lines: Sequence[Any]) -> Iterator[tuple[Any, Proposal | None]]:
    if lines:
        tenant_id = lines[0].tenant_id
        accounts = {each.id: each for each in BankAccount.objects.of(tenant_id)}
        found = proposals_of(tenant_id, [line for line in lines if line.kept], accounts)
        yield from ((line, found.get(line.id)) for line in lines)


def proposals_of(
    tenant_id: UUID, lines: Sequence[Any], accounts: Mapping[UUID, BankAccount]
) -> dict[UUID, Proposal]:
    """By line, the likeliest with the others in it. Lines are annotated with their `kept_rows`,
    `accounts` are the company's. Three queries at most, whatever the number of lines."""
    kept = {line.id: kept_of(line) for line in lines}
    named = named_in(tenant_id, [row for rows in kept.values() for row in rows], accounts)
    found = {}
    for line in lines:
        proposals = [proposal_of(row, line, named) for row in kept[line.id]]
        if made := [each for each in proposals if each is not None]:
            found[line.id] = with_others(made)
    return found


def with_others(made: Sequence[Proposal]) -> Proposal:
    first, *others = made
    return Proposal(
        kept=first.kept, score=first.score, reasons=first.reasons, doubts=first.doubts,
        items=first.items, differences=first.differences, beside=first.beside, others=others,
    )  # fmt: skip


def proposal_of(
    row: Kept,
    line: StatementLine,
    named: Named,
) -> Proposal | None:
    """None: something of it is not there any more, and it is about to be replaced."""
    parts = [part_of(named.items.get(part["id"]), part) for part in row.parts]
    others = [named.lines.get(each) for each in row.lines if each != line.id]
    if None in parts or None in others:
        return None
    chosen = [each for each in parts if each is not None]
    gone = [each for each in others if each is not None]
    return Proposal(
        kept=row,
        score=max(row.score, CERTAIN) if row.degree else min(row.score, CERTAIN - 1),
        reasons=reason_words(mark for mark in row.reasons if mark not in DOUBTS),
        doubts=reason_words(mark for mark in row.reasons if mark in DOUBTS),
        items=chosen if row.kind == Kept.Kind.SETTLE else chosen[:1],
        differences=differences_of(row, line, chosen, gone),
        beside=gone,
    )


def part_of(item: ProposedItem | None, part: Mapping[str, str]) -> ProposedItem | None:
    if item is None:
        return None
    amount = Decimal(part["amount"])
    return ProposedItem(
        item.kind, item.id, item.title, item.detail, item.due_date, amount, item.shown
    )


def differences_of(
    row: Kept, line: StatementLine, parts: Sequence[ProposedItem], beside: Sequence[OtherLine]
) -> list[Difference]:
    """What the lines moved more or less than the items, with its sign on the bank."""
    if row.difference is None:
        return []
    lines = [line, *(each.line for each in beside)]
    moved = sum((abs(each.amount) for each in lines), ZERO)
    owed = sum((part.amount for part in parts), ZERO)
    sign = (1 if moved > owed else -1) * (1 if line.is_incoming else -1)
    amount = Decimal(row.difference["amount"]) * sign
    return [Difference(KINDS[row.difference["kind"]], amount)]


# --- Whether it was looked for ---


def read() -> TenantQuerySet:
    """That the engine has looked at a line as it is now; of the line around it."""
    rows: TenantQuerySet = LineReading.objects.filter(
        tenant=OuterRef("tenant"), id=OuterRef("pk"), read_at__isnull=False, is_due=False
    )
    return rows


def kept_rows() -> ArraySubquery:
    """What is kept for the line around it, the likeliest first; `kept_of` reads it."""
    rows = Kept.objects.filter(tenant=OuterRef("tenant"), line_id=OuterRef("pk"))
    return ArraySubquery(rows.order_by("rank").values(told=JSONObject(**{f: f for f in KEPT})))


def kept_of(line: Any) -> list[Kept]:
    return [
        Kept(tenant_id=line.tenant_id, line_id=line.id, **told | uuids)
        for told in line.kept
        for uuids in [{name: [UUID(each) for each in told[name]] for name in UUIDS}]
    ]

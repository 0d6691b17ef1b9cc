"""What bank lines are most likely of, as the engine keeps it and the page offers it. A person
accepts it, or nobody does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet

from accounts.models import JournalLine
from banking.models import StatementLine
from charges.models import Charge
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.engine.accept import KINDS, Offer
from reconciliation.engine.words import reason_words
from reconciliation.matches.differences import Difference
from reconciliation.matches.hold import versions_of
from reconciliation.matches.items import ItemKind
from reconciliation.models import LineReading
from reconciliation.models import Proposal as Kept
from reconciliation.reads.items import digests_of
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")
# From which score on a proposal is called certain, and likely. One that the engine is certain of
# has at least the first, another one less.
CERTAIN, LIKELY = 85, 60
BATCH = 500
# Marks that rather speak against it.
DOUBTS = frozenset(("namesake", "likely"))
STROKES = {3: "certa", 2: "provável", 1: "incerta"}


@dataclass(frozen=True, slots=True)
class ProposedItem:
    """An open item, and how much of it: positive."""

    kind: ItemKind
    id: UUID
    title: str
    detail: str
    due_date: date
    amount: Decimal
    shown: str = ""  # of a bill that waits for approval: the digest of what is shown

    @property
    def name(self) -> str:
        """As forms name it."""
        return f"{self.kind.value}:{self.id}"

    @property
    def is_due(self) -> bool:
        return self.kind is not ItemKind.ENTRY


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line that goes with the one that is looked at. `version` is that of the line as shown."""

    line: StatementLine
    version: int

    @property
    def name(self) -> str:
        return f"{self.line.id}:{self.version}"


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
        found = proposals_of(lines[0].tenant_id, [line for line in lines if line.is_proposed])
        yield from ((line, found.get(line.id)) for line in lines)


def proposals_of(tenant_id: UUID, lines: Sequence[StatementLine]) -> dict[UUID, Proposal]:
    """By line, the likeliest with the others in it. Eight queries at most, whatever the number of
    lines; one where nothing is proposed."""
    if not lines:
        return {}
    kept = Kept.objects.of(tenant_id).filter(line_id__in=[line.id for line in lines])
    rows = list(kept.order_by("line_id", "rank"))
    if not rows:
        return {}
    items = items_of(tenant_id, rows)
    beside = beside_of(tenant_id, rows)
    by_id = {line.id: line for line in lines}
    found: dict[UUID, list[Proposal]] = {}
    for row in rows:
        made = proposal_of(row, by_id[row.line_id], items, beside)
        if made is not None:
            found.setdefault(row.line_id, []).append(made)
    return {line: with_others(made) for line, made in found.items()}


def with_others(made: Sequence[Proposal]) -> Proposal:
    first, *others = made
    return Proposal(
        kept=first.kept, score=first.score, reasons=first.reasons, doubts=first.doubts,
        items=first.items, differences=first.differences, beside=first.beside, others=others,
    )  # fmt: skip


def proposal_of(
    row: Kept,
    line: StatementLine,
    items: Mapping[str, ProposedItem],
    beside: Mapping[UUID, OtherLine],
) -> Proposal | None:
    """None: something of it is not there any more, and it is about to be replaced."""
    parts = [part_of(items.get(part["id"]), part) for part in row.parts]
    others = [beside.get(each) for each in row.lines if each != line.id]
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


# --- What they are of ---


def beside_of(tenant_id: UUID, rows: Iterable[Kept]) -> dict[UUID, OtherLine]:
    ids = {each for row in rows for each in row.lines if each != row.line_id}
    if not ids:
        return {}
    versions = versions_of(tenant_id, ids)
    lines = StatementLine.objects.of(tenant_id).filter(id__in=ids).defer("raw")
    return {
        line.id: OtherLine(line, versions[line.id]) for line in lines.select_related("bank_account")
    }


def items_of(tenant_id: UUID, rows: Iterable[Kept]) -> dict[str, ProposedItem]:
    """By their ids in text."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for part in row.parts:
            wanted.setdefault(part["kind"], set()).add(part["id"])
    found: list[ProposedItem] = []
    if ids := wanted.get(ItemKind.BILL):
        found += bills_named(tenant_id, ids)
    if ids := wanted.get(ItemKind.CHARGE):
        charges = Charge.objects.of(tenant_id).filter(id__in=ids).select_related("payer")
        found += [of_charge(charge) for charge in charges]
    if ids := wanted.get(ItemKind.ENTRY):
        posted = JournalLine.objects.of(tenant_id).filter(id__in=ids).select_related("entry")
        found += [of_entry(each) for each in posted]
    return {str(item.id): item for item in found}


def bills_named(tenant_id: UUID, ids: Iterable[str]) -> list[ProposedItem]:
    bills = list(Payable.objects.of(tenant_id).filter(id__in=ids).select_related("payee"))
    waiting = [bill.id for bill in bills if bill.status == PayableStatus.PENDING]
    digests = digests_of(tenant_id, waiting)
    return [of_bill(bill, digests.get(bill.id, "")) for bill in bills]


def of_bill(bill: Payable, shown: str) -> ProposedItem:
    detail = " · ".join(filter(None, (bill.description, "aguarda aprovação" if shown else "")))
    return ProposedItem(
        ItemKind.BILL, bill.id, f"Conta a pagar · {bill.payee}", detail,
        bill.due_date, bill.amount, shown,
    )  # fmt: skip


def of_charge(charge: Charge) -> ProposedItem:
    return ProposedItem(
        ItemKind.CHARGE, charge.id, f"Cobrança · {charge.payer}", charge.description,
        charge.due_date, charge.rest,
    )  # fmt: skip


def of_entry(posted: JournalLine) -> ProposedItem:
    entry = posted.entry
    return ProposedItem(
        ItemKind.ENTRY, posted.id, f"Lançamento · {entry.memo}", "", entry.date, abs(posted.amount)
    )


# --- Whether it was looked for ---


def read() -> TenantQuerySet:
    """That the engine has looked at a line as it is now; of the line around it."""
    rows: TenantQuerySet = LineReading.objects.filter(
        tenant=OuterRef("tenant"), id=OuterRef("pk"), read_at__isnull=False, is_due=False
    )
    return rows


def proposed() -> TenantQuerySet:
    """That something is proposed for a line; of the line around it."""
    rows: TenantQuerySet = Kept.objects.filter(
        tenant=OuterRef("tenant"), line_id=OuterRef("pk"), rank=1
    )
    return rows

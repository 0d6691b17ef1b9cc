"""What a bank line is most likely of, as the page offers it. A person accepts it, or nobody does.

The screen, its bulk acts and its keys know `proposals_of` and `scored` alone. Today both look for
the one open item of the same document and value that has no rival.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from banking.models import StatementLine
from charges.models import Charge
from charges.models.charge import REST
from charges.terms.amounts import owed_on
from payments.models import Payable, PaymentOrder
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from reconciliation.matches.accept import Offer, ProposedAct
from reconciliation.matches.differences import Difference
from reconciliation.matches.hold import versions_of
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.pairing import Pairing
from reconciliation.models import Match

# From which score on a proposal is called certain, and likely.
CERTAIN, LIKELY = 85, 60
BATCH = 500
# Of the same document and value: what it scores, on its day, and less by each so many days apart.
SAME, SAME_DAY, NEAR_DAYS, MOST_LESS = 95, 99, 10, 25

Key = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class ProposedItem:
    """An open item, and how much of it: positive."""

    kind: ItemKind
    id: UUID
    title: str
    detail: str
    due_date: date
    amount: Decimal

    @property
    def name(self) -> str:
        """As forms name it."""
        return f"{self.kind.value}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Items that a line is of; or, of a transfer or a return, its other line."""

    score: int  # 0 to 100
    reasons: Sequence[str]  # Portuguese, the strongest first
    doubts: Sequence[str] = ()  # what speaks against it
    items: Sequence[ProposedItem] = ()
    differences: Sequence[Difference] = ()
    lines: Sequence[UUID] = ()  # other lines that go with it
    act: ProposedAct = ProposedAct.MATCH
    other: UUID | None = None

    @property
    def title(self) -> str:
        return " + ".join(item.title for item in self.items)

    @property
    def value(self) -> str:
        """What it proposes, for comparing what a person saw with what is proposed now."""
        parts = [item.name for item in self.items]
        parts += [f"{each.kind.value}={each.amount}" for each in self.differences]
        parts += [f"line:{each}" for each in (*self.lines, *([self.other] if self.other else []))]
        return "+".join(parts)

    @property
    def verb(self) -> str:
        if self.act is ProposedAct.TRANSFER:
            return "Transferir"
        return f"Conciliar as {len(self.lines) + 1}" if self.lines else "Conciliar"

    @property
    def strokes(self) -> int:
        """How sure it is, of three."""
        return 3 if self.score >= CERTAIN else 2 if self.score >= LIKELY else 1

    @property
    def certainty(self) -> str:
        return ("incerta", "provável", "certa")[self.strokes - 1]


def offer_of(proposal: Proposal, line: StatementLine, version: int) -> Offer:
    """To be accepted; `version` is that of the line as the person saw it."""
    others = [*proposal.lines, *([proposal.other] if proposal.other else [])]
    seen = versions_of(line.tenant_id, others) if others else {}
    pairing = Pairing(
        lines=[line.id, *proposal.lines],
        items=[Choice(item.kind, item.id, item.amount) for item in proposal.items],
        differences=proposal.differences,
        seen={**seen, line.id: version},
        degree=Match.Degree.ACCEPTED,
        reasons=list(proposal.reasons),
        score=proposal.score,
    )
    return Offer(pairing, proposal.act, proposal.other)


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
        whole = [line for line in lines if line.open == line.amount]
        found = proposals_of(lines[0].tenant_id, whole)
        yield from ((line, found.get(line.id)) for line in lines)


def proposals_of(tenant_id: UUID, lines: Sequence[StatementLine]) -> dict[UUID, Proposal]:
    """By line, of those that are open as a whole. Two queries at most."""
    whole = [line for line in lines if line.counterparty_document]
    leaving = alone([line for line in whole if not line.is_incoming])
    coming = alone([line for line in whole if line.is_incoming])
    bills = alone_by(bills_like(tenant_id, leaving), leaving)
    charges = alone_by(charges_like(tenant_id, coming), coming)
    made = {leaving[key].id: of_bill(bill, leaving[key]) for key, bill in bills.items()}
    made |= {coming[key].id: of_charge(charge, coming[key]) for key, charge in charges.items()}
    return made


def key_of(line: StatementLine) -> Key:
    return line.counterparty_document, abs(line.amount)


def alone(lines: Iterable[StatementLine]) -> dict[Key, StatementLine]:
    """Those that no other line of the page is equal to."""
    found: dict[Key, StatementLine] = {}
    twice = set()
    for line in lines:
        key = key_of(line)
        if key in found:
            twice.add(key)
        found[key] = line
    return {key: line for key, line in found.items() if key not in twice}


def alone_by(items: Iterable[tuple[Key, Any]], wanted: dict[Key, Any]) -> dict[Key, Any]:
    found: dict[Key, list[Any]] = {}
    for key, item in items:
        if key in wanted:
            found.setdefault(key, []).append(item)
    return {key: items[0] for key, items in found.items() if len(items) == 1}


def bills_like(tenant_id: UUID, lines: dict[Key, StatementLine]) -> list[tuple[Key, Payable]]:
    """Approved bills that no bank may be paying."""
    if not lines:
        return []
    bills = Payable.objects.of(tenant_id).filter(
        status__in=[PayableStatus.APPROVED, PayableStatus.SENT],
        payee__document__in={document for document, _ in lines},
        amount__in={amount for _, amount in lines},
    )
    busy = PaymentOrder.objects.filter(payable=OuterRef("pk")).filter(
        Q(status__in=set(LIVE_ORDERS) - {OrderStatus.QUEUED}) | Q(needs_person=True)
    )
    free = bills.exclude(Exists(busy)).select_related("payee")
    return [((bill.payee.document, bill.amount), bill) for bill in free]


def charges_like(tenant_id: UUID, lines: dict[Key, StatementLine]) -> list[tuple[Key, Charge]]:
    if not lines:
        return []
    charges = Charge.objects.of(tenant_id).owed().annotate(owed_now=REST)
    charges = charges.filter(
        payer__document__in={document for document, _ in lines},
        owed_now__in={amount for _, amount in lines},
    )
    return [
        (key, charge)
        for charge in charges.select_related("payer")
        if (key := (charge.payer.document, charge.rest)) in lines
        and is_owed_so(charge, lines[key].booked_on)
    ]


def is_owed_so(charge: Charge, day: date) -> bool:
    """Neither fine nor interest nor discount stands between the charge and the line."""
    owed = owed_on(charge, day)
    return owed.total == charge.rest and not owed.additions


def of_bill(bill: Payable, line: StatementLine) -> Proposal:
    item = ProposedItem(
        ItemKind.BILL, bill.id, f"Conta a pagar · {bill.payee}", bill.description,
        bill.due_date, bill.amount,
    )  # fmt: skip
    return of_item(item, bill.payee.document, line)


def of_charge(charge: Charge, line: StatementLine) -> Proposal:
    item = ProposedItem(
        ItemKind.CHARGE, charge.id, f"Cobrança · {charge.payer}", charge.description,
        charge.due_date, charge.rest,
    )  # fmt: skip
    return of_item(item, charge.payer.document, line)


def of_item(item: ProposedItem, document: str, line: StatementLine) -> Proposal:
    same = "mesmo CPF" if len(document) == len("00000000000") else "mesmo CNPJ"
    reasons, score = ["valor exato", same], SAME
    apart = abs((item.due_date - line.booked_on).days)
    if not apart:
        reasons.append("vence no dia")
        score = SAME_DAY
    return Proposal(items=[item], score=score - min(apart // NEAR_DAYS, MOST_LESS), reasons=reasons)

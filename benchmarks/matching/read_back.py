"""What the product made of the lines and items of a data set, in the data set's own words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import JournalEntry
from banking.models import Allocation
from benchmarks.matching.judge import Outcome, Pairing
from benchmarks.matching.load import Loaded
from benchmarks.matching.load_items import Items
from benchmarks.matching.load_lines import Lines
from payments.models import OutsidePayment
from reconciliation.models import Match, MatchEffect

Degree, Effect = Match.Degree, MatchEffect.Kind
# What settles nothing that was there before.
WITHOUT_ITEMS = (Match.Kind.IGNORE, Match.Kind.CREATE)
AT_ONCE = 1000


@dataclass(slots=True)
class ReadBack:
    """Everything here runs inside the company's scope."""

    loaded: Loaded
    lines: Lines
    items: Items

    def outcome(self) -> Outcome:
        """The matches that stand, by how they came to be."""
        outcome = Outcome()
        by_degree = {
            Degree.ID.value: outcome.by_id,
            Degree.EVIDENCE.value: outcome.by_evidence,
            Degree.ACCEPTED.value: outcome.by_person,
            Degree.HAND.value: outcome.by_person,
        }
        for degree, pairing in self.matched():
            by_degree[degree].append(pairing)
        return outcome

    def matched(self) -> Iterator[tuple[str, Pairing]]:
        """Each match with its degree. Those of both sides of an announced transfer are one, and so
        are a payment that stays in the books and its return."""
        legs: dict[object, list[tuple[str, Pairing]]] = defaultdict(list)
        given_back = self._given_back()
        for match, degree, pairing in self._each():
            announced = [item for item, _ in pairing.parts if item in self.items.transfers]
            if match in given_back:
                legs[given_back[match]].append((degree, Pairing(pairing.lines)))
            elif announced:
                legs[announced[0]].append((degree, pairing))
            else:
                yield degree, pairing
        for found in legs.values():
            lines = frozenset().union(*(pairing.lines for _, pairing in found))
            yield found[-1][0], Pairing(lines, found[-1][1].parts)

    def _given_back(self) -> dict[UUID, UUID]:
        """Matches by which something came back, and those by which it had left; by each, the entry
        that it is of."""
        effects = MatchEffect.objects.of(self.loaded.tenant).filter(match__ended_at=None)
        returns = effects.filter(kind=Effect.GIVEN_BACK, former__isnull=False)
        back = dict(returns.values_list("match", "former"))
        left = effects.filter(entry__in=set(back.values()))
        return dict(left.values_list("match", "entry")) | back

    def _each(self) -> Iterator[tuple[UUID, str, Pairing]]:
        matches = Match.objects.of(self.loaded.tenant).standing().exclude(kind__in=WITHOUT_ITEMS)
        ids = list(matches.order_by("id").values_list("id", flat=True))
        for first in range(0, len(ids), AT_ONCE):
            some = Match.objects.of(self.loaded.tenant).filter(id__in=ids[first : first + AT_ONCE])
            yield from self._read(list(some.order_by("id").prefetch_related("lines")))

    def _read(self, matches: list[Match]) -> Iterator[tuple[UUID, str, Pairing]]:
        ids = [match.id for match in matches]
        parts: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        effects = MatchEffect.objects.of(self.loaded.tenant).filter(match__in=ids)
        rows = effects.select_related("bill", "payment__rest", "settlement", "former")
        for effect in rows:
            for item, amount in self._settled_by(effect):
                parts[effect.match_id][item] += amount
        for match_id, item, amount in self._allocated(ids):
            parts[match_id][item] += amount
        for match in matches:
            lines = frozenset(self.lines.told[each.statement_line_id] for each in match.lines.all())
            yield match.id, match.degree, Pairing(lines, self._whole(parts[match.id]))

    def _settled_by(self, effect: MatchEffect) -> Iterator[tuple[str, Decimal]]:
        if effect.kind == Effect.BILL_PAID:
            assert effect.bill is not None and effect.payment is not None
            rest = effect.payment.rest.amount if effect.payment.rest else 0
            yield self.item_of_bill(effect.bill.id), effect.bill.amount - rest
        elif effect.kind == Effect.ORDER_PROVED:
            assert effect.bill is not None
            yield self.item_of_bill(effect.bill.id), effect.bill.amount
        elif effect.kind == Effect.CHARGE_SETTLED:
            assert effect.settlement is not None
            item = self.items.told[effect.settlement.charge_id]
            yield item, effect.settlement.principal
        elif effect.kind == Effect.REWRITTEN:
            assert effect.former is not None
            yield from self._whole_entry(effect.former)

    def _whole_entry(self, entry: JournalEntry) -> Iterator[tuple[str, Decimal]]:
        if entry.id in self.items.told:
            yield self.items.told[entry.id], entry.total

    def _allocated(self, matches: Collection[UUID]) -> Iterator[tuple[UUID, str, Decimal]]:
        """Parts of entries that were there before; those that a match wrote are no items."""
        parts = (
            Allocation.objects.of(self.loaded.tenant)
            .standing()
            .filter(match_parts__match__in=matches)
        )
        for match, line, amount in parts.values_list(
            "match_parts__match", "journal_line", "amount"
        ):
            if line in self.items.told:
                yield match, self.items.told[line], abs(amount)

    def item_of_bill(self, bill: UUID) -> str:
        """What is left of a bill that was paid in part is a bill of its own."""
        if bill not in self.items.told:
            payment = OutsidePayment.objects.of(self.loaded.tenant).get(rest=bill)
            self.items.told[bill] = self.item_of_bill(payment.payable_id)
        return self.items.told[bill]

    def _whole(self, parts: Mapping[str, Decimal]) -> frozenset[tuple[str, Decimal]]:
        """Both sides of an announced transfer stand for its whole amount, once."""
        return frozenset(
            (item, self.items.entries[item].total if item in self.items.transfers else amount)
            for item, amount in parts.items()
        )

    def proposed(self, lines: Iterable[UUID], parts: Iterable[Mapping[str, Any]]) -> Pairing | None:
        """A proposal: its lines, and parts as it stores them. None: one of its items is none of the
        data set, but an entry that the product wrote itself."""
        told: dict[str, Decimal] = {}
        for part in parts:
            item, is_bill = UUID(part["id"]), part["kind"] == "bill"
            name = self.item_of_bill(item) if is_bill else self.items.told.get(item)
            if name is None:
                return None
            told[name] = told.get(name, Decimal(0)) + Decimal(part["amount"])
        return Pairing(frozenset(self.lines.told[line] for line in lines), self._whole(told))

"""Hold what was matched and proposed against the truth of a data set."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
WITHOUT = "without counterpart"
# Which id of an order its bank's lines repeat; nobody can tell orders apart by the others.
REPEATED = {"bs2": "reference", "kamino": "code"}
FIGURES = (
    "lines", "with_counterpart", "wrong_by_id", "wrong_by_evidence", "by_id", "by_evidence",
    "right_first", "right_in_three", "false_proposals",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairing:
    """Lines that are said to belong to parts of items, or to each other. Parts are positive."""

    lines: frozenset[str]
    parts: frozenset[tuple[str, Decimal]] = frozenset()


@dataclass(slots=True)
class Outcome:
    """What a play ended with."""

    by_id: list[Pairing] = field(default_factory=list)
    by_evidence: list[Pairing] = field(default_factory=list)
    by_person: list[Pairing] = field(default_factory=list)
    first: set[str] = field(default_factory=set)  # lines with the truth proposed first
    in_three: set[str] = field(default_factory=set)  # lines with the truth among their first three
    proposed: set[str] = field(default_factory=set)  # lines for which anything was proposed


@dataclass(frozen=True, slots=True)
class Fact:
    case: str
    lines: frozenset[str]
    parts: Mapping[str, Decimal]
    is_transfer: bool


class Judge:
    def __init__(self, data: Mapping[str, Any]) -> None:
        providers = {row["id"]: row["provider"] for row in data["company"]["accounts"]}
        self._line_likeness = {row["id"]: _line_likeness(row) for row in data["lines"]}
        self._item_likeness = {row["id"]: _item_likeness(row, providers) for row in data["items"]}
        self._amounts = {row["id"]: Decimal(row["amount"]) for row in data["lines"]}
        items = {row["id"]: row for row in data["items"]}
        self.facts = [_fact(row, items) for row in data["truth"]]
        self.fact_of = {line: fact for fact in self.facts for line in fact.lines}
        self._keys = {self._key(fact.lines, fact.parts.items()) for fact in self.facts}
        self._lines = [row["id"] for row in data["lines"]]

    def is_true(self, pairing: Pairing) -> bool:
        """Whether the truth has it so, by itself or as one piece of what it has."""
        return self._key(pairing.lines, pairing.parts) in self._keys or self._is_piece(pairing)

    def count(self, outcome: Outcome) -> dict[str, Any]:
        """The figures over all lines, and under `cases` for each case."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        right = set(outcome.first)
        excess = self._beyond_the_truth([*outcome.by_id, *outcome.by_evidence, *outcome.by_person])
        for degree, pairings in (("by_id", outcome.by_id), ("by_evidence", outcome.by_evidence)):
            for pairing in pairings:
                holds = self.is_true(pairing) and pairing not in excess
                for line in pairing.lines:
                    counts[self._case(line)][degree if holds else f"wrong_{degree}"] += 1
                    if holds:
                        right.add(line)
        for pairing in outcome.by_person:
            right |= pairing.lines
        for line in self._lines:
            count = counts[self._case(line)]
            count["lines"] += 1
            if line in self.fact_of:
                count["with_counterpart"] += 1
                count["right_first"] += line in right
                count["right_in_three"] += line in right or line in outcome.in_three
            else:
                count["false_proposals"] += line in outcome.proposed
        total: Counter[str] = sum(counts.values(), Counter())
        cases = {case: _figures(count) for case, count in sorted(counts.items())}
        return {**_figures(total), "cases": cases}

    def _case(self, line: str) -> str:
        fact = self.fact_of.get(line)
        return fact.case if fact else WITHOUT

    def _key(self, lines: Iterable[str], parts: Iterable[tuple[str, Decimal]]) -> Any:
        """Rows that differ in nothing but their ids have one key."""
        return (
            tuple(sorted(self._line_likeness[line] for line in lines)),
            tuple(sorted((self._item_likeness[item], amount) for item, amount in parts)),
        )

    def _is_piece(self, pairing: Pairing) -> bool:
        fact = self.fact_of.get(next(iter(pairing.lines)))
        if fact is None or not fact.parts or not pairing.lines < fact.lines:
            return False
        parts = dict(pairing.parts)
        if not parts or any(parts[item] > fact.parts.get(item, 0) for item in parts):
            return False
        moved = abs(sum(self._amounts[line] for line in pairing.lines))
        return fact.is_transfer or moved == sum(parts.values())

    def _beyond_the_truth(self, pairings: list[Pairing]) -> set[Pairing]:
        """Pieces of one item that come to more than the truth settles of it."""
        settled: dict[int, Counter[str]] = defaultdict(Counter)
        pieces: dict[int, list[Pairing]] = defaultdict(list)
        for pairing in pairings:
            fact = self.fact_of.get(next(iter(pairing.lines)))
            if fact is None or fact.is_transfer or not self._is_piece(pairing):
                continue
            pieces[id(fact)].append(pairing)
            for item, amount in pairing.parts:
                settled[id(fact)][item] += amount  # type: ignore[assignment]
        facts = {id(fact): fact for fact in self.facts}
        return {
            pairing
            for key, found in pieces.items()
            if any(amount > facts[key].parts[item] for item, amount in settled[key].items())
            for pairing in found
        }


def _fact(row: Row, items: Mapping[str, Row]) -> Fact:
    told = row["parts"] or {}
    parts = {
        item: Decimal(told[item]) if item in told else abs(Decimal(items[item]["amount"]))
        for item in row["items"]
    }
    is_transfer = any(items[item]["kind"] == "transfer" for item in row["items"])
    return Fact(row["case"], frozenset(row["lines"]), parts, is_transfer)


def _line_likeness(row: Row) -> str:
    return repr(sorted((k, v) for k, v in row.items() if k not in ("id", "bank_id", "arrived_on")))


def _item_likeness(row: Row, providers: Mapping[str, str]) -> str:
    told = {key: value for key, value in row.items() if key not in ("id", "created_on")}
    if order := told.get("order"):
        repeated = REPEATED.get(providers.get(order["account"], ""))
        told["order"] = (order["account"], order["sent_on"], order.get(repeated or ""))
    return repr(sorted(told.items()))


def _figures(count: Counter[str]) -> dict[str, int]:
    return {figure: count[figure] for figure in FIGURES}

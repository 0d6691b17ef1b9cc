"""What a line may stand for, best first, and whether the first is certain."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reconciliation.proposals.amounts import Explained, explain, is_round
from reconciliation.proposals.book import Book
from reconciliation.proposals.facts import Item, Line, Proposal
from reconciliation.proposals.pairs import banking_days_between, returns, transfers
from reconciliation.proposals.reading import bare_number
from reconciliation.proposals.sums import MOST, sets_of

LEAST_SCORE = 32.0
# How many sets would sum to a value by chance: beyond these a sum proves nothing, or says nothing.
CHANCE_OF_CERTAIN = 0.001
CHANCE_OF_PROPOSAL = 0.3
MOST_RATE = Decimal("5.5")  # per cent that an acquirer keeps
MOST_PROPOSALS = 5
KNOWN = {
    "document": 45.0, "account": 42.0, "root": 38.0, "mask": 30.0, "masked name": 38.0,
    "name": 34.0, "likeness": 26.0, "memory": 18.0,
}  # fmt: skip
# How sure a party has to be known for a match without a person; it has to be the only one.
SURE = frozenset(("document", "account", "root", "masked name", "name"))
VALUE = {"equal": 40.0, "terms": 38.0, "rounding": 22.0, "law": 24.0, "likely": 14.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    item: Item
    explained: Explained | None  # None: only a part of it
    by_id: bool
    by_number: bool
    party: str  # how the line tells of its party; "" when it does not
    score: float

    @property
    def is_exact(self) -> bool:
        return self.explained is not None and self.explained.is_exact


class Look:
    """One line against the book."""

    def __init__(self, book: Book, line: Line) -> None:
        self.book, self.line = book, line
        self.reading = book.readings[line.id]
        self.parties = book.parties_of(line)
        self.moved = abs(line.amount)
        self.named = book.by_ids(line)
        # It tells of somebody, and of none of ours.
        self.is_stranger = self.reading.names_somebody and not self.parties

    def proposals(self) -> list[Proposal]:
        pairs = [*returns(self.book, self.line), *transfers(self.book, self.line)]
        if any(pair.degree for pair in pairs):
            return sorted(pairs, key=_order)
        if (self.reading.is_own and not self.parties) or self.reading.gives_back:
            return sorted(pairs, key=_order)[:MOST_PROPOSALS]
        candidates = self._candidates()
        found = pairs + self._singles(candidates) + self._sets(candidates)
        found += self._together() + self._net_of_fee()
        found = [proposal for proposal in found if proposal.score >= LEAST_SCORE or proposal.degree]
        return sorted(found, key=_order)[:MOST_PROPOSALS]

    def _candidates(self) -> list[Candidate]:
        items: dict[str, Item] = {}
        if self.named:
            # Whatever else fits: the text says which one it is, or was.
            items = {item: self.book.items[item] for item in self.named if self.book.open[item]}
        else:
            near = [*self.book.by_amount(self.line), *self.book.by_terms(self.line)]
            for party in self.parties:
                near += self.book.by_party(party, self.line)
            items = {item.id: item for item in near}
        found = [self._candidate(item) for item in items.values() if self._may_be(item)]
        return _oldest_first([candidate for candidate in found if candidate])

    def _may_be(self, item: Item) -> bool:
        if item.kind == "transfer":
            return False
        if item.kind == "entry" and item.account != self.line.account:
            return False
        if self.reading.is_own_nature and item.kind != "entry":
            return False
        sending = item.sending
        if sending and item.id not in self.book.reopened:
            # An order that lives is settled by its own line alone.
            if sending.account != self.line.account or (item.id not in self.named and sending.ids):
                return False
            return 0 <= (self.line.day - sending.day).days <= 7
        return True

    def _candidate(self, item: Item) -> Candidate | None:
        owed = self.book.open[item.id]
        explained = explain(item, owed, self.moved, self.line.day)
        by_id = item.id in self.named
        number = bare_number(item.number)
        by_number = len(number) >= 2 and number in self.reading.tokens
        party = self.parties.get(item.party or "", "")
        if explained is None and not (self.moved < owed and (party or by_id)):
            return None
        if not (party or by_id) and (explained is None or not explained.is_exact):
            return None
        score = 100.0 * by_id + 40.0 * (
            by_number and bool(party or (explained and explained.is_exact))
        )
        score += KNOWN.get(party, 0.0) / (len(self.parties) if party else 1) ** 0.5
        score += VALUE[explained.grade] if explained else 2.0
        score += self._date_score(item) + self._fit_of_rail(item)
        if item.party and not party and not by_id and self.reading.names_somebody:
            score -= 30.0 if self.parties else 18.0
        if explained and explained.is_exact and is_round(self.moved) and not party and not by_id:
            score -= 14.0
        return Candidate(item, explained, by_id, by_number, party, score)

    def _date_score(self, item: Item) -> float:
        day = item.sending.day if item.sending else item.day
        apart = banking_days_between(day, self.line.day)
        is_early = self.line.day < day
        late_is_usual = item.kind == "charge"
        return max(12.0 - apart * (1.2 if is_early else 0.5 if late_is_usual else 0.8), -18.0)

    def _fit_of_rail(self, item: Item) -> float:
        score = 0.0
        if item.account == self.line.account:
            score += 15.0 if item.kind == "entry" else 4.0
        elif item.account:
            score -= 6.0
        if self.line.kind and item.method and item.method != "other":
            rails = {"boleto_pix": ("boleto", "pix")}.get(item.method, (item.method,))
            score += 4.0 if self.line.kind in rails else -4.0
        return score

    # Proposals of one item

    def _singles(self, candidates: list[Candidate]) -> list[Proposal]:
        found = []
        for candidate in candidates[: 2 * MOST_PROPOSALS]:
            owed = self.book.open[candidate.item.id]
            explained = candidate.explained
            part = owed if explained else self.moved
            difference = (
                (explained.kind, explained.amount) if explained and explained.kind else None
            )
            score, degree = candidate.score, self._degree(candidate, candidates)
            if (
                explained is None
                and len([c for c in candidates if c.party]) > 1
                and not candidate.by_number
            ):
                score -= 10.0
            found.append(
                Proposal(
                    (self.line.id,),
                    ((candidate.item.id, part),),
                    "settle",
                    difference,
                    self._marks(candidate),
                    score,
                    degree,
                )
            )
        return found

    def _marks(self, candidate: Candidate) -> tuple[str, ...]:
        marks = [("id", candidate.by_id), ("number", candidate.by_number)]
        marks += [(candidate.party, bool(candidate.party))]
        marks += [(candidate.explained.grade if candidate.explained else "part", True)]
        return tuple(mark for mark, holds in marks if holds)

    def _degree(self, candidate: Candidate, candidates: list[Candidate]) -> str:
        if not candidate.is_exact:
            return ""
        rivals = [other for other in candidates if other is not candidate and other.is_exact]
        rivals = [other for other in rivals if not self._is_beside(other, candidate)]
        if any(not self._is_same(candidate.item, other.item) for other in rivals):
            return ""
        if candidate.by_id:
            return "id" if self._agrees(candidate) else ""
        if not self._is_timely(candidate) or self._has_rival_line(candidate):
            return ""
        apart = banking_days_between(candidate.item.day, self.line.day)
        if apart > 3 and self.book.has_twin(self.line, 15):
            return ""  # paid twice, perhaps: the next one of equal value is not meant
        if candidate.party in SURE and len(self.parties) == 1:
            return "evidence"
        if candidate.by_number and candidate.party:
            return "evidence"
        return "evidence" if self._is_alone(candidate) else ""

    def _agrees(self, candidate: Candidate) -> bool:
        """The id stands on a line that does not tell of another party, on the account it is of."""
        item = candidate.item
        account = item.sending.account if item.sending else item.account
        return account in (None, self.line.account)

    def _is_beside(self, other: Candidate, best: Candidate) -> bool:
        """Whether `other` is no rival: the line tells of the best one's party, number or id."""
        if best.by_id and not other.by_id:
            return True
        if best.by_number and best.party and not other.by_number:
            return True
        return bool(best.party) and not other.party and not other.by_number

    def _is_same(self, item: Item, other: Item) -> bool:
        """Nothing but their ids tells them apart."""
        return replace(item, id="") == replace(other, id="")

    def _is_timely(self, candidate: Candidate) -> bool:
        item, days = candidate.item, (self.line.day - candidate.item.day).days
        if item.kind == "entry":
            return -5 <= days <= 10
        if item.kind == "payable":
            return -12 <= days <= 30
        return -30 <= days <= 90

    def _has_rival_line(self, candidate: Candidate) -> bool:
        """Another open line that the item would fit as well, and that is not like this one."""
        book, line = self.book, self.line
        for other in book.lines_of(line.amount, book.first_rival_day(line), book.last_day):
            if other.id == line.id or _are_alike(other, line):
                continue
            reading = book.readings[other.id]
            if (
                reading.gives_back
                or reading.is_own
                or (reading.is_own_nature and candidate.item.kind != "entry")
            ):
                continue
            if candidate.item.kind == "entry" and other.account != line.account:
                continue
            parties = book.parties_of(other)
            fits_as_well = candidate.item.party in parties or not reading.names_somebody
            if fits_as_well and not (candidate.by_number and candidate.party):
                return True
        return False

    def _is_alone(self, candidate: Candidate) -> bool:
        """A value that was open once in 120 days, not round, on a line that names nobody else."""
        if is_round(self.moved) or self.book.with_value_since(self.line) != 1:
            return False
        if candidate.explained and candidate.explained.grade != "equal":
            return False
        item, apart = candidate.item, banking_days_between(candidate.item.day, self.line.day)
        if item.kind == "entry":
            return (
                item.account == self.line.account
                and apart <= 3
                and (not item.party or bool(candidate.party) or not self.reading.names_somebody)
            )
        if self.reading.names_somebody and not candidate.party:
            return False
        if self.line.kind and item.method not in ("", "other", self.line.kind, "boleto_pix"):
            return False
        return apart <= 5

    # Several items, several lines

    def _sets(self, candidates: list[Candidate]) -> list[Proposal]:
        if (
            any(candidate.is_exact and candidate.party for candidate in candidates)
            or self.reading.is_own_nature
        ):
            return []
        if self.named:
            lot = [self.book.items[item] for item in self.named if self.book.open[item]]
            return self._sets_among(lot, 60.0, "lot")
        found: list[Proposal] = []
        for party, known in self.parties.items():
            found += self._sets_among(
                self.book.by_party(party, self.line), KNOWN[known] / len(self.parties), known
            )
        if not self.parties and not self.reading.names_somebody:
            found += self._sets_of_a_day()
        return found

    def _sets_among(self, items: Iterable[Item], known: float, mark: str) -> list[Proposal]:
        near = sorted(
            (
                item
                for item in items
                if self._may_be(item) and -45 <= (self.line.day - item.day).days <= 120
            ),
            key=lambda item: (abs((self.line.day - item.day).days), item.id),
        )
        amounts = [self.book.open[item.id] for item in near]
        chance = _chance(amounts)
        if chance > CHANCE_OF_PROPOSAL and mark != "lot":
            return []
        sets = sets_of(amounts, self.moved)
        found = []
        for chosen in sets:
            members = [near[place] for place in chosen]
            parts = tuple((item.id, self.book.open[item.id]) for item in members)
            dates = [self._date_score(item) for item in members]
            numbers = sum(bare_number(item.number) in self.reading.tokens for item in members)
            score = known + 36.0 + sum(dates) / len(dates) + 8.0 * numbers - 2.0 * len(members)
            certain = (
                len(sets) == 1
                and mark in SURE
                and len(self.parties) == 1
                and min(dates) > -4
                and chance <= CHANCE_OF_CERTAIN
                and (not is_round(self.moved) or len(members) == len(near))
                and not any(self._has_equal(item, near, members) for item in members)
            )
            found.append(
                Proposal(
                    (self.line.id,),
                    parts,
                    "settle",
                    None,
                    (mark, "sum"),
                    score,
                    "evidence" if certain else "",
                )
            )
        return found

    def _has_equal(self, item: Item, near: list[Item], members: list[Item]) -> bool:
        return any(
            self.book.open[other.id] == self.book.open[item.id] and other not in members
            for other in near
        )

    def _sets_of_a_day(self) -> list[Proposal]:
        """A lot in one line: what is due about that day on this account, alike in kind and rail."""
        near = [
            item
            for item in self.book.around(self.line.day, 1, self.line)
            if item.account in (None, self.line.account)
            and not item.our_ids & self.named
            and self._may_be(item)
        ]
        found: list[Proposal] = []
        for group in _alike(near):
            total = sum((self.book.open[item.id] for item in group), Decimal(0))
            if len(group) >= 2 and total == self.moved:
                parts = tuple((item.id, self.book.open[item.id]) for item in group)
                found.append(Proposal((self.line.id,), parts, "settle", None, ("day", "sum"), 80.0))
        if not found and self.moved % 10 and len(near) >= 2:
            for proposal in self._sets_among(near, 14.0, "day"):
                found.append(proposal)
        return found[:3]

    def _net_of_fee(self) -> list[Proposal]:
        """An acquirer's credit: all sales of a day, less what it keeps."""
        if self.named or len(self.parties) != 1 or self.line.amount < 0:
            return []
        (party, known), *_ = self.parties.items()
        days: dict[date, list[Item]] = {}
        for item in self.book.by_party(party, self.line):
            if item.method == "other" and self._may_be(item):
                days.setdefault(item.day, []).append(item)
        found = []
        for items in days.values():
            gross = sum((self.book.open[item.id] for item in items), Decimal(0))
            if len(items) < 2 or not 0 < gross - self.moved <= gross * MOST_RATE / 100:
                continue
            parts = tuple((item.id, self.book.open[item.id]) for item in items)
            difference = ("fee", gross - self.moved)
            score = KNOWN[known] + 26.0 + self._date_score(items[0])
            found.append(
                Proposal((self.line.id,), parts, "settle", difference, (known, "net"), score)
            )
        return found

    def _together(self) -> list[Proposal]:
        """Several lines of one party and day that are one item."""
        if self.named or len(self.parties) != 1:
            return []
        (party, known), *_ = self.parties.items()
        lines = [
            line
            for line in self.book.lines_of_party(party)
            if line.day == self.line.day and (line.amount > 0) == (self.line.amount > 0)
        ]
        if len(lines) < 2:
            return []
        total = abs(sum((line.amount for line in lines), Decimal(0)))
        return [
            Proposal(
                tuple(line.id for line in lines),
                ((item.id, total),),
                "settle",
                None,
                (known, "lines"),
                KNOWN[known] + 36.0 + self._date_score(item),
            )
            for item in self.book.by_party(party, self.line)
            if self.book.open[item.id] == total and self._may_be(item)
        ]


def _chance(amounts: list[Decimal]) -> float:
    """How many sets of these amounts make a given value by chance."""
    looked_at = amounts[:MOST]
    centavos = float(sum(looked_at, Decimal(0)) * 100)
    return 2.0 ** len(looked_at) / centavos if centavos else 1.0


def _alike(items: list[Item]) -> list[list[Item]]:
    groups: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        for key in (
            ("all", item.kind),
            ("day", item.kind, item.day),
            ("words", item.kind, item.day, item.description),
            ("rail", item.kind, item.day, item.method),
            ("account", item.kind, item.day, item.account),
        ):
            groups.setdefault(key, []).append(item)
    return list(groups.values())


def _oldest_first(candidates: list[Candidate]) -> list[Candidate]:
    """Of equal items of one party the oldest due comes first, unless a number says which."""
    candidates.sort(key=lambda candidate: -candidate.score)
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, candidate in enumerate(candidates):
        item = candidate.item
        if candidate.party and not candidate.by_id and not candidate.by_number:
            groups.setdefault((item.party, item.kind, candidate.explained), []).append(place)
    for places in groups.values():
        if candidates[places[0]].explained is None:
            continue
        scores = [candidates[place].score for place in places]
        oldest = sorted(
            (candidates[place] for place in places), key=lambda c: (c.item.day, c.item.id)
        )
        for place, score, candidate in zip(places, scores, oldest, strict=True):
            candidates[place] = replace(candidate, score=score)
    return candidates


def _are_alike(line: Line, other: Line) -> bool:
    return replace(line, id="") == replace(other, id="")


def _order(proposal: Proposal) -> tuple[bool, float]:
    return (not proposal.degree, -proposal.score)


def propose(book: Book, line: Line) -> list[Proposal]:
    return Look(book, line).proposals()

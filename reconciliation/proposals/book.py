"""What is open now, with the blocks by which candidates are found: ids, parties, values, days.

In memory; the tables give the same blocks by indexed queries.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from reconciliation.proposals.amounts import (
    MOST_EARLY_DAYS,
    MOST_LATE_DAYS,
    MOST_ROUNDED,
    price_range,
    values_by_terms,
)
from reconciliation.proposals.facts import Company, Item, Line, Party, Proposal
from reconciliation.proposals.masks import MaskIndex
from reconciliation.proposals.names import CUT, NameIndex
from reconciliation.proposals.reading import (
    Reading,
    account_number,
    bare_number,
    is_document,
    read,
)

ONE = Decimal(1)
SURE_FIT = 0.85
LEAST_ID = 8  # figures of a number that is no other by chance
LEAST_TOKEN = 4
SEEN_DAYS = 120  # how far back a value has to be alone
RIVAL_DAYS = 30  # how far back another line may stand for the same


class Register:
    """The company's parties, found by what a line may tell of them."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self.parties = {party.id: party for party in parties}
        self.names = NameIndex(self.parties.values())
        self.masks = MaskIndex(self.parties.values())
        self.of_document: dict[str, set[str]] = defaultdict(set)
        self.of_key: dict[str, set[str]] = defaultdict(set)  # Pix keys that are documents
        self.of_root: dict[str, set[str]] = defaultdict(set)
        self.of_account: dict[tuple[str, str], set[str]] = defaultdict(set)
        for party in self.parties.values():
            self._index(party)

    def _index(self, party: Party) -> None:
        if document := bare_number_kept(party.document):
            self.of_document[document].add(party.id)
            if len(document) == 14:
                self.of_root[document[:8]].add(party.id)
        for key in party.keys:
            # Often an owner's: money goes to a CPF that the company's invoice does not name.
            if is_document(document := bare_number_kept(key)):
                self.of_key[document].add(party.id)
        for branch, number in party.accounts:
            self.of_account[account_number(branch, number)].add(party.id)


class Book:
    def __init__(self, company: Company, register: Register) -> None:
        self.company = company
        self.register = register
        self.parties, self.names = register.parties, register.names
        self.items: dict[str, Item] = {}
        self.open: dict[str, Decimal] = {}  # what is open of each item, positive
        self.lines: dict[str, Line] = {}
        self.readings: dict[str, Reading] = {}
        self.open_lines: dict[str, None] = {}
        self.reopened: set[str] = set()  # items whose money came back: their order is over
        self.learned: dict[str, set[str]] = defaultdict(set)  # name or document: parties
        self.rates: dict[str, set[Decimal]] = defaultdict(set)  # what an acquirer kept, of one
        self.given_back: set[str] = set()
        self.transfers: list[Item] = []  # announced
        self.last_day = date.min
        self.read_until: dict[str, date] = {}  # by account, the last day of a line
        self._by_id: dict[str, set[str]] = defaultdict(set)
        self._by_party: dict[str, set[str]] = defaultdict(set)
        self._by_amount: dict[Decimal, set[str]] = defaultdict(set)  # all, open or not; signed
        self._former: dict[Decimal, dict[str, date]] = defaultdict(dict)  # of which no more is told
        self._by_price: list[tuple[Decimal, str]] = []  # charges with terms, by amount
        self._is_sorted = True
        self._dearest, self._cheapest = ONE, ONE  # what terms make of 1,00
        self._by_day: dict[date, set[str]] = defaultdict(set)
        self._lines_by_amount: dict[Decimal, list[Line]] = defaultdict(list)
        self._lines_by_party: dict[str, list[str]] = defaultdict(list)
        self._told: dict[str, dict[str, str]] = {}

    # Arrivals

    def add_item(self, item: Item) -> None:
        self.items[item.id] = item
        self.open[item.id] = abs(item.amount)
        for known in item.our_ids | (item.sending.ids if item.sending else frozenset()):
            self._by_id[bare_number(known)].add(item.id)
        if item.party:
            self._by_party[item.party].add(item.id)
        self._by_amount[item.amount].add(item.id)
        self._former[item.amount].pop(item.id, None)
        self._by_day[item.day].add(item.id)
        if item.kind == "transfer":
            self.transfers.append(item)
        terms = item.terms
        if item.kind == "charge" and (
            terms.fine_percent or terms.interest_percent or terms.discount
        ):
            self._note_terms(item)

    def add_former_item(self, item: str, amount: Decimal, day: date) -> None:
        """One that nothing is open of, and no line names: there was something of this value."""
        self._former[amount][item] = day

    def close_item(self, item: str) -> None:
        self.open[item] = Decimal(0)

    def add_line(self, line: Line) -> None:
        self.lines[line.id] = line
        self.last_day = max(self.last_day, line.day)
        self.readings[line.id] = read(line, self.company)
        self.open_lines[line.id] = None
        self._lines_by_amount[line.amount].append(line)
        self.read_until[line.account] = max(self.read_until.get(line.account, line.day), line.day)
        for party in self.parties_of(line):
            self._lines_by_party[party].append(line.id)

    # Blocks

    def parties_of(self, line: Line) -> dict[str, str]:
        """The parties that the line may tell of, with how: key, document, root, mask, name."""
        if line.id not in self._told:
            reading = self.readings[line.id]
            self._told[line.id] = self._by_documents(reading) or self._by_name(reading)
        return self._told[line.id] or self._by_memory(line)

    def _by_documents(self, reading: Reading) -> dict[str, str]:
        found: dict[str, str] = {}
        for account in reading.accounts:
            found |= dict.fromkeys(self.register.of_account.get(account, ()), "account")
        for document in reading.documents:
            found |= dict.fromkeys(self.register.of_key.get(document, ()), "key")
            found |= dict.fromkeys(self.register.of_document.get(document, ()), "document")
        # One of another branch may pay, or be paid, for it.
        how = "sibling" if found else "root"
        for document in reading.documents:
            if len(document) == 14:
                of_root = self.register.of_root.get(document[:8], set())
                found |= dict.fromkeys(of_root - set(found), how)
        return found

    def _by_name(self, reading: Reading) -> dict[str, str]:
        """By name, held against a mask; with another document than the books' it is a namesake."""
        named = (
            self.names.fitting(
                reading.name, may_be_cut=reading.is_name_of_text or bool(reading.masks)
            )
            if reading.name
            else {}
        )
        if reading.documents:
            return {
                party: "namesake" if self.parties[party].document else "name"
                for party, fit in named.items()
                if fit >= CUT
            }
        if reading.masks:
            return self._by_mask(reading.masks, named)
        return {party: "name" if fit >= SURE_FIT else "likeness" for party, fit in named.items()}

    def _by_mask(self, masks: tuple[str, ...], named: Mapping[str, float]) -> dict[str, str]:
        fitting = set().union(*map(self.register.masks.fitting, masks))
        if named:
            fitting &= set(named)
        if fitting:
            return dict.fromkeys(sorted(fitting), "masked name" if named else "mask")
        return {party: "name" for party in named if not self.parties[party].document}

    def _by_memory(self, line: Line) -> dict[str, str]:
        reading = self.readings[line.id]
        told = [reading.name, *reading.documents]
        return {party: "memory" for key in told if key for party in self.learned.get(key, ())}

    def by_ids(self, line: Line) -> set[str]:
        """Items, open or not, of this account, whose exact id stands in the text as a whole word.

        A short number may be anything: it counts as it is written, with its zeros, or with letters.
        """
        found: set[str] = set()
        for word in self.readings[line.id].words_with_digits:
            token = word.lstrip("0")
            if len(word) < LEAST_ID and token.isdigit():
                continue
            found |= self._by_id.get(token, set()) if len(token) >= LEAST_TOKEN else set()
        return {
            item
            for item in found
            if self._is_of_side(item, line) and self._is_of_account(item, line)
        }

    def by_party(self, party: str, line: Line) -> list[Item]:
        return [
            self.items[item]
            for item in self._by_party.get(party, ())
            if self.open[item] and self._is_of_side(item, line)
        ]

    def is_only_one(self, item: Item, line: Line) -> bool:
        return item.party is not None and self.by_party(item.party, line) == [item]

    def by_amount(self, line: Line) -> list[Item]:
        return [
            self.items[item] for item in self._by_amount.get(line.amount, ()) if self.open[item]
        ]

    def by_terms(self, line: Line) -> list[Item]:
        """Open charges that by their own terms cost on this day what came."""
        if line.amount < 0:
            return []
        return [
            item
            for item in self._priced_about(line.amount)
            if self.open[item.id] == item.amount
            and abs((line.day - item.day).days) <= MOST_LATE_DAYS
            and line.amount in values_by_terms(item, line.day)
        ]

    def _priced_about(self, amount: Decimal) -> Iterator[Item]:
        """Charges with terms whose price may come to so much on some day."""
        if not self._is_sorted:
            self._by_price.sort()
            self._is_sorted = True
        least, most = amount / self._dearest - MOST_ROUNDED, amount / self._cheapest + MOST_ROUNDED
        begin, end = (bisect(self._by_price, (each, "")) for each in (least, most))
        return (self.items[item] for _, item in self._by_price[begin:end])

    def _note_terms(self, item: Item) -> None:
        self._by_price.append((item.amount, item.id))
        self._is_sorted = False
        dearest, cheapest = price_range(item)
        self._dearest = max(self._dearest, dearest / item.amount)
        self._cheapest = min(self._cheapest, cheapest / item.amount)

    def around(self, day: date, days: tuple[int, int], line: Line) -> list[Item]:
        """Open items of the line's side that are due about that day; both ends are included."""
        return [
            self.items[item]
            for offset in range(days[0], days[1] + 1)
            for item in self._by_day.get(day + timedelta(days=offset), ())
            if self.open[item] and self._is_of_side(item, line)
        ]

    def with_value_about(self, line: Line) -> int:
        """How many items of this value there were about then, open or not."""
        first = line.day - timedelta(days=SEEN_DAYS)
        last = line.day + timedelta(days=MOST_EARLY_DAYS)
        known = [self.items[item].day for item in self._by_amount.get(line.amount, ())]
        former = self._former.get(line.amount, {}).values()
        return sum(first <= day <= last for day in (*known, *former))

    def lines_of(
        self, amount: Decimal, first: date, last: date, *, only_open: bool = True
    ) -> list[Line]:
        return [
            line
            for line in self._lines_by_amount.get(amount, ())
            if first <= line.day <= last and (not only_open or line.id in self.open_lines)
        ]

    def first_rival_day(self, line: Line) -> date:
        return line.day - timedelta(days=RIVAL_DAYS)

    # Acts

    def match(self, proposal: Proposal) -> None:
        for line in proposal.lines:
            self.open_lines.pop(line, None)
        for item, part in proposal.parts:
            self.open[item] -= part
        if proposal.kind == "return":
            self.given_back.add(proposal.lines[0])
            self._end_order_of(self.lines[proposal.lines[0]])

    def _end_order_of(self, line: Line) -> None:
        """What was sent came back: another line may settle the bill now."""
        told, parties = self.by_ids(line), self.parties_of(line)
        for item in self._by_amount.get(line.amount, ()):
            known = self.items[item]
            if known.sending and known.sending.account == line.account:
                near = abs((line.day - known.sending.day).days) <= 4
                if item in told or (near and known.party in parties):
                    self.reopened.add(item)

    def undo(self, proposal: Proposal) -> None:
        for line in proposal.lines:
            self.open_lines[line] = None
        for item, part in proposal.parts:
            self.open[item] += part
            self.reopened.add(item)
            if self.items[item].kind == "charge":
                self._note_terms(self.items[item])

    def learn(self, proposal: Proposal) -> None:
        """A person matched a line that names somebody with items of one party."""
        parties = {self.items[item].party for item, _ in proposal.parts}
        self._learn_rate(proposal, parties)
        for line in proposal.lines:
            reading = self.readings[line]
            if len(parties) == 1 and (party := next(iter(parties))):
                for told in (reading.name, *reading.documents):
                    if told:
                        self.learned[told].add(party)

    def _learn_rate(self, proposal: Proposal, parties: set[str | None]) -> None:
        if proposal.difference and proposal.difference[0] == "fee" and len(parties) == 1:
            gross = sum((part for _, part in proposal.parts), Decimal(0))
            rate = round(proposal.difference[1] / gross, 4)
            if party := next(iter(parties)):
                self.rates[party].add(rate)

    def lines_of_party(self, party: str) -> list[Line]:
        return [
            self.lines[line]
            for line in self._lines_by_party.get(party, ())
            if line in self.open_lines
        ]

    def has_twin(self, line: Line, days: int) -> bool:
        """Whether a line of the same value and of one of its parties was matched lately."""
        parties = set(self.parties_of(line))
        first, last = line.day - timedelta(days=days), line.day + timedelta(days=days)
        return any(
            other.id not in self.open_lines
            and other.id != line.id
            and parties & set(self.parties_of(other))
            for other in self.lines_of(line.amount, first, last, only_open=False)
        )

    def _is_of_account(self, item: str, line: Line) -> bool:
        known = self.items[item]
        account = known.sending.account if known.sending else known.account
        return account in (None, line.account)

    def _is_of_side(self, item: str, line: Line) -> bool:
        known = self.items[item]
        return known.kind != "transfer" and (known.amount > 0) == (line.amount > 0)


def bare_number_kept(document: str) -> str:
    """A document without signs; its zeros stay."""
    return "".join(char for char in document.upper() if char.isalnum())

"""One line against the book: what its text tells, and what may stand beside it at all."""

from datetime import date
from functools import cached_property

from reconciliation.proposals.amounts import is_round
from reconciliation.proposals.book import Book
from reconciliation.proposals.days import banking_days_between
from reconciliation.proposals.facts import Item, Line

KNOWN = {
    "document": 45.0, "account": 42.0, "key": 42.0, "root": 38.0, "mask": 30.0, "masked name": 38.0,
    "sibling": 26.0, "name": 34.0, "namesake": 20.0, "likeness": 26.0, "memory": 18.0,
}  # fmt: skip
# How sure a party has to be known for a match without a person; it has to be the only one.
SURE = frozenset(("document", "account", "key", "root", "masked name", "name"))

MOST_DAYS_OF_ORDER = 7  # after it was to be paid; later its line is none of it
MOST_DAYS_OF_NAMED = 45  # where the line tells its id


class Look:
    def __init__(self, book: Book, line: Line) -> None:
        self.book, self.line = book, line
        self.reading = book.readings[line.id]
        self.parties = book.parties_of(line)
        self.moved = abs(line.amount)
        self.named = book.by_ids(line)

    @cached_property
    def is_common_value(self) -> bool:
        """A list price: several items had it lately."""
        return self.book.with_value_about(self.line) > 1

    @cached_property
    def is_anybodys_value(self) -> bool:
        """Many things cost so much. Asked of each item of this value."""
        return is_round(self.moved) or self.is_common_value

    @property
    def is_party_sure(self) -> bool:
        """Whether it tells of one party; one that is written down twice under a document is one."""
        told = set(self.parties.values())
        return told <= {"document", "root", "sibling"} or (len(self.parties) == 1 and told <= SURE)

    @property
    def one_party(self) -> tuple[str, str] | None:
        """The only party that the line tells of, and how."""
        told = self.told
        return told[0] if len(told) == 1 else None

    @property
    def told(self) -> list[tuple[str, str]]:
        """The parties that the line tells of, without other branches of theirs."""
        return [(party, how) for party, how in self.parties.items() if how != "sibling"]

    def may_be(self, item: Item) -> bool:
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
            # It may have been sent for a later day, and its bank books what it tells by id any day.
            late = (self.line.day - max(sending.day, item.day)).days
            most = MOST_DAYS_OF_NAMED if item.id in self.named else MOST_DAYS_OF_ORDER
            return self.line.day >= sending.day and late <= most
        return True

    def is_sent(self, item: Item) -> bool:
        return item.sending is not None and item.id not in self.book.reopened

    def day_of(self, item: Item) -> date:
        """Of an order the day of sending or the planned one, whichever is nearer to the line."""
        days = [item.day, item.sending.day] if item.sending else [item.day]
        return min(days, key=lambda day: abs((self.line.day - day).days))

    def date_score(self, item: Item) -> float:
        day = self.day_of(item)
        apart = banking_days_between(day, self.line.day)
        is_early = self.line.day < day
        late_is_usual = item.kind == "charge"
        return max(12.0 - apart * (1.2 if is_early else 0.5 if late_is_usual else 0.8), -18.0)

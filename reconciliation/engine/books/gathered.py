"""What is gathered of the books, and what its subjects have in common."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from banking.banks import registry
from reconciliation.proposals.book import Book
from reconciliation.proposals.facts import Line


@dataclass(frozen=True, slots=True)
class Apart:
    """Matches that are taken as if they were none; nothing is written."""

    matches: Collection[UUID] = ()  # they teach nothing
    lines: Mapping[str, Decimal] = field(default_factory=dict)  # what they took of each, signed


NONE_APART = Apart()


@dataclass(slots=True)
class Gathered:
    """A book, and what the tables say of its items beside what the engine is told."""

    book: Book
    lines: list[Line]  # those that it was gathered for
    kinds: dict[str, str] = field(default_factory=dict)  # by item: bill, charge, entry
    # Bills that wait for approval, or whose order a person looks at: nothing of them is certain.
    unsure: set[str] = field(default_factory=set)
    entries: dict[str, str] = field(default_factory=dict)  # of entries' lines: the entry
    # Of an announced transfer, the entry's lines: what left and what came.
    legs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def entry_of(self, item: str) -> str:
        """By what name matches know it: of an entry's line the entry, else the item itself."""
        return self.entries.get(item, item)


def fetch(query: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def order_ids(provider: str, key: UUID, reference: str) -> frozenset[str]:
    """What the lines of its bank repeat of an order."""
    told = registry.info(provider).movement_order_ids
    ids = {"code": f"kp-{key.hex[:20]}", "reference": reference}
    return frozenset(ids[name] for name in told if ids[name])


def number_in(text: str) -> str:
    """The number of a document that a description names: what of it has figures, the last one."""
    words = [word for word in text.replace("·", " ").split() if any(map(str.isdigit, word))]
    return words[-1] if words else ""

"""What entries are of: a bill, a charge, a line of the bank. The apps above know it, and settings
name what they tell (`ENTRY_SOURCES`)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Q, TextChoices
from django.utils.module_loading import import_string

from core.text import fold


@dataclass(frozen=True, slots=True)
class Source:
    """A document that an entry is of, or a line of the bank that stands for it."""

    words: str
    url: str
    text: str = ""
    document: str = ""
    icon: str = "receipt-text"


@dataclass(frozen=True, slots=True)
class Origin:
    slug: str
    label: str
    # Of which entries it is true: over `OuterRef("pk")` and `OuterRef("tenant")` of an entry.
    holds: Callable[[], Exists | Q]


@dataclass(frozen=True, slots=True)
class Sources:
    """What one app tells of entries."""

    origins: Collection[Origin]
    # Of the entries with these ids, each its sources. Their number decides no query.
    of_entries: Callable[[UUID, Collection[UUID]], Mapping[UUID, list[Source]]]
    # Which entries have the text in what they are of: a condition on entries.
    mentioning: Callable[[UUID, str], Q]


class OwnOrigin(TextChoices):
    BY_HAND = "manual", "Manual"
    REVERSAL = "estorno", "Estorno"


OWN = {
    OwnOrigin.BY_HAND.value: Q(is_by_hand=True, reverses=None),
    OwnOrigin.REVERSAL.value: Q(reverses__isnull=False),
}


@cache
def apps_above() -> list[Sources]:
    return [import_string(name) for name in settings.ENTRY_SOURCES]


def origins() -> Iterator[tuple[str, str]]:
    """As a field offers them."""
    yield from OwnOrigin.choices
    for app in apps_above():
        for origin in app.origins:
            yield origin.slug, origin.label


def of_origin(slug: str) -> Exists | Q:
    """
    Raises:
        KeyError: there is none of that name.
    """
    if slug in OWN:
        return OWN[slug]
    above = {origin.slug: origin for app in apps_above() for origin in app.origins}
    return above[slug].holds()


def mentioning(tenant_id: UUID, text: str) -> Q:
    """Entries with the text in their memo, or in what they are of. Accents do not matter."""
    found = Q(memo_folded__contains=fold(text))
    for app in apps_above():
        found |= app.mentioning(tenant_id, text)
    return found


def sources_of(tenant_id: UUID, entries: Collection[Any]) -> dict[UUID, list[Source]]:
    """By entry; they are `with_lines`. A reversal, and what was written again, are of what the
    standing one is of. Their number decides no query."""
    asked: dict[UUID, set[UUID]] = {entry.id: {entry.id} for entry in entries}
    for entry in entries:
        also = {entry.reverses_id, entry.replaces_id, entry.replaced_by}
        asked[entry.id] |= {each for each in also if each is not None}
    ids = set().union(*asked.values()) if asked else set()
    told: dict[UUID, list[Source]] = {}
    for app in apps_above() if ids else ():
        for entry_id, sources in app.of_entries(tenant_id, ids).items():
            told.setdefault(entry_id, []).extend(sources)
    return {
        entry_id: list(dict.fromkeys(source for each in near for source in told.get(each, [])))
        for entry_id, near in asked.items()
    }

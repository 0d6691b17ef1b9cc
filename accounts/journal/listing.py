"""A page of the journal, found by key: the last one costs what the first does."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from accounts.journal.forms import Sort
from accounts.journal.running import balances_after
from accounts.journal.sources import Source, mentioning, of_origin, sources_of
from accounts.models import Account, JournalEntry, JournalEntryQuerySet, JournalLine
from core.amounts import read_amount
from core.errors import InvalidInput
from tenants.models import Tenant

PAGE_SIZE = 50
Values = Mapping[str, Any]
# The key of the list, and whether it goes down.
KEYS: Mapping[str, tuple[str, bool]] = {
    Sort.NEWEST: ("date", True),
    Sort.OLDEST: ("date", False),
    Sort.LARGEST: ("total", True),
    Sort.SMALLEST: ("total", False),
}


@dataclass(frozen=True, slots=True)
class Row:
    entry: JournalEntry
    sources: list[Source]
    # What the chosen account holds after it; None where no account is chosen.
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    rows: list[Row]
    more_query: str  # what follows in the address; empty at the end of the journal


def entry_page(tenant: Tenant, values: Values, address: QueryDict) -> EntryPage:
    """`values` are an EntryFilter's. Their number decides no query.

    Raises:
        Http404: the company has no entry with the id in `apos`.
    """
    last = None
    if after := values.get("apos"):
        last = get_object_or_404(JournalEntry.objects.of(tenant), id=after)
    ids = page_ids(tenant, values, last, PAGE_SIZE + 1)
    rows = rows_of(tenant, values, ids[:PAGE_SIZE])
    is_last = len(ids) <= PAGE_SIZE
    return EntryPage(rows, "" if is_last else query_after(rows[-1].entry, address))


def query_after(entry: JournalEntry, address: QueryDict) -> str:
    """The same filters, from the entry on."""
    query = address.copy()
    query["apos"] = str(entry.id)
    return query.urlencode()


def rows_of(tenant: Tenant, values: Values, ids: list[UUID]) -> list[Row]:
    """In the order of the ids."""
    entries = JournalEntry.objects.of(tenant).with_lines().in_bulk(ids)
    shown = [entries[entry_id] for entry_id in ids]
    sources = sources_of(tenant.id, shown)
    account: Account | None = values.get("conta")
    held = balances_after(account, shown) if account else {}
    return [Row(entry, sources[entry.id], held.get(entry.id)) for entry in shown]


def all_rows(tenant: Tenant, values: Values, size: int) -> Iterator[list[Row]]:
    """Page after page, all that the filter finds."""
    last = None
    while ids := page_ids(tenant, values, last, size):
        rows = rows_of(tenant, values, ids)
        yield rows
        last = rows[-1].entry


def page_ids(tenant: Tenant, values: Values, last: JournalEntry | None, size: int) -> list[UUID]:
    """Of an account by day: read from its lines, where the index has them in that order."""
    key, is_down = KEYS[values.get("ordem") or Sort.NEWEST]
    account: Account | None = values.get("conta")
    if account is not None and key == "date":
        lines = lines_of(tenant, account, values)
        rows = following(lines, "day", "entry_id", is_down, (last.date, last.id) if last else None)
        pairs = rows.values_list("day", "entry_id").distinct()[:size]
        return [entry_id for _, entry_id in pairs]
    position = (getattr(last, key), last.id) if last else None
    rows = following(entries_of(tenant, values), key, "id", is_down, position)
    return list(rows.values_list("id", flat=True)[:size])


def following(
    rows: "QuerySet[Any]", key: str, name: str, is_down: bool, last: tuple[Any, UUID] | None
) -> "QuerySet[Any]":
    """What comes after `last`, in the order of the key and the entry's id."""
    if last is not None:
        beyond = TupleLessThan if is_down else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(key, name), last))
    sign = "-" if is_down else ""
    return rows.order_by(f"{sign}{key}", f"{sign}{name}")


def entries_of(tenant: Tenant, values: Values) -> JournalEntryQuerySet:
    """All that the filter finds."""
    entries: JournalEntryQuerySet = narrowed(tenant, values)
    if since := values.get("de"):
        entries = entries.filter(date__gte=since)
    if until := values.get("ate"):
        entries = entries.filter(date__lte=until)
    if account := values.get("conta"):
        if has_amounts(values):
            return entries.filter(id__in=lines_by_amount(tenant, account, values).values("entry"))
        return entries.touching(account)
    return entries.filter(of_amount("total", values))


def lines_of(tenant: Tenant, account: Account, values: Values) -> "QuerySet[JournalLine]":
    """The account's lines in entries that the filter finds."""
    lines = lines_by_amount(tenant, account, values)
    if since := values.get("de"):
        lines = lines.filter(day__gte=since)
    if until := values.get("ate"):
        lines = lines.filter(day__lte=until)
    if values.get("q") or values.get("origem"):
        lines = lines.filter(entry__in=narrowed(tenant, values))
    return lines


def lines_by_amount(tenant: Tenant, account: Account, values: Values) -> "QuerySet[JournalLine]":
    lines: QuerySet[JournalLine] = JournalLine.objects.of(tenant).filter(account=account)
    return lines.filter(of_amount("amount", values))


def narrowed(tenant: Tenant, values: Values) -> JournalEntryQuerySet:
    """By what only entries themselves tell."""
    entries: JournalEntryQuerySet = JournalEntry.objects.of(tenant)
    if text := values.get("q"):
        found = mentioning(tenant.id, text)
        with suppress(InvalidInput):
            found |= Q(total=read_amount(text))
        entries = entries.filter(found)
    if origin := values.get("origem"):
        entries = entries.filter(of_origin(origin))
    return entries


def has_amounts(values: Values) -> bool:
    return any(values.get(name) is not None for name in ("valor_de", "valor_ate"))


def of_amount(name: str, values: Values) -> Q:
    """Of either side."""
    found = Q()
    if (least := values.get("valor_de")) is not None:
        found &= Q(**{f"{name}__gte": least}) | Q(**{f"{name}__lte": -least})
    if (most := values.get("valor_ate")) is not None:
        found &= Q(**{f"{name}__range": (-most, most)})
    return found

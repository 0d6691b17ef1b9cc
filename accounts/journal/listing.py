"""A page of the journal, the newest day first."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from accounts.models import JournalEntry
from tenants.models import Tenant

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class EntryPage:
    entries: list[JournalEntry]
    more_query: str  # what follows in the address; empty at the end of the journal


def entry_page(tenant: Tenant, filters: dict[str, Any], address: QueryDict) -> EntryPage:
    """`filters` are an EntryFilter's values: account, since, until (both included), after.

    Raises:
        Http404: the company has no entry with the id in `after`.
    """
    entries = JournalEntry.objects.of(tenant)
    page = entries.with_lines().order_by("-date", "-id")
    if account := filters.get("account"):
        page = page.touching(account)
    if since := filters.get("since"):
        page = page.filter(date__gte=since)
    if until := filters.get("until"):
        page = page.filter(date__lte=until)
    if after := filters.get("after"):
        last = get_object_or_404(entries, id=after)
        page = page.after(last.date, last.id)
    found = list(page[: PAGE_SIZE + 1])
    return EntryPage(
        entries=found[:PAGE_SIZE],
        more_query=query_after(found[PAGE_SIZE - 1], address) if found[PAGE_SIZE:] else "",
    )


def query_after(entry: JournalEntry, address: QueryDict) -> str:
    """The same filters, from the entry on."""
    query = address.copy()
    query["after"] = str(entry.id)
    return query.urlencode()

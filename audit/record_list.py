"""Records as a page and as a file, the newest first."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from audit.models import Record, RecordQuerySet
from brazil.banking_days import SAO_PAULO
from core.text import fold
from tenants.models import Tenant
from tenants.scope import tenant_scope

PAGE_SIZE = 50
BATCH = 1_000
COLUMNS = (
    "Número",
    "Quando (São Paulo)",
    "Quando (UTC)",
    "Ação",
    "Sobre",
    "Quem",
    "De onde",
    "Motivo",
    "Antes",
    "Depois",
    "Código do registro anterior",
    "Código do registro",
)
# What a spreadsheet would take for a formula. Source: OWASP, "CSV Injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RecordPage:
    records: list[Record]
    more_query: str  # what follows in the address; empty at the first record


def record_page(tenant: Tenant, filters: dict[str, Any], address: QueryDict) -> RecordPage:
    """`filters` are a RecordFilter's values; `before` is the number that the page starts after."""
    records = found_by(tenant, filters)
    if before := filters.get("before"):
        records = records.filter(number__lt=before)
    found = list(records[: PAGE_SIZE + 1])
    return RecordPage(
        records=found[:PAGE_SIZE],
        more_query=query_before(found[PAGE_SIZE - 1], address) if found[PAGE_SIZE:] else "",
    )


def found_by(tenant: Tenant, filters: dict[str, Any]) -> RecordQuerySet:
    records = Record.objects.of(tenant).newest_first()
    if act := filters.get("act"):
        records = records.filter(act=act)
    if text := fold(filters.get("text", "")):
        records = records.filter(words_folded__contains=text)
    if by := filters.get("by"):
        records = records.filter(by=by)
    if on := filters.get("on"):
        records = records.filter(on_id=on)
    if since := filters.get("since"):
        records = records.filter(made_at__gte=begin_of(since))
    if until := filters.get("until"):
        records = records.filter(made_at__lt=begin_of(until + timedelta(days=1)))
    return records


def begin_of(day: date) -> datetime:
    """São Paulo's midnight."""
    return datetime.combine(day, time(0), SAO_PAULO)


def query_before(record: Record, address: QueryDict) -> str:
    """The same filters, from the record on."""
    query = address.copy()
    query["before"] = str(record.number)
    return query.urlencode()


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(tenant: Tenant, filters: dict[str, Any], *, before: int) -> Iterator[str]:
    """Those below that number. `;` between columns, as spreadsheets in Portuguese expect. Opens
    scopes of its own."""
    writer = csv.writer(Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for record in every(tenant, filters, before):
        yield writer.writerow([harmless(cell) for cell in cells(record)])


def every(tenant: Tenant, filters: dict[str, Any], last: int) -> Iterator[Record]:
    while True:
        with tenant_scope(tenant.id):
            batch = list(found_by(tenant, filters).filter(number__lt=last)[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1].number


def cells(record: Record) -> list[str]:
    return [
        str(record.number),
        f"{timezone.localtime(record.made_at, SAO_PAULO):%d/%m/%Y %H:%M:%S}",
        f"{record.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        record.get_act_display(),
        record.on_label,
        record.by_label,
        record.whence,
        record.why,
        in_words(record.before),
        in_words(record.after),
        record.previous_hash,
        record.hash,
    ]


def in_words(values: dict[str, str]) -> str:
    """On one line, a list too."""
    return "; ".join(f"{name}: {value}" for name, value in values.items()).replace("\n", " | ")


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell

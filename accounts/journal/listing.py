"""A page of the journal, found by key: the last one costs what the first does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from accounts.journal.forms import Sort
from accounts.journal.running import Summary, balances_of, ledger_of, within_day
from accounts.journal.sources import Source, mentioning, of_origin, sources_of
from accounts.models import Account, CostCenter, JournalEntry, JournalEntryQuerySet, JournalLine
from core.amounts import read_amount
from core.errors import InvalidInput
from core.money import to_cents
from tenants.models import Tenant
from tenants.scope import tenant_scope

PAGE_SIZE = 50
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """By which key the list is sorted and paged; `read` reads the key from an address."""

    key: str
    is_down: bool
    read: Callable[[str], Any]


ORDERS: Mapping[str, Order] = {
    Sort.NEWEST: Order("date", True, date.fromisoformat),
    Sort.OLDEST: Order("date", False, date.fromisoformat),
    Sort.LARGEST: Order("total_cents", True, int),
    Sort.SMALLEST: Order("total_cents", False, int),
}


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry of a page."""

    value: Any
    id: UUID

    def __str__(self) -> str:
        return f"{self.value}.{self.id}"

    @classmethod
    def of(cls, entry: JournalEntry, order: Order) -> "Position":
        return cls(getattr(entry, order.key), entry.id)

    @classmethod
    def read(cls, text: str, order: Order) -> "Position":
        """
        Raises:
            BadRequest: it was not written by `str`.
        """
        value, _, entry_id = text.rpartition(".")
        try:
            return cls(order.read(value), UUID(entry_id))
        except (ValueError, ArithmeticError) as error:
            raise BadRequest("not a position in the journal") from error


@dataclass(frozen=True, slots=True)
class Row:
    entry: JournalEntry
    sources: list[Source]
    # What the chosen account holds after it; None where no account is chosen.
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    rows: list[Row]
    summary: Summary | None  # of the chosen account
    following: Position | None  # None: it is the last page


def order_of(values: Values) -> Order:
    return ORDERS[values.get("ordem") or Sort.NEWEST]


def entry_page(tenant: Tenant, values: Values, after: str = "") -> EntryPage:
    """`values` are an EntryFilter's; `after` is a written `Position`, or empty. The number of
    entries decides no query.

    Raises:
        BadRequest: `after` is no position.
    """
    order = order_of(values)
    position = Position.read(after, order) if after else None
    ids = page_ids(tenant, values, position, PAGE_SIZE + 1)
    rows, summary = rows_of(tenant, values, ids[:PAGE_SIZE])
    is_last = len(ids) <= PAGE_SIZE
    return EntryPage(rows, summary, None if is_last else Position.of(rows[-1].entry, order))


def rows_of(tenant: Tenant, values: Values, ids: list[UUID]) -> tuple[list[Row], Summary | None]:
    """In the order of the ids."""
    entries: QuerySet[Any] = JournalEntry.objects.of(tenant).with_lines()
    account: Account | None = values.get("conta")
    if account is not None and ids:
        first = ids[-1] if order_of(values).is_down else ids[0]
        within = within_day(account, None if has_gaps(values) else first)
        entries = entries.annotate(within=within)
    found = entries.in_bulk(ids)
    shown = [found[entry_id] for entry_id in ids]
    sources = sources_of(tenant.id, shown)
    if account is None:
        return [Row(entry, sources[entry.id], None) for entry in shown], None
    days = [entry.date for entry in shown]
    ledger = ledger_of(account, values.get("de"), values.get("ate"), days)
    held = balances_of(ledger, shown, has_gaps=has_gaps(values))
    return [Row(each, sources[each.id], held[each.id]) for each in shown], ledger.summary


def has_gaps(values: Values) -> bool:
    """Whether entries of the chosen account may lie between those of a page."""
    names = ("q", "origem", "centro")
    is_narrowed = any(values.get(name) for name in names) or has_amounts(values)
    return bool(is_narrowed) or order_of(values).key != "date"


def all_rows(tenant: Tenant, values: Values, size: int) -> Iterator[list[Row]]:
    """Page after page, all that the filter finds, each page in a scope of its own."""
    order, position = order_of(values), None
    while True:
        with tenant_scope(tenant.id):
            ids = page_ids(tenant, values, position, size)
            rows, _ = rows_of(tenant, values, ids)
        if rows:
            yield rows
        if len(ids) < size:
            return
        position = Position.of(rows[-1].entry, order)


def page_ids(tenant: Tenant, values: Values, after: Position | None, size: int) -> list[UUID]:
    """Of an account or a centre by day: read from its lines, where the index has them in that
    order."""
    order = order_of(values)
    if names_lines(values) and order.key == "date":
        lines = following(lines_of(tenant, values), "day", "entry_id", order, after)
        pairs = lines.values_list("day", "entry_id").distinct()[:size]
        return [entry_id for _, entry_id in pairs]
    rows = following(entries_of(tenant, values), order.key, "id", order, after)
    return list(rows.values_list("id", flat=True)[:size])


def following(
    rows: "QuerySet[Any]", key: str, name: str, order: Order, after: Position | None
) -> "QuerySet[Any]":
    """What comes after that position, in the order of the key and the entry's id."""
    if after is not None:
        beyond = TupleLessThan if order.is_down else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(key, name), (after.value, after.id)))
    sign = "-" if order.is_down else ""
    return rows.order_by(f"{sign}{key}", f"{sign}{name}")


def entries_of(tenant: Tenant, values: Values) -> JournalEntryQuerySet:
    """All that the filter finds."""
    entries: JournalEntryQuerySet = narrowed(tenant, values)
    if since := values.get("de"):
        entries = entries.filter(date__gte=since)
    if until := values.get("ate"):
        entries = entries.filter(date__lte=until)
    if values.get("centro") or (values.get("conta") and has_amounts(values)):
        return entries.filter(id__in=named_lines(tenant, values).values("entry"))
    if account := values.get("conta"):
        return entries.touching(account)
    return entries.filter(of_total(values))


def names_lines(values: Values) -> bool:
    """Whether the filter is of lines: those of an account, of a cost centre, or of both."""
    return bool(values.get("conta") or values.get("centro"))


def lines_of(tenant: Tenant, values: Values) -> "QuerySet[JournalLine]":
    """The lines that the filter names, in entries that it finds."""
    lines = named_lines(tenant, values)
    if since := values.get("de"):
        lines = lines.filter(day__gte=since)
    if until := values.get("ate"):
        lines = lines.filter(day__lte=until)
    if values.get("q") or values.get("origem"):
        lines = lines.filter(entry__in=narrowed(tenant, values))
    return lines


def named_lines(tenant: Tenant, values: Values) -> "QuerySet[JournalLine]":
    account: Account | None = values.get("conta")
    center: CostCenter | None = values.get("centro")
    lines: QuerySet[JournalLine] = JournalLine.objects.of(tenant).filter(of_amount(values))
    if account is not None:
        lines = lines.filter(account=account)
    if center is not None:
        lines = lines.filter(cost_center=center)
    return lines


def narrowed(tenant: Tenant, values: Values) -> JournalEntryQuerySet:
    """By what only entries themselves tell."""
    entries: JournalEntryQuerySet = JournalEntry.objects.of(tenant)
    if text := values.get("q"):
        found = mentioning(tenant.id, text)
        with suppress(InvalidInput):
            found |= Q(total_cents=to_cents(read_amount(text)))
        entries = entries.filter(found)
    if origin := values.get("origem"):
        entries = entries.filter(of_origin(origin))
    return entries


def has_amounts(values: Values) -> bool:
    return any(values.get(name) is not None for name in ("valor_de", "valor_ate"))


def of_total(values: Values) -> Q:
    found = Q()
    if (least := values.get("valor_de")) is not None:
        found &= Q(total_cents__gte=to_cents(least))
    if (most := values.get("valor_ate")) is not None:
        found &= Q(total_cents__lte=to_cents(most))
    return found


def of_amount(values: Values) -> Q:
    """Of either side."""
    found = Q()
    if (least := values.get("valor_de")) is not None:
        found &= Q(amount__gte=least) | Q(amount__lte=-least)
    if (most := values.get("valor_ate")) is not None:
        found &= Q(amount__range=(-most, most))
    return found

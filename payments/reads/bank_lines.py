"""Which lines of the statement and which bills belong together, as pages show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import JournalEntry
from banking.models import Allocation, StatementLine
from payments.models import Payable, PaymentOrder
from payments.orders.bank_lines import orders_of


@dataclass(frozen=True, slots=True)
class Matched:
    """A part of a bank line, the entry that it stands for, and the bill that this pays, if one."""

    allocation: Allocation
    payable: Payable | None

    @property
    def line(self) -> StatementLine:
        return self.allocation.statement_line

    @property
    def entry(self) -> JournalEntry:
        return self.allocation.journal_line.entry


def bank_lines_of(orders: Sequence[PaymentOrder]) -> list[Matched]:
    """The bank lines of a bill's orders, the oldest day first: debits, and what came back."""
    entries = {
        entry for order in orders for entry in (order.entry_id, order.return_entry_id) if entry
    }
    if not entries:
        return []
    parts = Allocation.objects.of(orders[0].tenant_id).standing()
    parts = parts.filter(journal_line__entry__in=latest_of(orders[0].tenant_id, entries))
    parts = parts.select_related("statement_line__bank_account", "journal_line__entry")
    return with_bills(
        orders[0].tenant_id, parts.order_by("statement_line__booked_on", "statement_line__id")
    )


def latest_of(tenant_id: UUID, entries: set[UUID]) -> set[UUID]:
    """With those that were written in the place of any of them."""
    newest = entries
    while newest:
        replacing = JournalEntry.objects.of(tenant_id).filter(replaces__in=newest)
        newest = set(replacing.values_list("id", flat=True))
        entries = entries | newest
    return entries


def with_bills(tenant_id: UUID, parts: Iterable[Allocation]) -> list[Matched]:
    found = list(parts)
    if not found:
        return []
    orders = orders_of(tenant_id, [part.journal_line.entry for part in found])
    return [
        Matched(part, order.payable if (order := orders.get(part.journal_line.entry_id)) else None)
        for part in found
    ]

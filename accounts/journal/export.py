"""The entries as a spreadsheet: what the filter in the address shows, in its order.

A row is a line of an entry; of a chosen account or cost centre its own lines alone, with the
account's balance. Entries are read a page at a time, each in a scope of its own, so that a file of
any length may be streamed after the request's own scope is over.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.journal.listing import Row, Values, all_rows, entries_of
from accounts.models import JournalLine
from core.workbook import Column, Value
from tenants.models import Tenant

PAGE = 1_000
MOST_IN_XLSX = 20_000  # entries; CSV has no end
COLUMNS = [
    Column("Data", 13),
    Column("Histórico", 44),
    Column("Conta contábil", 16),
    Column("Nome da conta", 32),
    Column("Centro de custo", 24),
    Column("Débito", 14),
    Column("Crédito", 14),
    Column("Contrapartida", 40),
    Column("De quê", 36),
    Column("Texto", 36),
    Column("Documento", 28),
    Column("Situação", 16),
    Column("Feito por", 24),
]
BALANCE = Column("Saldo", 16)


def columns_of(values: Values) -> list[Column]:
    return [*COLUMNS, BALANCE] if values.get("conta") else COLUMNS


def entry_count(tenant: Tenant, values: Values) -> int:
    found: QuerySet[Any] = entries_of(tenant, values)
    return found.count()


def export_rows(tenant: Tenant, values: Values) -> Iterator[Sequence[Value]]:
    for rows in all_rows(tenant, values, PAGE):
        for row in rows:
            yield from cells_of(row, values)


def cells_of(row: Row, values: Values) -> Iterator[Sequence[Value]]:
    account, center = values.get("conta"), values.get("centro")
    lines = list(row.entry.lines.all())
    shown = [
        line
        for line in lines
        if account in (None, line.account) and center in (None, line.cost_center)
    ]
    for line in shown:
        cells = line_cells(row, line, lines)
        # After the entry as a whole: of several lines on the account the last one says it.
        yield [*cells, row.balance if line is shown[-1] else None] if account else cells


def line_cells(row: Row, line: JournalLine, lines: Sequence[JournalLine]) -> list[Value]:
    entry, none = row.entry, Decimal("0.00")
    others = {str(each.account): None for each in lines if each.account_id != line.account_id}
    return [
        entry.date,
        entry.memo,
        line.account.code,
        line.account.name,
        str(line.cost_center or ""),
        line.amount if line.is_debit else none,
        none if line.is_debit else line.credit,
        "; ".join(others),
        "; ".join(source.words for source in row.sources),
        "; ".join(source.text for source in row.sources if source.text),
        "; ".join(source.document for source in row.sources if source.document),
        entry.state_words,
        entry.created_by.display_name if entry.created_by else "Kamino",
    ]

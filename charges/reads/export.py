"""The list of charges as a spreadsheet: what the filter in the address shows, in its order.

Its headings are those that an import knows. Rows are read a page at a time, each in a scope of its
own, so that a file of any length may be streamed after the request's own scope is over.
"""

from collections.abc import Iterator, Sequence

from brazil.banking_days import sao_paulo_day
from charges.importing.columns import BY_KEY
from charges.reads.list import ListFilter, beyond, in_order, matching, position_of
from charges.reads.row import Row, rows_of
from core.clock import database_now
from core.workbook import Column, Value
from tenants.models import Membership
from tenants.scope import tenant_scope

PAGE = 1_000
# More take a spreadsheet program, and this one, too long; CSV has no end.
MOST_IN_XLSX = 20_000
COLUMNS = [
    Column(BY_KEY["name"].title, 36),
    Column(BY_KEY["document"].title, 20),
    Column(BY_KEY["description"].title, 36),
    Column(BY_KEY["document_number"].title, 18),
    Column("Parcela", 10),
    Column(BY_KEY["due_date"].title, 13),
    Column("Competência", 13),
    Column("Situação", 22),
    Column(BY_KEY["amount"].title, 14),
    Column("Quitado", 14),
    Column("Falta", 14),
    Column("Paga em", 13),
    Column(BY_KEY["form"].title, 16),
    Column(BY_KEY["bank_account"].title, 20),
    Column("Nosso número", 18),
    Column(BY_KEY["revenue_account"].title, 14),
    Column(BY_KEY["fine_percent"].title, 10),
    Column(BY_KEY["interest_percent"].title, 16),
    Column(BY_KEY["discount"].title, 14),
    Column(BY_KEY["message"].title, 36),
]


def export_rows(chosen: ListFilter, by: Membership) -> Iterator[Sequence[Value]]:
    order, position = chosen.order, None
    while True:
        with tenant_scope(by.tenant_id):
            now = database_now()
            charges = matching(by.tenant, chosen, sao_paulo_day(now))
            if position is not None:
                charges = beyond(charges, order, position)
            page = rows_of(in_order(charges, order)[:PAGE], by, now)
        for row in page:
            yield cells_of(row)
        if len(page) < PAGE:
            return
        position = position_of(page[-1].charge, order)


def cells_of(row: Row) -> Sequence[Value]:
    charge, slip = row.charge, row.slip
    is_part = charge.instalment_number is not None
    return (
        charge.payer.name,
        charge.payer.written_document,
        charge.description,
        charge.document_number,
        f"{charge.instalment_number} de {charge.instalment_count}" if is_part else "",
        charge.due_date,
        charge.competence_date,
        row.label,
        charge.amount,
        charge.settled,
        charge.rest,
        charge.paid_on,
        charge.get_form_display(),
        str(charge.bank_account),
        slip.our_number if slip is not None else "",
        charge.revenue_account.code,
        charge.fine_percent,
        charge.interest_percent,
        charge.discount,
        charge.message,
    )

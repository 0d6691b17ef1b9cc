"""The list of payers as a spreadsheet: what the filter in the address shows.

Its headings are those that an import of payers knows. Rows are read a page at a time, each in a
scope of its own, so that a file of any length may be streamed.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from brazil.banking_days import sao_paulo_day
from brazil.cep import format_cep
from brazil.phone import format_phone
from charges.importing.columns import OF_KIND
from charges.models import ImportFile
from core.clock import database_now
from core.workbook import Column, Value
from parties.models import Payer
from registers.payer_forms import PayerFilter
from registers.payer_reads import Sums, matching, sums_of
from tenants.models import Tenant
from tenants.scope import tenant_scope

PAGE = 1_000
OF_PAYER = OF_KIND[ImportFile.Kind.PAYERS]
COLUMNS = [
    *(Column(column.title, column.width) for column in OF_PAYER),
    Column("Em aberto", 14),
    Column("Vencido", 14),
    Column("Pago", 14),
]


def export_rows(tenant: Tenant, chosen: PayerFilter) -> Iterator[Sequence[Value]]:
    values = chosen.cleaned_data if chosen.is_valid() else {}
    text, state = values.get("q", ""), values.get("situacao", "")
    last: tuple[str, UUID] | None = None
    while True:
        with tenant_scope(tenant.id):
            today = sao_paulo_day(database_now())
            payers = matching(tenant, text, state, today).prefetch_related("emails")
            if last is not None:
                payers = payers.filter(TupleGreaterThan(Tuple("name_folded", "id"), last))
            page = list(payers.order_by("name_folded", "id")[:PAGE])
            sums = sums_of(page, tenant, today)
        for payer in page:
            yield cells_of(payer, sums.get(payer.id, Sums()))
        if len(page) < PAGE:
            return
        last = (page[-1].name_folded, page[-1].id)


def cells_of(payer: Payer, sums: Sums) -> Sequence[Value]:
    written = {
        "document": payer.written_document,
        "emails": "; ".join(email.email for email in payer.emails.all()),
        "phone": format_phone(payer.phone),
        "zip_code": format_cep(payer.zip_code),
    }
    texts = (written.get(column.key, getattr(payer, column.key, "")) for column in OF_PAYER)
    return (*map(str, texts), sums.owed, sums.overdue, sums.paid)

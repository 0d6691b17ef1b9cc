"""Whether the party of a bank line has an open bill or charge: documents come before memory.

The party is told by the document, also of another establishment or with a part hidden, or by a
name, also cut. A doubt counts as yes: then a person looks.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from banking.models import StatementLine
from brazil.cnpj import LENGTH, cnpj_root
from charges.models import Charge
from parties.models import Payee, Payer
from payments.models import Payable
from reconciliation.matches.items import OPEN_BILLS
from reconciliation.proposals.facts import Company, Line, Party
from reconciliation.proposals.masks import MaskIndex
from reconciliation.proposals.names import BLOCK, NameIndex
from reconciliation.proposals.reading import Reading, read
from tenants.models import Tenant


def open_items_of(
    tenant: Tenant, lines: Sequence[StatementLine]
) -> Callable[[StatementLine], bool]:
    """Reads once, for these lines; inside the company's scope."""
    coming = any(line.is_incoming for line in lines)
    leaving = any(not line.is_incoming for line in lines)
    debtors = Holders(payers_owing(tenant.id) if coming else [])
    creditors = Holders(payees_owed(tenant.id) if leaving else [])
    company = Company(tenant.name, tenant.cnpj)
    return lambda line: (debtors if line.is_incoming else creditors).is_one_of(
        told_by(line, company)
    )


def open_items_now(tenant: Tenant) -> Callable[[StatementLine], bool]:
    """As `open_items_of`, read when it is asked: what was entered a moment ago counts. Of the
    parties those alone are read that the line may tell of."""
    company = Company(tenant.name, tenant.cnpj)

    def has_open_item(line: StatementLine) -> bool:
        told = told_by(line, company)
        holders = payers_owing if line.is_incoming else payees_owed
        return Holders(holders(tenant.id, may_be(told))).is_one_of(told)

    return has_open_item


def payees_owed(tenant_id: UUID, near: Q | None = None) -> list[Party]:
    bills = Payable.objects.of(tenant_id).filter(status__in=OPEN_BILLS)
    return holders_of(bills, "payee", Payee.objects.of(tenant_id), near)


def payers_owing(tenant_id: UUID, near: Q | None = None) -> list[Party]:
    return holders_of(
        Charge.objects.of(tenant_id).owed(), "payer", Payer.objects.of(tenant_id), near
    )


def holders_of(items: Any, of: str, parties: Any, near: Q | None) -> list[Party]:
    """Whose `items` are: `of` all `parties`, or of those that are `near`. These few are read first:
    in one query the planner looks up the items of each through all of the company's."""
    rows = parties.only("id", "name", "trade_name", "document")
    if near is None:
        return [party_of(row) for row in rows.filter(id__in=items.values(of))]
    found = list(rows.filter(near))
    holding = items.filter(**{f"{of}__in": found}).order_by()
    ids = set(holding.values_list(f"{of}_id", flat=True).distinct()) if found else set()
    return [party_of(row) for row in found if row.id in ids]


def party_of(row: Payee | Payer) -> Party:
    return Party(str(row.id), row.name, row.document, row.trade_name)


def may_be(told: Reading) -> Q:
    """More parties than `Holders` takes for one of these, and none less."""
    found = Q(pk__in=[])
    for document in told.documents:
        found |= Q(document__startswith=root_of(document))
    for mask in told.masks:
        found |= Q(document__regex=f"^{re.escape(mask).replace(re.escape('*'), '.')}$")
    for word in told.name.split():
        part = word[:BLOCK]
        found |= Q(name_folded__contains=part) | Q(trade_name_folded__contains=part)
    return found


def told_by(line: StatementLine, company: Company) -> Reading:
    return read(
        Line(
            id=str(line.id),
            account=str(line.bank_account_id),
            day=line.booked_on,
            amount=line.amount,
            kind=line.kind,
            description=line.description,
            name=line.counterparty_name,
            document=line.counterparty_document or line.masked_document,
        ),
        company,
    )


def root_of(document: str) -> str:
    return cnpj_root(document) if len(document) == LENGTH else document


class Holders:
    """Those who have something open."""

    def __init__(self, holders: Sequence[Party]) -> None:
        self.documents = {root_of(each.document) for each in holders if each.document}
        self.masks = MaskIndex(holders)
        self.names = NameIndex(holders)

    def is_one_of(self, told: Reading) -> bool:
        if any(root_of(each) in self.documents for each in told.documents):
            return True
        if any(self.masks.fitting(mask) for mask in told.masks):
            return True
        return bool(told.name and self.names.fitting(told.name, may_be_cut=told.is_name_of_text))

"""Who has something overdue (devedores), the one that has owed for longest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Count, Min, Q, Sum

from charges.models import REST, Charge
from charges.terms.amounts import owed_on
from core.plurals import counted
from parties.models import Payer
from tenants.models import Tenant

PAGE = 50
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Debtor:
    payer: Payer
    charges: int  # overdue ones
    oldest: date  # their first due date
    amount: Decimal  # what is left of them, without fine and interest
    value_today: Decimal  # with both
    days: int  # since `oldest`

    @property
    def age(self) -> str:
        return counted(self.days, "dia", "dias")


@dataclass(frozen=True, slots=True)
class Page:
    debtors: list[Debtor]
    following: str  # the position after which the next page begins; empty: it is the last one


def read_page(tenant: Tenant, today: date, after: str) -> Page:
    """Three queries over open charges, whatever the number of debtors."""
    sums = sums_by_payer(tenant, today)
    if after:
        oldest, payer_id = read_position(after)
        sums = sums.filter(Q(oldest__gt=oldest) | Q(oldest=oldest, payer__gt=payer_id))
    rows = list(sums.order_by("oldest", "payer")[: PAGE + 1])
    shown = rows[:PAGE]
    ids = [row["payer"] for row in shown]
    payers = {payer.id: payer for payer in Payer.objects.of(tenant).filter(id__in=ids)}
    values = values_today(tenant, ids, today)
    debtors = [
        Debtor(
            payers[row["payer"]],
            row["charges"],
            row["oldest"],
            row["amount"],
            values[row["payer"]],
            (today - row["oldest"]).days,
        )
        for row in shown
    ]
    has_more = len(rows) > PAGE
    return Page(debtors, f"{shown[-1]['oldest']}.{shown[-1]['payer']}" if has_more else "")


def sums_by_payer(tenant: Tenant, today: date) -> Any:
    overdue = Charge.objects.of(tenant).overdue(today).order_by().values("payer")
    return overdue.annotate(charges=Count("id"), oldest=Min("due_date"), amount=Sum(REST))


def values_today(tenant: Tenant, payers: list[UUID], today: date) -> Mapping[UUID, Decimal]:
    """What their overdue charges cost today."""
    found = dict.fromkeys(payers, ZERO)
    for charge in Charge.objects.of(tenant).overdue(today).filter(payer__in=payers):
        found[charge.payer_id] += owed_on(charge, today).total
    return found


def read_position(text: str) -> tuple[date, UUID]:
    """
    Raises:
        BadRequest: it was not written by `read_page`.
    """
    day, _, payer_id = text.partition(".")
    try:
        return date.fromisoformat(day), UUID(payer_id)
    except ValueError as error:
        raise BadRequest("not a position in a list") from error

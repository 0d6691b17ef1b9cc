"""Payers as the pages show them: what each owes, what of it is overdue, what it paid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from charges.models import REST, Charge
from charges.states import OWED, ChargeStatus
from core.text import fold
from parties.models import Payer
from registers.payer_forms import PayerFilter
from tenants.models import Tenant

PAGE = 50
RECENT = 50
ZERO = Decimal("0.00")
TONES = {
    ChargeStatus.UNKNOWN: "bad",
    ChargeStatus.REFUSED: "bad",
    ChargeStatus.REGISTERING: "info",
    ChargeStatus.IN_PAYMENT: "info",
    ChargeStatus.PARTLY_PAID: "info",
    ChargeStatus.PAID: "ok",
}


@dataclass(frozen=True, slots=True)
class Sums:
    """Of face values: fine and interest are not in them."""

    owed: Decimal = ZERO  # what is overdue, too
    overdue: Decimal = ZERO
    paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Line:
    """A payer in the list."""

    payer: Payer
    sums: Sums


@dataclass(frozen=True, slots=True)
class Page:
    lines: list[Line]
    following: UUID | None  # the payer after which the next page begins


def read_page(chosen: PayerFilter, tenant: Tenant, today: date) -> Page:
    """By name. Two queries, whatever the number of payers; one more on the pages that follow."""
    values = chosen.cleaned_data if chosen.is_valid() else {}
    payers = matching(tenant, values.get("q") or "", values.get("situacao") or "", today)
    if after := values.get("apos"):
        last = Payer.objects.of(tenant).filter(id=after).values_list("name_folded", "id")
        payers = payers.filter(TupleGreaterThan(Tuple("name_folded", "id"), last[0]))
    rows = list(payers.order_by("name_folded", "id")[: PAGE + 1])
    sums = sums_of(rows[:PAGE], tenant, today)
    lines = [Line(payer, sums.get(payer.id, Sums())) for payer in rows[:PAGE]]
    return Page(lines, rows[PAGE - 1].id if len(rows) > PAGE else None)


def matching(tenant: Tenant, text: str, state: str, today: date) -> "QuerySet[Payer]":
    payers: QuerySet[Payer] = Payer.objects.of(tenant)
    payers = payers.filter(archived_at__isnull=state != PayerFilter.State.ARCHIVED)
    if state == PayerFilter.State.OVERDUE:
        late = Charge.objects.of(tenant).overdue(today)
        payers = payers.filter(Exists(late.filter(payer=OuterRef("pk"))))
    if not text:
        return payers
    words = fold(text)
    found = Q(name_folded__contains=words) | Q(trade_name_folded__contains=words)
    digits = re.sub(r"[./\s-]", "", text).upper()
    if re.search(r"\d{3}", digits):
        found |= Q(document__contains=digits)
    return payers.filter(found)


def sums_of(payers: Sequence[Payer], tenant: Tenant, today: date) -> dict[UUID, Sums]:
    """Of those that have charges. One query."""
    owed = Q(status__in=OWED)
    rows = (
        Charge.objects.of(tenant)
        .filter(payer__in=payers)
        .order_by()
        .values("payer_id")
        .annotate(
            owed=Sum(REST, filter=owed),
            overdue=Sum(REST, filter=owed & Q(late_from__lte=today)),
            paid=Sum(F("settled") - F("waived")),
        )
    )
    return {
        row["payer_id"]: Sums(*(row[name] or ZERO for name in ("owed", "overdue", "paid")))
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class ShownCharge:
    charge: Charge
    state: str
    tone: str
    label: str


def charges_of(payer: Payer, today: date) -> list[ShownCharge]:
    """The last ones."""
    rows = Charge.objects.of(payer.tenant_id).filter(payer=payer).select_related("bank_account")
    return [shown(charge, today) for charge in rows.order_by("-due_date", "-id")[:RECENT]]


def shown(charge: Charge, today: date) -> ShownCharge:
    is_late = charge.status == ChargeStatus.OPEN and charge.is_overdue(today)
    tone = "warn" if is_late else TONES.get(ChargeStatus(charge.status), "plain")
    state = "overdue" if is_late else charge.status
    return ShownCharge(charge, state, tone, charge.status_words(today).lower())

"""The one open item that a bank line is certainly of: same document, same value, and no rival.

It is offered, and nothing is done until a person accepts it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from banking.models import StatementLine
from charges.models import Charge
from charges.models.charge import REST
from charges.terms.amounts import owed_on
from payments.models import Payable, PaymentOrder
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from reconciliation.matches.items import ItemKind

Key = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class Proposal:
    kind: ItemKind
    id: UUID
    title: str
    detail: str
    due_date: date
    amount: Decimal
    reasons: Sequence[str]

    @property
    def value(self) -> str:
        """As forms name it."""
        return f"{self.kind.value}:{self.id}"


def proposals_of(tenant_id: UUID, lines: Sequence[StatementLine]) -> dict[UUID, Proposal]:
    """By line, of those that are open as a whole. Two queries at most."""
    whole = [line for line in lines if line.counterparty_document]
    leaving = alone([line for line in whole if not line.is_incoming])
    coming = alone([line for line in whole if line.is_incoming])
    bills = alone_by(bills_like(tenant_id, leaving), leaving)
    charges = alone_by(charges_like(tenant_id, coming), coming)
    made = {leaving[key].id: of_bill(bill, leaving[key]) for key, bill in bills.items()}
    made |= {coming[key].id: of_charge(charge, coming[key]) for key, charge in charges.items()}
    return made


def key_of(line: StatementLine) -> Key:
    return line.counterparty_document, abs(line.amount)


def alone(lines: Iterable[StatementLine]) -> dict[Key, StatementLine]:
    """Those that no other line of the page is equal to."""
    found: dict[Key, StatementLine] = {}
    twice = set()
    for line in lines:
        key = key_of(line)
        if key in found:
            twice.add(key)
        found[key] = line
    return {key: line for key, line in found.items() if key not in twice}


def alone_by(items: Iterable[tuple[Key, Any]], wanted: dict[Key, Any]) -> dict[Key, Any]:
    found: dict[Key, list[Any]] = {}
    for key, item in items:
        if key in wanted:
            found.setdefault(key, []).append(item)
    return {key: items[0] for key, items in found.items() if len(items) == 1}


def bills_like(tenant_id: UUID, lines: dict[Key, StatementLine]) -> list[tuple[Key, Payable]]:
    """Approved bills that no bank may be paying."""
    if not lines:
        return []
    bills = Payable.objects.of(tenant_id).filter(
        status__in=[PayableStatus.APPROVED, PayableStatus.SENT],
        payee__document__in={document for document, _ in lines},
        amount__in={amount for _, amount in lines},
    )
    busy = PaymentOrder.objects.filter(payable=OuterRef("pk")).filter(
        Q(status__in=set(LIVE_ORDERS) - {OrderStatus.QUEUED}) | Q(needs_person=True)
    )
    free = bills.exclude(Exists(busy)).select_related("payee")
    return [((bill.payee.document, bill.amount), bill) for bill in free]


def charges_like(tenant_id: UUID, lines: dict[Key, StatementLine]) -> list[tuple[Key, Charge]]:
    if not lines:
        return []
    charges = Charge.objects.of(tenant_id).owed().annotate(owed_now=REST)
    charges = charges.filter(
        payer__document__in={document for document, _ in lines},
        owed_now__in={amount for _, amount in lines},
    )
    return [
        (key, charge)
        for charge in charges.select_related("payer")
        if (key := (charge.payer.document, charge.rest)) in lines
        and is_owed_so(charge, lines[key].booked_on)
    ]


def is_owed_so(charge: Charge, day: date) -> bool:
    """Neither fine nor interest nor discount stands between the charge and the line."""
    owed = owed_on(charge, day)
    return owed.total == charge.rest and not owed.additions


def of_bill(bill: Payable, line: StatementLine) -> Proposal:
    return Proposal(
        ItemKind.BILL, bill.id, f"Conta a pagar · {bill.payee}", bill.description,
        bill.due_date, bill.amount, reasons_of(bill.payee.document, bill.due_date, line),
    )  # fmt: skip


def of_charge(charge: Charge, line: StatementLine) -> Proposal:
    return Proposal(
        ItemKind.CHARGE, charge.id, f"Cobrança · {charge.payer}", charge.description,
        charge.due_date, charge.rest, reasons_of(charge.payer.document, charge.due_date, line),
    )  # fmt: skip


def reasons_of(document: str, due_date: date, line: StatementLine) -> list[str]:
    same = "mesmo CPF" if len(document) == len("00000000000") else "mesmo CNPJ"
    reasons = ["valor exato", same]
    if due_date == line.booked_on:
        reasons.append("vence no dia")
    return reasons

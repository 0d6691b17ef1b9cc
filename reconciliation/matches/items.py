"""What a bank line may be of: entries of the account that no line stands for yet, bills and charges
that are open. Amounts are reais with the sign that the bank line would have.

Everything here runs inside the company's scope, and writes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Abs

from accounts.models import JournalEntry, JournalLine
from banking.models import BankAccount, OpenItem
from charges.models import Charge
from charges.models.charge import REST
from core.text import fold
from payments.models import Payable, PaymentOrder
from payments.states import LIVE_ORDERS, OrderStatus, PayableStatus
from reconciliation.matches.amounts import with_open_entries
from tenants.models import TenantQuerySet

ZERO = Decimal("0.00")
PAGE = 50
OPEN_BILLS = (PayableStatus.PENDING, PayableStatus.APPROVED, PayableStatus.SENT)


class ItemKind(StrEnum):
    ENTRY = "entry"  # its id is that of the journal line on the Conta do Ativo
    BILL = "bill"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that a person chose, and how much of it."""

    kind: ItemKind
    id: UUID
    amount: Decimal | None = None  # positive, of its own value; None: all that is open
    shown: str = ""  # of a bill that waits for approval: the digest of what the person saw
    late: str = ""  # of a charge: what becomes of fine and interest that lack
    ends_slip: bool = False  # of a charge: its slip is taken back though a part is owed still
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "id": str(self.id),
            "amount": str(self.amount) if self.amount is not None else "",
            "shown": self.shown,
            "late": self.late,
            "ends_slip": self.ends_slip,
            "why": self.why,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choice":
        return cls(
            ItemKind(kept["kind"]),
            UUID(kept["id"]),
            Decimal(kept["amount"]) if kept["amount"] else None,
            kept["shown"],
            kept["late"],
            kept["ends_slip"],
            kept["why"],
        )


@dataclass(frozen=True, slots=True)
class Item:
    """An open item as a page shows it."""

    kind: ItemKind
    id: UUID
    day: date  # of an entry its own, else when it is due
    party: str
    party_document: str
    text: str
    amount: Decimal
    open: Decimal
    status: str = ""  # Portuguese; empty for an entry
    why_not: str = ""  # why it may not be chosen by hand, in a Portuguese sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person looks for. Amounts are positive."""

    is_incoming: bool
    text: str = ""  # of party, document, description
    least: Decimal | None = None
    most: Decimal | None = None
    since: date | None = None
    until: date | None = None
    kinds: Collection[ItemKind] = field(default_factory=lambda: tuple(ItemKind))


def search_items(account: BankAccount, wanted: Wanted, *, limit: int = PAGE) -> list[Item]:
    """Those of every party, the nearest due first; at most `limit` of each kind."""
    found: list[Item] = []
    if ItemKind.ENTRY in wanted.kinds:
        found += [as_entry(line) for line in find_entries(account, wanted)[:limit]]
    if ItemKind.BILL in wanted.kinds and not wanted.is_incoming:
        found += as_bills(list(find_bills(account, wanted)[:limit]))
    if ItemKind.CHARGE in wanted.kinds and wanted.is_incoming:
        found += [as_charge(charge) for charge in find_charges(account, wanted)[:limit]]
    return sorted(found, key=lambda item: (item.day, str(item.id)))


def sum_of(items: Iterable[Item]) -> Decimal:
    return sum((item.open for item in items), ZERO)


# --- Entries ---


def open_entries(account: BankAccount) -> TenantQuerySet:
    """Lines of the account's Conta do Ativo of which a part is `open`, that stand."""
    reversals = JournalEntry.objects.filter(tenant=OuterRef("tenant"), reverses=OuterRef("entry"))
    lines = JournalLine.objects.of(account.tenant_id).filter(
        ~Exists(reversals), account=account.ledger_account_id, entry__reverses=None
    )
    # An opening balance waits for no line, nor does what it took in.
    waiting = OpenItem.objects.of(account.tenant_id).on(account.ledger_account_id)
    lines = lines.filter(id__in=waiting.values("id"))
    found: TenantQuerySet = with_open_entries(lines).exclude(open=ZERO).select_related("entry")
    return found


def find_entries(account: BankAccount, wanted: Wanted) -> TenantQuerySet:
    lines = open_entries(account)
    lines = lines.filter(amount__gt=0) if wanted.is_incoming else lines.filter(amount__lt=0)
    lines = amounts_between(lines.annotate(size=Abs("open")), wanted, "size")
    lines = between(lines, wanted, "entry__date")
    if wanted.text:
        lines = lines.filter(entry__memo__icontains=wanted.text)
    found: TenantQuerySet = lines.order_by("entry__date", "id")
    return found


def as_entry(line: Any) -> Item:
    entry = line.entry
    return Item(ItemKind.ENTRY, line.id, entry.date, "", "", entry.memo, line.amount, line.open)


# --- Bills ---


def find_bills(account: BankAccount, wanted: Wanted) -> TenantQuerySet:
    bills: TenantQuerySet = Payable.objects.of(account.tenant_id).filter(status__in=OPEN_BILLS)
    bills = between(amounts_between(bills, wanted, "amount"), wanted, "due_date")
    if wanted.text:
        bills = bills.filter(
            Q(payee__name_folded__contains=fold(wanted.text))
            | Q(description_folded__contains=fold(wanted.text))
            | Q(payee__document__contains=digits_of(wanted.text))
        )
    found: TenantQuerySet = bills.select_related("payee").order_by("due_date", "id")
    return found


def as_bills(bills: Sequence[Payable]) -> list[Item]:
    """Two queries, whatever their number."""
    if not bills:
        return []
    orders = live_orders(bills[0].tenant_id, [bill.id for bill in bills])
    by_bill = {order.payable_id: order for order in orders}
    return [
        Item(
            ItemKind.BILL,
            bill.id,
            bill.due_date,
            bill.payee.name,
            bill.payee.document,
            bill.description,
            -bill.amount,
            -bill.amount,
            bill.get_status_display(),
            "" if (order := by_bill.get(bill.id)) is None else why_only_own_line(order),
        )
        for bill in bills
    ]


def live_orders(tenant_id: UUID, bills: Collection[UUID]) -> list[PaymentOrder]:
    rows = PaymentOrder.objects.of(tenant_id).filter(
        Q(status__in=LIVE_ORDERS) | Q(needs_person=True), payable__in=list(bills)
    )
    return list(rows.select_related("payable__payee", "bank_account").order_by("id"))


def why_only_own_line(order: PaymentOrder) -> str:
    """Empty where the order never left: choosing its bill takes it back from the queue."""
    if order.status == OrderStatus.QUEUED:
        return ""
    return (
        f"O pagamento desta conta está no banco ({order.get_status_display().lower()}): só a "
        "própria linha dele a concilia."
    )


# --- Charges ---


def find_charges(account: BankAccount, wanted: Wanted) -> TenantQuerySet:
    """Of every account: money may come into another one than the slip says."""
    charges: TenantQuerySet = Charge.objects.of(account.tenant_id).owed()
    charges = amounts_between(charges.annotate(owed_now=REST), wanted, "owed_now")
    charges = between(charges, wanted, "due_date")
    if wanted.text:
        charges = charges.filter(
            Q(payer__name_folded__contains=fold(wanted.text))
            | Q(description_folded__contains=fold(wanted.text))
            | Q(document_number__icontains=wanted.text)
            | Q(payer__document__contains=digits_of(wanted.text))
        )
    found: TenantQuerySet = charges.select_related("payer").order_by("due_date", "id")
    return found


def as_charge(charge: Charge) -> Item:
    return Item(
        ItemKind.CHARGE,
        charge.id,
        charge.due_date,
        charge.payer.name,
        charge.payer.document,
        charge.description,
        charge.amount,
        charge.rest,
        charge.get_status_display(),
    )


# --- What they share ---


def amounts_between(rows: Any, wanted: Wanted, name: str) -> Any:
    if wanted.least is not None:
        rows = rows.filter(**{f"{name}__gte": wanted.least})
    if wanted.most is not None:
        rows = rows.filter(**{f"{name}__lte": wanted.most})
    return rows


def between(rows: Any, wanted: Wanted, name: str) -> Any:
    if wanted.since is not None:
        rows = rows.filter(**{f"{name}__gte": wanted.since})
    if wanted.until is not None:
        rows = rows.filter(**{f"{name}__lte": wanted.until})
    return rows


def digits_of(text: str) -> str:
    """What may be a part of a document; what no document holds, where it has too few figures."""
    found = "".join(each for each in text if each.isalnum()).upper()
    return found if sum(each.isdigit() for each in found) >= 3 else "-"

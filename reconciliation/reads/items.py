"""Open items as the search of a line lists them: what is ticked first, then what fits best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from banking.models import BankAccount, StatementLine
from charges.models import Charge
from core.amounts import read_amount
from core.errors import InvalidInput
from core.money import format_brl
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.rails.seal import digest_of, seal_of
from payments.states import PayableStatus
from reconciliation.matches.items import (
    OPEN_BILLS,
    Item,
    ItemKind,
    Wanted,
    as_bills,
    as_charge,
    as_entry,
    open_entries,
    search_items,
)
from tenants.models import Membership

SHOWN = 25  # of each kind


@dataclass(frozen=True, slots=True)
class ItemRow:
    item: Item
    is_chosen: bool
    part: str  # how much of it, as it was typed
    shown: str  # of a bill that waits for approval: the digest of what is shown
    error: str = ""
    why_not: str = ""  # why this person may not choose it

    @property
    def name(self) -> str:
        return f"{self.item.kind.value}:{self.item.id}"

    @property
    def open_written(self) -> str:
        return format_brl(abs(self.item.open))


def find(line: StatementLine, left: Decimal, text: str, kind: str) -> list[Item]:
    """Without a text, those of the same value stand first."""
    kinds = (ItemKind(kind),) if kind else tuple(ItemKind)
    account = line.bank_account
    is_incoming = left > 0
    if text:
        wanted = wanted_of(text, kinds, is_incoming=is_incoming)
        return search_items(account, wanted, limit=SHOWN)
    exact = Wanted(is_incoming=is_incoming, least=abs(left), most=abs(left), kinds=kinds)
    others = Wanted(is_incoming=is_incoming, kinds=kinds)
    found = search_items(account, exact, limit=SHOWN)
    return once([*found, *search_items(account, others, limit=SHOWN)])


def wanted_of(text: str, kinds: Sequence[ItemKind], *, is_incoming: bool) -> Wanted:
    """A value is looked for as one, anything else as text."""
    try:
        amount = read_amount(text)
    except InvalidInput:
        return Wanted(is_incoming=is_incoming, text=text, kinds=kinds)
    if "," not in text and len(text) > 6:  # a document, more likely
        return Wanted(is_incoming=is_incoming, text=text, kinds=kinds)
    return Wanted(is_incoming=is_incoming, least=amount, most=amount, kinds=kinds)


def once(items: Iterable[Item]) -> list[Item]:
    return list({item.id: item for item in items}.values())


def items_named(line: StatementLine, chosen: Sequence[tuple[ItemKind, UUID]]) -> list[Item]:
    """Those that are open still, in the order in which they were chosen."""
    account = line.bank_account
    found: list[Item] = []
    if entries := of_kind(chosen, ItemKind.ENTRY):
        found += [as_entry(each) for each in open_entries(account).filter(id__in=entries)]
    if bills := of_kind(chosen, ItemKind.BILL):
        rows = Payable.objects.of(line.tenant_id).filter(id__in=bills, status__in=OPEN_BILLS)
        found += as_bills(list(rows.select_related("payee")))
    if charges := of_kind(chosen, ItemKind.CHARGE):
        owed = Charge.objects.of(line.tenant_id).owed().filter(id__in=charges)
        found += [as_charge(each) for each in owed.select_related("payer")]
    by_id = {item.id: item for item in found}
    return [by_id[name] for _, name in chosen if name in by_id]


def of_kind(chosen: Sequence[tuple[ItemKind, UUID]], kind: ItemKind) -> list[UUID]:
    return [name for each, name in chosen if each is kind]


def rows_of(
    items: Sequence[Item],
    chosen: set[str],
    parts: Mapping[str, str],
    errors: Mapping[str, str],
    by: Membership,
) -> list[ItemRow]:
    digests = digests_of(by.tenant_id, [item.id for item in items if item.kind is ItemKind.BILL])
    entered = entered_by(by, list(digests))
    rows = [
        ItemRow(
            item,
            f"{item.kind.value}:{item.id}" in chosen,
            parts.get(str(item.id), ""),
            digests.get(item.id, ""),
            errors.get(str(item.id), ""),
            item.why_not or why_not_by(by, waits=item.id in digests, entered=item.id in entered),
        )
        for item in items
    ]
    return sorted(rows, key=lambda row: not row.is_chosen)


def why_not_by(by: Membership, *, waits: bool, entered: bool) -> str:
    """Settling a bill that waits for approval approves it."""
    if waits and not by.can_approve:
        return "Em aprovação: quem aprova contas pode conciliar com ela."
    if waits and entered:
        return "Em aprovação: você lançou esta conta, e outro aprovador concilia com ela."
    return ""


def entered_by(by: Membership, bills: Sequence[UUID]) -> set[UUID]:
    """Those that they entered themselves; the rest of one that they settled in part is too."""
    if not bills:
        return set()
    rows = Payable.objects.of(by.tenant_id).filter(id__in=bills, created_by=by.user_id)
    return set(rows.values_list("id", flat=True))


def digests_of(tenant_id: UUID, bills: Sequence[UUID]) -> dict[UUID, str]:
    """Of those that wait for approval: settling one approves it as it was shown."""
    return digests_by(tenant_id, bills, preferred_account(tenant_id)) if bills else {}


def digests_by(
    tenant_id: UUID, bills: Sequence[UUID], usual: BankAccount | None
) -> dict[UUID, str]:
    """The same where the account is known that pays bills which name none."""
    rows = Payable.objects.of(tenant_id).filter(id__in=bills, status=PayableStatus.PENDING)
    waiting = rows.with_destinations().select_related("bank_account")
    return {bill.id: digest_of(seal_of(bill, bill.bank_account or usual)) for bill in waiting}

"""What is to be matched by itself, held, as it is now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from accounts.models import Account, JournalEntry, JournalLine
from banking.bank_accounts.ledger_account import hold_leaves
from banking.models import BankAccount, StatementLine
from charges.models import Charge, Slip
from charges.states import LIVE_SLIPS
from charges.transitions import lock_charges
from payments.bills.approval import hold
from payments.bills.tiers import lock_rules
from payments.models import Payable, PaymentOrder
from payments.orders.transitions import hold_live
from payments.states import LIVE_ORDERS, PayableStatus
from reconciliation.engine.books.gathered import Gathered
from reconciliation.matches.amounts import open_parts, with_open_entries
from reconciliation.matches.hold import hold_accounts
from reconciliation.proposals.facts import Proposal


@dataclass(slots=True)
class Held:
    """What is locked, as it is now. By the id in text, as the engine knows it."""

    lines: dict[str, StatementLine]
    open: Mapping[UUID, Decimal]
    entries: dict[str, JournalLine]
    bills: dict[str, Payable]  # approved ones that no bank may be paying
    orders: dict[str, PaymentOrder]  # by bill, which a bank may be paying
    charges: dict[str, Charge]
    slips: dict[UUID, list[Slip]]  # by charge: whatever collects it
    leaves: Mapping[UUID, Account]  # the Contas do Ativo, by bank account


def hold_all(
    gathered: Gathered, proposals: Sequence[Proposal], accounts: Mapping[UUID, BankAccount]
) -> Held:
    """Accounts, lines, entries, bills, charges, slips: the order in which all hold them."""
    tenant_id = next(iter(accounts.values())).tenant_id
    ids = {UUID(line) for each in proposals for line in each.lines}
    of_kind: dict[str, list[UUID]] = defaultdict(list)
    for each in proposals:
        for item, _ in each.parts:
            for name in gathered.legs.get(item, (item,)):
                of_kind[gathered.kinds.get(name, "entry")].append(UUID(name))
    used = sorted({UUID(gathered.book.lines[str(line)].account) for line in ids})
    hold_accounts(tenant_id, used)
    leaves = hold_leaves(tenant_id, used)
    rows = StatementLine.objects.of(tenant_id).filter(id__in=ids).defer("raw").order_by("id")
    lines = {str(row.id): row for row in rows.select_for_update(no_key=True)}
    for line in lines.values():
        line.bank_account = accounts[line.bank_account_id]
        line.tenant = accounts[line.bank_account_id].tenant
    entries = held_entries(tenant_id, of_kind["entry"])
    bills, orders = held_bills(tenant_id, of_kind["bill"], used)
    charges = lock_charges(tenant_id, of_kind["charge"]) if of_kind["charge"] else {}
    slips = held_slips(tenant_id, list(charges))
    return Held(
        lines,
        open_parts(tenant_id, ids),
        entries,
        bills,
        orders,
        {str(name): charge for name, charge in charges.items()},
        slips,
        leaves,
    )


def held_entries(tenant_id: UUID, ids: Sequence[UUID]) -> dict[str, JournalLine]:
    if not ids:
        return {}
    rows = JournalLine.objects.of(tenant_id).filter(id__in=ids)
    locked = rows.select_for_update(no_key=True).order_by("id").values_list("id", flat=True)
    now = with_open_entries(JournalLine.objects.of(tenant_id).filter(id__in=list(locked)))
    reversed_ones = set(
        JournalEntry.objects.of(tenant_id)
        .filter(reverses__lines__in=ids)
        .values_list("reverses_id", flat=True)
    )
    return {
        str(row.id): row
        for row in now.select_related("entry")
        if row.entry_id not in reversed_ones and row.entry.reverses_id is None
    }


def held_bills(
    tenant_id: UUID, ids: Sequence[UUID], accounts: Sequence[UUID]
) -> tuple[dict[str, Payable], dict[str, PaymentOrder]]:
    """Those that are approved, and that no bank may be paying; and those that a bank pays by an
    order of one of the accounts, with it."""
    if not ids:
        return {}, {}
    lock_rules(tenant_id)
    live = hold_live(tenant_id, ids, accounts)
    wanted = Payable.objects.of(tenant_id).filter(
        id__in=ids, status__in=(PayableStatus.APPROVED, PayableStatus.SENT)
    )
    rows = {bill.id: bill for bill in hold(wanted).select_related("payee", "expense_account")}
    orders = PaymentOrder.objects.of(tenant_id).filter(payable__in=ids)
    busy = set(orders.filter(status__in=LIVE_ORDERS).values_list("payable", flat=True))
    busy |= set(orders.filter(needs_person=True).values_list("payable", flat=True))
    free = {
        str(bill.id): bill
        for bill in rows.values()
        if bill.status == PayableStatus.APPROVED and bill.id not in busy
    }
    sent = {}
    for bill, order in live.items():
        if bill in rows and rows[bill].status == PayableStatus.SENT:
            order.payable = rows[bill]
            sent[str(bill)] = order
    return free, sent


def held_slips(tenant_id: UUID, charges: Sequence[UUID]) -> dict[UUID, list[Slip]]:
    found: dict[UUID, list[Slip]] = defaultdict(list)
    if charges:
        rows = Slip.objects.of(tenant_id).filter(charge__in=charges, status__in=LIVE_SLIPS)
        for slip in rows.select_for_update(no_key=True).order_by("id"):
            found[slip.charge_id].append(slip)
    return found

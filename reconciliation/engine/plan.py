"""What is plain of what is certain: matches that can be written with others.

Amounts are reais with the sign of the bank line.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from accounts.journal.entries import EntryDraft
from accounts.models import JournalEntry, JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Charge, Settlement, Slip
from charges.models.settlement import OF_LINE
from charges.settlement.explained_lines import lines_of_others, may_be_of
from charges.settlement.settle import Money, settlement_of, split_of
from charges.states import OPEN_AT_BANK, SlipStatus
from core.ids import uuid7
from payments.models import OutsidePayment, Payable, PaymentOrder
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.hold import Held
from reconciliation.engine.single import is_payable_by
from reconciliation.matches.transfer import sides_of, transfer_of
from reconciliation.models import Match, Transfer
from reconciliation.proposals.facts import Proposal

ZERO = Decimal("0.00")
SOURCE = "Linha do extrato, conciliada pelo Kamino."


@dataclass(slots=True)
class Piece:
    """What one line of a match stands for: an item, whole, or its leg of a transfer."""

    line: StatementLine
    amount: Decimal  # signed as the line
    posted: JournalLine | None = None  # of an entry that is there
    draft: EntryDraft | None = None
    bill: Payable | None = None
    payment: OutsidePayment | None = None
    order: PaymentOrder | None = None  # of the bill, at its bank: the line is its debit
    settlement: Settlement | None = None
    ends_slips: bool = False  # what else collects the charge
    entry: JournalEntry | None = None
    allocation: Allocation | None = None


@dataclass(slots=True)
class Plain:
    """A match that is written with the others: one line, and what it is wholly made of; the two
    lines of a transfer; or one line that gives back another, of which nothing is said."""

    proposal: Proposal
    line: StatementLine
    pieces: list[Piece] = field(default_factory=list)
    transfer: Transfer | None = None
    given_back: StatementLine | None = None
    match: Match | None = None


def plans(gathered: Gathered, held: Held, proposal: Proposal) -> list[Plain]:
    """The matches of a proposal. None: something of it is another now, or asks for more than a few
    rows."""
    lines = [held.lines.get(name) for name in proposal.lines]
    free = [
        line
        for line, name in zip(lines, proposal.lines, strict=True)
        if line is not None and held.open.get(line.id) == gathered.book.lines[name].amount
    ]
    if len(free) < len(lines):
        return []
    if proposal.kind == "settle":
        found = plan(gathered, held, proposal, free[0])
        return [found] if found else []
    if proposal.kind == "return":
        other, line = free
        is_within = abs(line.amount) <= abs(other.amount)
        return [Plain(proposal, line, given_back=other)] if is_within else []
    if proposal.parts:
        return plan_announced(gathered, held, proposal, free)
    return plan_transfer(proposal, free)


def plan(gathered: Gathered, held: Held, proposal: Proposal, line: StatementLine) -> Plain | None:
    found = Plain(proposal, line)
    for item, part in proposal.parts:
        piece = piece_of(gathered, held, item, part, found)
        if piece is None:
            return None
        found.pieces.append(piece)
    return (
        found if sum((each.amount for each in found.pieces), ZERO) == held.open[line.id] else None
    )


def plan_announced(
    gathered: Gathered, held: Held, proposal: Proposal, lines: Sequence[StatementLine]
) -> list[Plain]:
    """Somebody wrote it down before: each line stands for its side of that entry."""
    ((item, _),) = proposal.parts
    left, came = gathered.legs[item]
    found = []
    for line in lines:
        row = held.entries.get(came if line.is_incoming else left)
        if row is None or row.entry.is_provisional or row.open != line.amount:  # type: ignore[attr-defined]
            return []
        found.append(Plain(proposal, line, [Piece(line, line.amount, posted=row)]))
    return found


def plan_transfer(proposal: Proposal, lines: Sequence[StatementLine]) -> list[Plain]:
    one, other = lines
    if one.amount != -other.amount or one.bank_account_id == other.bank_account_id:
        return []
    sides = sides_of(one, other.bank_account, other)
    assert sides.left is not None and sides.came is not None
    pieces = [Piece(line, line.amount) for line in (sides.left, sides.came)]
    return [Plain(proposal, one, pieces, transfer_of(sides, abs(one.amount)))]


def piece_of(
    gathered: Gathered, held: Held, item: str, part: Decimal, found: Plain
) -> Piece | None:
    kind, line = gathered.kinds[item], found.line
    if kind == "entry":
        row = held.entries.get(item)
        if row is None or row.entry.is_provisional or abs(row.open) != part:  # type: ignore[attr-defined]
            return None
        return Piece(line, part.copy_sign(line.amount), posted=row)
    if kind == "bill" and gathered.book.items[item].sending:
        order = held.orders.get(item)
        if order is None or not is_payable_by(order, line, part):
            return None
        return Piece(line, line.amount, bill=order.payable, order=order)
    if kind == "bill":
        bill = held.bills.get(item)
        if bill is None or bill.amount != part:
            return None
        return Piece(line, -part, bill=bill, draft=draft_of(bill, line, held))
    charge = held.charges.get(item)
    if charge is None or charge.rest != part:
        return None
    return receipt_of(charge, held.slips.get(charge.id, ()), part, found)


def draft_of(bill: Payable, line: StatementLine, held: Held) -> EntryDraft:
    leaf = held.leaves[line.bank_account_id]
    return EntryDraft(
        date=line.booked_on,
        memo=f"Pagamento a {bill.payee.name}"[:140],
        lines=[(bill.expense_account, bill.amount), (leaf, -bill.amount)],
    )


def receipt_of(charge: Charge, slips: Sequence[Slip], part: Decimal, found: Plain) -> Piece | None:
    """A charge that this pays wholly, and of which nothing has to be asked."""
    line, difference = found.line, found.proposal.difference
    slip = next((each for each in slips if is_own(each, line)), None)
    received = part
    if difference is not None:
        kind, amount = difference
        received += amount if kind == "interest" else -amount
    if slip is not None:
        slip.charge, slip.bank_account = charge, line.bank_account
    money = money_of(line, slip, received)
    split = split_of(charge, money)
    if split.question or split.excess or split.principal != charge.principal_rest:
        return None
    others = [each for each in slips if each != slip]
    settlement = settlement_of(charge, money, split)
    return Piece(line, received, settlement=settlement, ends_slips=bool(others))


def is_own(slip: Slip, line: StatementLine) -> bool:
    """Whether the bank of the line may have collected by it."""
    is_there = slip.status in (*OPEN_AT_BANK, SlipStatus.UNKNOWN)
    return is_there and slip.bank_account_id == line.bank_account_id


def money_of(line: StatementLine, slip: Slip | None, received: Decimal) -> Money:
    return Money(
        evidence=f"{OF_LINE}{line.id}:{uuid7()}",
        way=Settlement.Way.UNKNOWN if slip else Settlement.Way.TRANSFER,
        received=received,
        paid_on=line.booked_on,
        posted_on=line.booked_on,
        source=SOURCE,
        slip=slip,
        bank_account=line.bank_account,
    )


def without_explained(plains: Sequence[Plain], accounts: Mapping[UUID, BankAccount]) -> list[Plain]:
    """Those of whose receipts no line is in the books as something else."""
    held_back: set[int] = set()
    by_account: dict[UUID, list[tuple[Plain, Settlement]]] = defaultdict(list)
    for each in plains:
        for piece in each.pieces:
            if piece.settlement is not None:
                by_account[each.line.bank_account_id].append((each, piece.settlement))
    for account, pairs in by_account.items():
        lines = lines_of_others(accounts[account], [settlement for _, settlement in pairs])
        held_back |= {
            id(each)
            for each, settlement in pairs
            if any(may_be_of(line, settlement) for line in lines.get(settlement.received, ()))
        }
    return [each for each in plains if id(each) not in held_back]

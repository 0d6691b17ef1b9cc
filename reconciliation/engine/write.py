"""Match what is certain, by itself: many at a time, and the rest one by one.

What is written is looked at again under its locks: whatever somebody has taken since is left out.
Amounts are reais with the sign of the bank line.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from accounts.chart.purposes import account_for
from accounts.journal.entries import EntryDraft, post_entries
from accounts.models import Account, JournalEntry, JournalLine
from audit.acts import Act
from audit.services import Entry, record_many
from banking.bank_accounts.ledger_account import hold_leaves
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Charge, Settlement, Slip
from charges.models.settlement import OF_LINE
from charges.settlement.explained_lines import lines_of_others, may_be_of
from charges.settlement.settle import PAID_TITLE, Money, entry_of, settlement_of, split_of, words_of
from charges.states import OPEN_AT_BANK, SlipStatus
from charges.timeline import Tone as ChargeTone
from charges.timeline import note_many as note_charges
from charges.transitions import lock_charges, write_paid_by_lines
from core.clock import database_now
from core.errors import DomainError
from core.ids import uuid7
from payments.bills.approval import hold
from payments.bills.tiers import lock_rules
from payments.models import OutsidePayment, Payable, PaymentOrder
from payments.orders.transitions import hold_live, pay_by_lines
from payments.states import LIVE_ORDERS, PayableStatus
from payments.timeline import Tone as BillTone
from payments.timeline import note_many as note_bills
from reconciliation.engine.gather import Gathered
from reconciliation.engine.guards import Guards
from reconciliation.engine.single import SOURCE as DEBIT_SEEN
from reconciliation.engine.single import is_payable_by, match_alone
from reconciliation.engine.words import reason_words
from reconciliation.matches.amounts import open_parts, with_open_entries
from reconciliation.matches.hold import hold_accounts
from reconciliation.matches.match import in_words
from reconciliation.matches.pairing import reais
from reconciliation.models import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.proposals.facts import Proposal
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

ZERO = Decimal("0.00")
BATCH = 100
BILL_TITLE, SOURCE = "Paga", "Linha do extrato, conciliada pelo Kamino."
Effect = MatchEffect.Kind


@dataclass(slots=True)
class Held:
    """What is locked, as it is now. By the id in text, as the engine knows it."""

    lines: dict[str, StatementLine]
    open: Mapping[UUID, Decimal]
    entries: dict[str, JournalLine]
    bills: dict[str, Payable]  # approved ones, and those that an order pays
    orders: dict[str, PaymentOrder]  # by bill
    charges: dict[str, Charge]
    slips: dict[UUID, Slip]  # by charge: the open one of its account
    leaves: Mapping[UUID, Account]  # the Contas do Ativo, by bank account


@dataclass(slots=True)
class Piece:
    """One item of a match, whole."""

    amount: Decimal  # signed as the line
    posted: JournalLine | None = None  # of an entry that is there
    draft: EntryDraft | None = None
    bill: Payable | None = None
    payment: OutsidePayment | None = None
    order: PaymentOrder | None = None  # of the bill, at its bank: the line is its debit
    settlement: Settlement | None = None
    entry: JournalEntry | None = None
    allocation: Allocation | None = None


@dataclass(slots=True)
class Plain:
    """A match that is written with the others: one line, and what it is wholly made of."""

    proposal: Proposal
    line: StatementLine
    pieces: list[Piece] = field(default_factory=list)
    match: Match | None = None


def write_all(
    tenant_id: UUID,
    gathered: Gathered,
    chosen: Sequence[Proposal],
    accounts: Mapping[UUID, BankAccount],
) -> list[Proposal]:
    """Returns those that were not to be: something of them is another than it was gathered. Each
    group is a transaction, since it ends on record. Runs outside of scopes."""
    refused: list[Proposal] = []
    left: list[Proposal] = []
    plain = [each for each in chosen if is_plain(each)]
    for first in range(0, len(plain), BATCH):
        with tenant_scope(tenant_id):
            group = plain[first : first + BATCH]
            allowed = hold_allowed(tenant_id, gathered, group)
            refused += [each for each in group if each not in allowed]
            left += write_together(gathered, allowed, accounts) if allowed else []
    for each in [*(each for each in chosen if not is_plain(each)), *left]:
        with tenant_scope(tenant_id):
            if not hold_allowed(tenant_id, gathered, [each]) or not match_alone(
                gathered, each, accounts
            ):
                refused.append(each)
    return refused


def hold_allowed(tenant_id: UUID, gathered: Gathered, chosen: Sequence[Proposal]) -> list[Proposal]:
    """Those that people still leave to the engine, with their accounts held: whatever they do from
    now on comes after."""
    lines = {line for each in chosen for line in each.lines}
    hold_accounts(tenant_id, {UUID(gathered.book.lines[line].account) for line in lines})
    guards = Guards.of(tenant_id, [UUID(line) for line in lines])
    return [each for each in chosen if guards.allow(gathered, each)]


def is_plain(proposal: Proposal) -> bool:
    """One line and whole items."""
    return proposal.kind == "settle" and len(proposal.lines) == 1


def write_together(
    gathered: Gathered, proposals: Sequence[Proposal], accounts: Mapping[UUID, BankAccount]
) -> list[Proposal]:
    """Those that are none of the plain ones after all."""
    try:
        with transaction.atomic():
            held = hold_all(gathered, proposals, accounts)
            planned = [plan(gathered, held, each) for each in proposals]
            plains = without_explained([each for each in planned if each], accounts)
            write_plains(held, plains)
    except (DomainError, IntegrityError) as error:
        log.warning("matches_one_by_one", error=str(error))
        return list(proposals)
    written = {id(each.proposal) for each in plains}
    return [each for each in proposals if id(each) not in written]


# --- Hold ---


def hold_all(
    gathered: Gathered, proposals: Sequence[Proposal], accounts: Mapping[UUID, BankAccount]
) -> Held:
    """Accounts, lines, entries, bills, charges, slips: the order in which all hold them."""
    tenant_id = next(iter(accounts.values())).tenant_id
    ids = {UUID(line) for each in proposals for line in each.lines}
    of_kind: dict[str, list[UUID]] = defaultdict(list)
    for each in proposals:
        for item, _ in each.parts:
            of_kind[gathered.kinds[item]].append(UUID(item))
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


def held_slips(tenant_id: UUID, charges: Sequence[UUID]) -> dict[UUID, Slip]:
    """Of each charge the slip that its bank has open."""
    if not charges:
        return {}
    wanted = (*OPEN_AT_BANK, SlipStatus.UNKNOWN)
    rows = Slip.objects.of(tenant_id).filter(charge__in=charges, status__in=wanted)
    return {slip.charge_id: slip for slip in rows.select_for_update(no_key=True).order_by("id")}


# --- Plan ---


def plan(gathered: Gathered, held: Held, proposal: Proposal) -> Plain | None:
    """None: something of it is another now, or asks for more than a few rows."""
    (name,) = proposal.lines
    line = held.lines.get(name)
    if line is None or held.open.get(line.id) != gathered.book.lines[name].amount:
        return None
    found = Plain(proposal, line)
    for item, part in proposal.parts:
        piece = piece_of(gathered, held, item, part, found)
        if piece is None:
            return None
        found.pieces.append(piece)
    return (
        found if sum((each.amount for each in found.pieces), ZERO) == held.open[line.id] else None
    )


def piece_of(
    gathered: Gathered, held: Held, item: str, part: Decimal, found: Plain
) -> Piece | None:
    kind, line = gathered.kinds[item], found.line
    if kind == "entry":
        row = held.entries.get(item)
        if row is None or row.entry.is_provisional or abs(row.open) != part:  # type: ignore[attr-defined]
            return None
        return Piece(part.copy_sign(line.amount), posted=row)
    if kind == "bill" and gathered.book.items[item].sending:
        order = held.orders.get(item)
        if order is None or not is_payable_by(order, line, part):
            return None
        return Piece(line.amount, bill=order.payable, order=order)
    if kind == "bill":
        bill = held.bills.get(item)
        if bill is None or bill.amount != part:
            return None
        return Piece(-part, bill=bill, draft=draft_of(bill, line, held))
    charge = held.charges.get(item)
    if charge is None or charge.rest != part:
        return None
    return receipt_of(charge, held.slips.get(charge.id), part, found)


def draft_of(bill: Payable, line: StatementLine, held: Held) -> EntryDraft:
    leaf = held.leaves[line.bank_account_id]
    return EntryDraft(
        date=line.booked_on,
        memo=f"Pagamento a {bill.payee.name}"[:140],
        lines=[(bill.expense_account, bill.amount), (leaf, -bill.amount)],
    )


def receipt_of(charge: Charge, slip: Slip | None, part: Decimal, found: Plain) -> Piece | None:
    """A charge that this pays wholly, and of which nothing has to be asked."""
    line, difference = found.line, found.proposal.difference
    if slip is not None and slip.bank_account_id != line.bank_account_id:
        return None  # that one has to be ended at its bank
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
    return Piece(received, settlement=settlement_of(charge, money, split))


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


# --- Write ---


def write_plains(held: Held, plains: Sequence[Plain]) -> None:
    """
    Raises:
        DomainError, IntegrityError: one of them is not taken; the caller rolls back.
    """
    if not plains:
        return
    post_all(held, plains)
    settle_charges(plains)
    pay_bills(plains)
    prove_orders(held, plains)
    write_matches(plains)


def post_all(held: Held, plains: Sequence[Plain]) -> None:
    tenant = plains[0].line.tenant
    account_of = cache(partial(account_for, tenant))
    new: list[tuple[Plain, Piece]] = []
    for each in plains:
        for piece in each.pieces:
            if piece.settlement is not None:
                leaf = held.leaves[each.line.bank_account_id]
                piece.draft = entry_of(piece.settlement, leaf, account_of)
            if piece.draft is not None:
                new.append((each, piece))
    posted = post_entries(tenant, [piece.draft for _, piece in new if piece.draft])
    for (_, piece), entry in zip(new, posted, strict=True):
        piece.entry = entry
    rows = JournalLine.objects.of(tenant).filter(
        entry__in=posted, account__in=list(held.leaves.values())
    )
    by_entry = {row.entry_id: row for row in rows}
    for _, piece in new:
        assert piece.entry is not None
        piece.posted = by_entry[piece.entry.id]


def settle_charges(plains: Sequence[Plain]) -> None:
    made: list[Settlement] = []
    for each in plains:
        for piece in each.pieces:
            if piece.settlement is not None:
                piece.settlement.entry = piece.entry
                made.append(piece.settlement)
    if not made:
        return
    tenant_id = plains[0].line.tenant_id
    Settlement.objects.bulk_create(made)
    write_paid_by_lines(tenant_id, {each.charge_id: each.posted_on for each in made})
    note_charges(
        tenant_id,
        [(each.charge, PAID_TITLE, words_of(each, SOURCE), ChargeTone.OK) for each in made],
        by=None,
    )


def pay_bills(plains: Sequence[Plain]) -> None:
    payments = []
    for each in plains:
        for piece in each.pieces:
            if piece.bill is not None and piece.order is None:
                piece.payment = payment_of(piece, each.line)
                payments.append(piece.payment)
    if not payments:
        return
    tenant_id = plains[0].line.tenant_id
    OutsidePayment.objects.bulk_create(payments)
    bills = [each.payable_id for each in payments]
    Payable.objects.of(tenant_id).filter(id__in=bills).update(status=PayableStatus.PAID)
    told = [(bill, BILL_TITLE, SOURCE, BillTone.OK) for bill in bills]
    note_bills(tenant_id, told, at=database_now())


def payment_of(piece: Piece, line: StatementLine) -> OutsidePayment:
    assert piece.bill is not None and piece.entry is not None
    return OutsidePayment(
        tenant_id=line.tenant_id,
        payable=piece.bill,
        paid_on=line.booked_on,
        bank_account=line.bank_account,
        account_id=line.bank_account.ledger_account_id,
        amount=piece.bill.amount,
        entry=piece.entry,
    )


def prove_orders(held: Held, plains: Sequence[Plain]) -> None:
    found = [
        (piece, piece.order, each.line) for each in plains for piece in each.pieces if piece.order
    ]
    proofs = [(order, line) for _, order, line in found]
    for (piece, order, _), part in zip(
        found, pay_by_lines(proofs, held.leaves, DEBIT_SEEN), strict=True
    ):
        piece.allocation, piece.posted, piece.entry = part, part.journal_line, order.entry


def write_matches(plains: Sequence[Plain]) -> None:
    tenant_id = plains[0].line.tenant_id
    parts, new, effects = [], [], []
    for each in plains:
        each.match = Match(
            tenant_id=tenant_id,
            kind=Match.Kind.MATCH,
            degree=each.proposal.degree,
            reasons=list(each.proposal.marks),
            score=score_of(each.proposal),
        )
        for position, piece in enumerate(each.pieces, 1):
            assert piece.posted is not None
            if piece.allocation is None:
                piece.allocation = Allocation(
                    tenant_id=tenant_id, statement_line=each.line, journal_line=piece.posted,
                    amount=piece.amount,
                )  # fmt: skip
                new.append(piece.allocation)
            parts.append((each, piece.allocation))
            effects.append(effect_of(each.match, position, piece))
    matches = [each.match for each in plains if each.match]
    Match.objects.bulk_create(matches)
    Allocation.objects.bulk_create(new)
    MatchLine.objects.bulk_create(
        MatchLine(
            tenant_id=tenant_id, match=each.match, statement_line=each.line,
            amount=sum((piece.amount for piece in each.pieces), ZERO),
        )
        for each in plains
    )  # fmt: skip
    MatchPart.objects.bulk_create(
        MatchPart(tenant_id=tenant_id, match=each.match, allocation=part) for each, part in parts
    )
    MatchEffect.objects.bulk_create(effects)
    put_on_record(plains, matches)


def effect_of(match: Match, position: int, piece: Piece) -> MatchEffect:
    made = MatchEffect(tenant_id=match.tenant_id, match=match, position=position)
    if piece.order is not None:
        made.kind, made.bill, made.entry = Effect.ORDER_PROVED, piece.bill, piece.entry
        made.order = piece.order
    elif piece.bill is not None:
        made.kind, made.bill, made.entry = Effect.BILL_PAID, piece.bill, piece.entry
        made.payment = piece.payment
    elif piece.settlement is not None:
        made.kind, made.settlement = Effect.CHARGE_SETTLED, piece.settlement
        made.entry = piece.entry
    else:
        assert piece.posted is not None
        made.kind, made.entry = Effect.LINKED, piece.posted.entry
    return made


def score_of(proposal: Proposal) -> int:
    return max(0, min(100, round(proposal.score)))


def put_on_record(plains: Sequence[Plain], matches: Iterable[Match]) -> None:
    """`made_at` of the matches is the database's; the record's words do without it."""
    records = []
    for each, match in zip(plains, matches, strict=True):
        match.made_at = database_now() if match.made_at is None else match.made_at
        records.append(
            Entry(
                Act.LINES_MATCHED,
                match,
                why=", ".join(reason_words(each.proposal.marks)),
                after={
                    "Conta": str(each.line.bank_account),
                    "Extrato": in_words(each.line),
                    "Conciliado com": "; ".join(map(piece_words, each.pieces)),
                },
            )
        )
    record_many(records, by=None)


def piece_words(piece: Piece) -> str:
    if piece.bill is not None:
        return str(piece.bill)
    if piece.settlement is not None:
        return f"{piece.settlement.charge}, {reais(piece.amount)}"
    assert piece.posted is not None
    return f"{piece.posted.entry}, {reais(abs(piece.amount))}"

"""Match what is certain, by itself: many at a time, and the rest one by one.

What is written is looked at again under its locks: whatever somebody has taken since is left out.
Amounts are reais with the sign of the bank line.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, partial
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from accounts.chart.purposes import account_for
from accounts.journal.entries import post_entries, written_on
from audit.acts import Act
from audit.services import Entry, record_many
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Charge, Settlement
from charges.settlement.settle import PAID_TITLE, entry_of, words_of
from charges.timeline import Tone as ChargeTone
from charges.timeline import note_many as note_charges
from charges.transitions import end_other_slips, write_paid_by_lines
from core.clock import database_now
from core.errors import DomainError, InvalidState
from payments.models import OutsidePayment, Payable
from payments.orders.transitions import pay_by_lines
from payments.states import PayableStatus
from payments.timeline import Tone as BillTone
from payments.timeline import note_many as note_bills
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.guards import Guards
from reconciliation.engine.hold import Held, hold_all
from reconciliation.engine.plan import SOURCE, Piece, Plain, plans, without_explained
from reconciliation.engine.single import RECEIVED, match_alone
from reconciliation.engine.single import SOURCE as DEBIT_SEEN
from reconciliation.engine.words import reason_words
from reconciliation.matches.hold import hold_accounts
from reconciliation.matches.match import in_words
from reconciliation.matches.pairing import reais
from reconciliation.matches.transfer import draft_of_leg, in_record
from reconciliation.models import Match, MatchEffect, MatchLine, MatchPart, Transfer
from reconciliation.proposals.facts import Proposal
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

ZERO = Decimal("0.00")
BATCH = 100
BILL_TITLE = "Paga"
Effect = MatchEffect.Kind


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
    """One line and whole items, or two lines: a transfer, or a return that undoes nothing."""
    if proposal.undoes:
        return False
    return len(proposal.lines) == (1 if proposal.kind == "settle" else 2)


def write_together(
    gathered: Gathered, proposals: Sequence[Proposal], accounts: Mapping[UUID, BankAccount]
) -> list[Proposal]:
    """Those that are none of the plain ones after all. One that the books do not take leaves the
    others as they are."""
    try:
        with transaction.atomic():
            held = hold_all(gathered, proposals, accounts)
            planned = [plain for each in proposals for plain in plans(gathered, held, each)]
            plains = without_explained(planned, accounts)
            write_plains(held, plains)
    except (DomainError, IntegrityError) as error:
        log.warning("matches_in_halves", count=len(proposals), error=str(error))
        if len(proposals) == 1:
            return list(proposals)
        half = len(proposals) // 2
        parts = proposals[:half], proposals[half:]
        return [left for part in parts for left in write_together(gathered, part, accounts)]
    written = {id(each.proposal) for each in plains}
    return [each for each in proposals if id(each) not in written]


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
    new: list[Piece] = []
    for each in plains:
        for piece in each.pieces:
            leaf = held.leaves[piece.line.bank_account_id]
            if piece.settlement is not None:
                piece.draft = entry_of(piece.settlement, leaf, account_of)
            elif each.transfer is not None:
                piece.draft = draft_of_leg(each.transfer, piece.line, leaf, account_of)
            if piece.draft is not None:
                new.append(piece)
    posted = post_entries(tenant, [piece.draft for piece in new if piece.draft])
    for piece, entry in zip(new, posted, strict=True):
        piece.entry = entry
        piece.posted = written_on(entry, held.leaves[piece.line.bank_account_id])


def settle_charges(plains: Sequence[Plain]) -> None:
    made: list[tuple[Settlement, Piece]] = []
    for each in plains:
        for piece in each.pieces:
            if piece.settlement is not None:
                piece.settlement.entry = piece.entry
                made.append((piece.settlement, piece))
    if not made:
        return
    tenant_id = plains[0].line.tenant_id
    if len({each.charge_id for each, _ in made}) < len(made):
        # The database says so too, but at the end: for the hundred.
        raise InvalidState("Duas linhas pagariam a mesma cobrança.", code="charge_used")
    Settlement.objects.bulk_create(settlement for settlement, _ in made)
    write_paid_by_lines(tenant_id, {each.charge_id: each.posted_on for each, _ in made})
    told: list[tuple[Charge, str, str, str]] = [
        (each.charge, PAID_TITLE, words_of(each, source_of(piece)), ChargeTone.OK)
        for each, piece in made
    ]
    note_charges(tenant_id, told, by=None)
    for settlement, piece in made:
        if piece.ends_slips:
            end_other_slips(settlement.charge, but=settlement.slip)


def source_of(piece: Piece) -> str:
    return RECEIVED if piece.ends_slips else SOURCE


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
            kind=kind_of(each),
            degree=each.proposal.degree,
            reasons=list(each.proposal.marks),
            score=score_of(each.proposal),
        )
        for position, piece in enumerate(each.pieces, 1):
            assert piece.posted is not None
            if piece.allocation is None:
                piece.allocation = Allocation(
                    tenant_id=tenant_id, statement_line=piece.line, journal_line=piece.posted,
                    amount=piece.amount,
                )  # fmt: skip
                new.append(piece.allocation)
            parts.append((each, piece.allocation))
            effects.append(effect_of(each.match, position, piece))
    matches = [each.match for each in plains if each.match]
    Match.objects.bulk_create(matches)
    Allocation.objects.bulk_create(new)
    write_transfers(plains)
    MatchLine.objects.bulk_create(
        MatchLine(
            tenant_id=tenant_id, match=each.match, statement_line=line, amount=amount,
            is_ignored=each.given_back is not None,
        )
        for each in plains
        for line, amount in amounts_of(each).items()
    )  # fmt: skip
    MatchPart.objects.bulk_create(
        MatchPart(tenant_id=tenant_id, match=each.match, allocation=part) for each, part in parts
    )
    MatchEffect.objects.bulk_create(effects)
    put_on_record(plains, matches)


def write_transfers(plains: Sequence[Plain]) -> None:
    made = [(each.transfer, each.match) for each in plains if each.transfer and each.match]
    now = database_now() if made else None
    for transfer, match in made:
        transfer.match, transfer.completed_at = match, now
    Transfer.objects.bulk_create(transfer for transfer, _ in made)


def kind_of(plain: Plain) -> Match.Kind:
    if plain.given_back is not None:
        return Match.Kind.GIVE_BACK
    return Match.Kind.TRANSFER if plain.transfer is not None else Match.Kind.MATCH


def amounts_of(plain: Plain) -> dict[StatementLine, Decimal]:
    if plain.given_back is not None:
        return {plain.line: plain.line.amount, plain.given_back: -plain.line.amount}
    found: dict[StatementLine, Decimal] = {}
    for piece in plain.pieces:
        found[piece.line] = found.get(piece.line, ZERO) + piece.amount
    return found


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
    elif piece.draft is not None:
        made.kind, made.entry = Effect.CREATED, piece.entry
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
        records.append(record_of(each, match))
    record_many(records, by=None)


def record_of(plain: Plain, match: Match) -> Entry:
    if plain.transfer is not None:
        lines = [piece.line for piece in plain.pieces]
        return Entry(Act.LINE_TRANSFERRED, match, after=in_record(plain.transfer, lines))
    if plain.given_back is not None:
        told = {"Devolução": in_words(plain.line), "Do que": in_words(plain.given_back)}
        return Entry(Act.LINE_GIVEN_BACK, match, after=told)
    why = ", ".join(reason_words(plain.proposal.marks))
    told = {
        "Conta": str(plain.line.bank_account),
        "Extrato": in_words(plain.line),
        "Conciliado com": "; ".join(map(piece_words, plain.pieces)),
    }
    return Entry(Act.LINES_MATCHED, match, why=why, after=told)


def piece_words(piece: Piece) -> str:
    if piece.bill is not None:
        return str(piece.bill)
    if piece.settlement is not None:
        return f"{piece.settlement.charge}, {reais(piece.amount)}"
    assert piece.posted is not None
    return f"{piece.posted.entry}, {reais(abs(piece.amount))}"

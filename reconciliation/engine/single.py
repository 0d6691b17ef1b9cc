"""Match what is certain one by one: transfers between own accounts, what came back, and what is
not plain enough to be written with others (`reconciliation.engine.write`)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount, StatementLine
from banking.statements.entry_day import on_day_of
from charges.models.settlement import OF_LINE, Settlement
from charges.settlement.settle import Money, settle
from charges.transitions import lock_charges
from core.errors import DomainError, InvalidState
from core.ids import uuid7
from payments.models import PaymentOrder
from payments.states import ORDER_MOVES, OrderStatus
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.hold import held_bills
from reconciliation.engine.words import reason_words
from reconciliation.matches.amounts import open_parts
from reconciliation.matches.effect import effect_of
from reconciliation.matches.give_back import own_part, return_payment, set_against_each_other
from reconciliation.matches.hold import hold_accounts
from reconciliation.matches.match import in_words
from reconciliation.matches.pairing import reais
from reconciliation.matches.plan import held_entries
from reconciliation.matches.proof import is_debit_of, prove
from reconciliation.matches.transfer import begin, sides_of
from reconciliation.matches.undo import undo_by_product
from reconciliation.matches.write import Effect, Origin, Writing, begin_match, posted_on
from reconciliation.models import Match
from reconciliation.proposals.facts import Proposal

log = structlog.get_logger(__name__)
ZERO = Decimal("0.00")
SOURCE = "O débito está no extrato."
RECEIVED = "O crédito está no extrato."


def match_alone(
    gathered: Gathered, proposal: Proposal, accounts: Mapping[UUID, BankAccount]
) -> bool:
    """False, and nothing is done: it is another now, or the books do not take it."""
    try:
        with transaction.atomic():
            lines = hold(gathered, proposal, accounts)
            WRITERS[proposal.kind](gathered, proposal, lines)
    except (DomainError, IntegrityError) as error:
        log.info("match_not_made", lines=proposal.lines, error=str(error))
        return False
    return True


def hold(
    gathered: Gathered, proposal: Proposal, accounts: Mapping[UUID, BankAccount]
) -> list[StatementLine]:
    """
    Raises:
        InvalidState: less is open of one than was gathered.
    """
    ids = [UUID(line) for line in proposal.lines]
    tenant_id = next(iter(accounts.values())).tenant_id
    hold_accounts(tenant_id, {UUID(gathered.book.lines[line].account) for line in proposal.lines})
    rows = StatementLine.objects.of(tenant_id).filter(id__in=ids).order_by("id")
    held = {row.id: row for row in rows.select_for_update(no_key=True).defer("raw")}
    now = open_parts(tenant_id, ids)
    for line in ids:
        told = gathered.book.lines[str(line)].amount
        is_free = str(line) in proposal.undoes or now.get(line) == told
        if line not in held or not is_free:
            raise InvalidState("A linha do extrato mudou.", code="line_changed")
        held[line].bank_account = accounts[held[line].bank_account_id]
        held[line].tenant = held[line].bank_account.tenant
    return [held[line] for line in ids]


def origin_of(proposal: Proposal) -> Origin:
    return Origin(
        by=None,
        degree=proposal.degree,
        reasons=proposal.marks,
        score=max(0, min(100, round(proposal.score))),
    )


# --- Bills, charges, entries ---


def settle_items(gathered: Gathered, proposal: Proposal, lines: Sequence[StatementLine]) -> None:
    (line,) = lines
    writing = begin_match(line.tenant_id, Match.Kind.MATCH, origin_of(proposal))
    told = []
    for item, part in proposal.parts:
        kind = gathered.kinds[item]
        told.append(SETTLERS[kind](writing, item, part, line, proposal))
    writing.add_line(line, line.amount)
    record(
        Act.LINES_MATCHED,
        on=writing.match,
        by=None,
        why=", ".join(reason_words(proposal.marks)),
        after={
            "Conta": str(line.bank_account),
            "Extrato": in_words(line),
            "Conciliado com": "; ".join(told),
        },
    )


def prove_order(
    writing: Writing, item: str, part: Decimal, line: StatementLine, proposal: Proposal
) -> str:
    """The line is the debit of the order that pays the bill."""
    _, orders = held_bills(line.tenant_id, [UUID(item)], [line.bank_account_id])
    order = orders.get(item)
    if order is None or not is_payable_by(order, line, part):
        raise InvalidState("Só o débito deste pagamento o comprova.", code="at_bank")
    prove(writing, order, line, SOURCE)
    return str(order.payable)


def is_payable_by(order: PaymentOrder, line: StatementLine, part: Decimal) -> bool:
    """Whether the whole line may be the debit of the order, which asks nothing of a person."""
    return (
        OrderStatus.PAID in ORDER_MOVES[order.status]
        and not order.needs_person
        and part == -line.amount
        and is_debit_of(order, line)
    )


def settle_charge(
    writing: Writing, item: str, part: Decimal, line: StatementLine, proposal: Proposal
) -> str:
    """As the charge's own bank would tell it: what fine and interest lack is asked of a person."""
    charge = lock_charges(line.tenant_id, [UUID(item)]).get(UUID(item))
    if charge is None or charge.rest != part:
        raise InvalidState("A cobrança mudou.", code="charge_changed")
    received = part
    if proposal.difference is not None:
        kind, amount = proposal.difference
        received += amount if kind == "interest" else -amount
    money = Money(
        evidence=f"{OF_LINE}{line.id}:{uuid7()}",
        way=Settlement.Way.TRANSFER,
        received=received,
        paid_on=line.booked_on,
        posted_on=line.booked_on,
        source=RECEIVED,
        bank_account=line.bank_account,
    )
    settlement = settle(charge, money)
    if settlement is None or settlement.entry is None or settlement.excess:
        raise InvalidState("O recebimento pede conferência.", code="held_back")
    writing.join(line, posted_on(line.bank_account, settlement.entry), received)
    writing.note(Effect.CHARGE_SETTLED, settlement=settlement, entry=settlement.entry)
    return f"{charge}, {reais(received)}"


def link_entry(
    writing: Writing, item: str, part: Decimal, line: StatementLine, proposal: Proposal
) -> str:
    row = held_entries([UUID(item)], line).get(UUID(item))
    if row is None or abs(row.open) != part:  # type: ignore[attr-defined]
        raise InvalidState("O lançamento contábil mudou.", code="entry_changed")
    entry, posted = row.entry, row
    if entry.is_provisional and part == abs(row.amount):
        entry = on_day_of(line, entry)
        posted = posted_on(line.bank_account, entry)
    writing.join(line, posted, part.copy_sign(line.amount))
    writing.note(Effect.LINKED, entry=entry)
    return f"{entry}, {reais(part)}"


SETTLERS = {"bill": prove_order, "charge": settle_charge, "entry": link_entry}


# --- Lines with each other ---


def move_between(gathered: Gathered, proposal: Proposal, lines: Sequence[StatementLine]) -> None:
    if proposal.parts:
        link_announced(gathered, proposal, lines)
        return
    one, other = lines
    sides = sides_of(one, other.bank_account, other)
    begin(sides, abs(one.amount), ZERO, origin_of(proposal))


def link_announced(gathered: Gathered, proposal: Proposal, lines: Sequence[StatementLine]) -> None:
    """Somebody wrote it down before: each line stands for its side of that entry."""
    ((item, _),) = proposal.parts
    left, came = gathered.legs[item]
    for line in lines:
        leg = left if line.amount < 0 else came
        writing = begin_match(line.tenant_id, Match.Kind.MATCH, origin_of(proposal))
        told = link_entry(writing, leg, abs(line.amount), line, proposal)
        writing.add_line(line, line.amount)
        record(
            Act.LINES_MATCHED,
            on=writing.match,
            by=None,
            why=", ".join(reason_words(proposal.marks)),
            after={
                "Conta": str(line.bank_account),
                "Extrato": in_words(line),
                "Conciliado com": told,
            },
        )


def give_back(gathered: Gathered, proposal: Proposal, lines: Sequence[StatementLine]) -> None:
    """Nothing stands for either; or what the product matched by itself is undone first."""
    other, line = lines
    if proposal.undoes:
        matches = list(
            Match.objects.of(line.tenant_id).standing().filter(lines__statement_line=other)
        )
        if len(matches) != 1 or not matches[0].is_automatic:
            raise InvalidState("Uma pessoa conciliou esta linha.", code="by_hand")
        undoing = effect_of(matches)
        if undoing.orders and not undoing.blockers:
            # It was paid, and it came back: both are facts.
            return_payment(line, other, own_part(other), origin_of(proposal))
            return
        if undoing.blockers or undoing.settlements:
            raise InvalidState("O que foi conciliado pede uma pessoa.", code="stands_on")
        undo_by_product(matches[0], "O dinheiro voltou.")
    set_against_each_other(line, other, origin_of(proposal))


WRITERS = {"settle": settle_items, "transfer": move_between, "return": give_back}

"""A bank line that gives back what another one moved: a return, a reversal, a refund."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.journal.entries import MEMO_LENGTH, post_entry
from accounts.journal.postings import Posting, postings_of
from accounts.models import JournalEntry
from audit.acts import Act
from audit.services import record
from banking.banks.contract.payments import OrderState
from banking.models import Allocation, StatementLine
from charges.models import Refund, Settlement
from charges.refunds.register import REGISTERED, register_refund
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from payments.bills.paid_outside import undo_paid_outside
from payments.models import OutsidePayment, PaymentOrder
from payments.orders.bank_lines import orders_of, value_of
from payments.orders.settlement import News
from payments.orders.transitions import move_by_news
from people.exceptional_acts import lock_person, waiting_on
from reconciliation.matches.amounts import open_parts
from reconciliation.matches.hold import Seen, hold_lines, name_of
from reconciliation.matches.match import in_words
from reconciliation.matches.pairing import Done, reais
from reconciliation.matches.write import Effect, Origin, Writing, begin_match, posted_on
from reconciliation.models import Match
from tenants.models import Membership

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Return:
    """`line` gives back `other`, whole or in part."""

    line: StatementLine
    other: StatementLine
    part: Allocation | None  # what of `other` came back; None: nothing is said of `other` yet
    by: Membership | None  # None: the product itself, of an order alone
    why: str
    debt: str  # of a charge: whether it is owed again

    @property
    def is_whole(self) -> bool:
        return -self.line.amount == self.other.amount


@transaction.atomic
def give_back(
    line_id: UUID,
    other_id: UUID,
    *,
    by: Membership,
    why: str = "",
    of: UUID | None = None,
    debt: str = "",
    seen: Seen | None = None,
) -> Done:
    """Where nothing is said of the other line, the two are set against each other: their sum is
    zero. Else what it was comes back: a payment's order is returned and its bill waits for approval
    again, a charge has a refund, an entry its opposite on the day of the return. `of` is the
    allocation that came back, where the other line stands for several things.

    Runs inside the company's scope.

    Raises:
        InvalidInput: the lines are not one and its return; (field `of`, `debt`) it has to be said.
        InvalidState: (code `line_used`) something is said of the return already.
        Changed, NotAllowed: as `hold_lines`; and what refunding a charge raises.
    """
    lock_person(by.tenant_id, by.user_id)
    held = {each.id: each for each in hold_lines([line_id, other_id], by=by, seen=seen)}
    line, other = held[line_id], held[other_id]
    require_return(line, other)
    parts = Allocation.objects.of(by.tenant_id).standing().filter(statement_line=other)
    part = read_part(list(parts.select_related("journal_line__entry").order_by("id")), line, of)
    back = Return(line, other, part, by, read_line(why), debt)
    if part is not None and (settlement := settlement_of(part)) is not None:
        return refund(back, settlement)
    writing = begin(back)
    write(writing, back)
    record_return(writing.match, back)
    return Done(writing.match)


def require_return(line: StatementLine, other: StatementLine) -> None:
    open_now = open_parts(line.tenant_id, [line.id])
    if open_now[line.id] != line.amount:
        raise InvalidState(f"«{line}» já está conciliado.", code="line_used")
    if line.bank_account_id != other.bank_account_id or line.is_incoming == other.is_incoming:
        raise InvalidInput(
            "Uma devolução é da mesma conta, e do lado contrário.", field="other", code="no_return"
        )
    if abs(line.amount) > abs(other.amount) or line.booked_on < other.booked_on:
        raise InvalidInput(
            "Uma devolução vem depois, e não passa do que foi movimentado.",
            field="other",
            code="no_return",
        )


def read_part(
    parts: Sequence[Allocation], line: StatementLine, of: UUID | None
) -> Allocation | None:
    if not parts:
        return None
    chosen = [each for each in parts if of is None or each.id == of]
    if len(chosen) != 1:
        raise InvalidInput("Diga o que voltou da linha.", field="of", code="which")
    if abs(line.amount) > abs(chosen[0].amount):
        raise InvalidInput("Voltou mais do que isto foi.", field="of", code="too_much")
    return chosen[0]


def settlement_of(part: Allocation) -> Settlement | None:
    rows = Settlement.objects.of(part.tenant_id).filter(charge__isnull=False)
    mine = {each.id for each in chain_of(part.journal_line.entry)}
    found: Settlement | None = rows.filter(entry__in=mine).first()
    return found


def chain_of(entry: JournalEntry) -> list[JournalEntry]:
    """The entry and those in whose place it was written."""
    chain = [entry]
    while chain[-1].replaces_id is not None:
        chain.append(JournalEntry.objects.of(entry.tenant_id).get(id=chain[-1].replaces_id))
    return chain


def begin(back: Return, origin: Origin | None = None) -> Writing:
    origin = origin or Origin(by=back.by)
    return begin_match(back.line.tenant_id, Match.Kind.GIVE_BACK, origin, why=back.why)


def return_payment(
    line: StatementLine, other: StatementLine, part: Allocation, origin: Origin
) -> Match:
    """As the product itself does it, who holds both: `other` is the debit of a payment of ours.

    Raises:
        InvalidState: it is none.
    """
    back = Return(line, other, part, None, "", "")
    entry = part.journal_line.entry
    order = orders_of(entry.tenant_id, [entry]).get(entry.id)
    if order is None or not back.is_whole:
        raise InvalidState("O que voltou não é um pagamento inteiro.", code="no_payment")
    writing = begin(back, origin)
    return_order(writing, back, order)
    record_return(writing.match, back)
    return writing.match


def write(writing: Writing, back: Return) -> None:
    if back.part is None:
        set_against(writing, back)
        return
    entry = back.part.journal_line.entry
    order = orders_of(entry.tenant_id, [entry]).get(entry.id)
    payment = outside_payment_of(entry)
    if order is not None:
        return_order(writing, back, order)
    elif payment is not None and back.is_whole and -back.part.amount == back.line.amount:
        why = back.why or "O pagamento voltou."
        undo_paid_outside(payment.payable, by=back.by, why=why)
        set_against(writing, back)
    else:
        post_opposite(writing, back, entry)


def set_against(writing: Writing, back: Return) -> None:
    """Nothing in the books stands for either: together they are zero."""
    left = open_parts(back.other.tenant_id, [back.other.id])[back.other.id]
    if abs(left) < abs(back.line.amount):
        raise InvalidState(f"«{back.other}» já está conciliado.", code="line_used")
    writing.add_line(back.line, back.line.amount, is_ignored=True)
    writing.add_line(back.other, -back.line.amount, is_ignored=True)


def set_against_each_other(line: StatementLine, other: StatementLine, origin: Origin) -> Match:
    """As the product itself does it, who holds both: nothing is said of either."""
    writing = begin_match(line.tenant_id, Match.Kind.GIVE_BACK, origin)
    left = open_parts(line.tenant_id, [other.id])[other.id]
    if abs(left) < abs(line.amount):
        raise InvalidState(f"«{other}» já está conciliado.", code="line_used")
    writing.add_line(line, line.amount, is_ignored=True)
    writing.add_line(other, -line.amount, is_ignored=True)
    told = {"Devolução": in_words(line), "Do que": in_words(other)}
    record(Act.LINE_GIVEN_BACK, on=writing.match, by=None, after=told)
    return writing.match


def outside_payment_of(entry: JournalEntry) -> OutsidePayment | None:
    rows = OutsidePayment.objects.of(entry.tenant_id).filter(undone_at=None)
    found: OutsidePayment | None = (
        rows.filter(entry__in=chain_of(entry)).select_related("payable__payee").first()
    )
    return found


def return_order(writing: Writing, back: Return, order: PaymentOrder) -> None:
    if back.line.amount != value_of(order):
        raise InvalidInput(
            f"O pagamento foi de {reais(value_of(order))}: uma parte que voltou é lançada como "
            "entrada à parte.",
            field="other",
            code="in_part",
        )
    user = back.by.user if back.by else None
    source = f"Devolução no extrato, conciliada por {name_of(user)}."
    assert back.part is not None  # its entry named the order
    paid = back.part.journal_line.entry
    move_by_news(order, OrderState.RETURNED, News(source, line=back.line, by=user))
    part = own_part(back.line)
    writing.add_part(part)
    writing.add_line(back.line, back.line.amount)
    writing.note(Effect.GIVEN_BACK, entry=part.journal_line.entry, former=paid, order=order)


def own_part(line: StatementLine) -> Allocation:
    """By which the line stands for an entry."""
    rows = Allocation.objects.of(line.tenant_id).standing().filter(statement_line=line)
    part: Allocation | None = rows.select_related("journal_line__entry").first()
    if part is None:
        raise InvalidState(
            "O sistema não ligou esta linha: confira a página da conta.",
            code="not_joined",
        )
    return part


def post_opposite(writing: Writing, back: Return, entry: JournalEntry) -> None:
    new = post_entry(
        back.line.tenant,
        date=back.line.booked_on,
        memo=f"Devolução: {entry.memo}"[:MEMO_LENGTH],
        lines=opposite(entry, back.line.amount),
        by=back.by.user if back.by else None,
    )
    writing.note(Effect.GIVEN_BACK, entry=new, former=entry)
    writing.join(back.line, posted_on(back.line.bank_account, new), back.line.amount)
    writing.add_line(back.line, back.line.amount)


def opposite(entry: JournalEntry, amount: Decimal) -> list[Posting]:
    lines = postings_of(entry, sign=-1)
    if abs(amount) == entry.total:
        return lines
    if len(lines) != 2:
        raise InvalidInput(
            "Voltou só uma parte de um lançamento dividido: crie um lançamento com a parte de "
            "cada classificação.",
            field="other",
            code="in_part",
        )
    return [each._replace(amount=abs(amount).copy_sign(each.amount)) for each in lines]


def refund(back: Return, settlement: Settlement) -> Done:
    """Of a charge: its refund has its own record, and above the limit waits for a second person."""
    assert back.by is not None  # what a charge got goes back by people
    done = register_refund(settlement, by=back.by, debt=back.debt, why=back.why, line=back.line)
    if done is None:
        return Done(None, waiting_on(settlement.charge, REGISTERED))
    return Done(match_refund(back, done))


def match_refund(back: Return, done: Refund) -> Match:
    assert back.part is not None and done.entry is not None
    writing = begin(back)
    part = own_part(back.line)
    writing.add_part(part)
    writing.add_line(back.line, back.line.amount)
    writing.note(
        Effect.GIVEN_BACK,
        entry=part.journal_line.entry,
        former=back.part.journal_line.entry,
        settlement=done.settlement,
    )
    record_return(writing.match, back)
    return writing.match


def record_return(match: Match, back: Return) -> None:
    record(
        Act.LINE_GIVEN_BACK,
        on=match,
        by=back.by.user if back.by else None,
        why=back.why,
        after={
            "Conta": str(back.line.bank_account),
            "Devolução": in_words(back.line),
            "Do que": in_words(back.other),
        },
    )

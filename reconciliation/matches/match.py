"""Match bank lines with what they are the money of: entries, bills, charges, in any number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from accounts.journal.entries import MEMO_LENGTH, post_entry, rewrite_entry
from accounts.journal.postings import Lines, Posting
from accounts.models import Account, AccountPurpose, JournalEntry, JournalLine
from audit.acts import Act
from audit.services import Entry, record_many
from banking.bank_accounts.ledger_account import hold_leaf
from banking.models import StatementLine
from banking.statements.entry_day import on_day_of
from charges.settlement.by_line import Came, settle_by_line
from charges.settlement.settle import Share
from core.errors import InvalidState
from core.text import read_line
from payments.bills.paid_outside import Paid, pay_held, record_paid_outside
from payments.models import Payable, PaymentOrder
from payments.orders.settlement import News
from payments.orders.transitions import take_from_queue
from payments.states import OrderStatus, PayableStatus
from people.exceptional_acts import Kind, Request, lock_person, propose
from people.models import ExceptionalAct
from reconciliation.matches.differences import COMING, Difference, DifferenceKind, account_of
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.lessons import learn
from reconciliation.matches.pairing import Done, Pairing, reais
from reconciliation.matches.plan import Plan, Planned, plan_of
from reconciliation.matches.proof import is_debit_of, only_own_line, prove, prove_by_lot
from reconciliation.matches.write import Effect, Origin, Writing, begin_match, posted_on
from reconciliation.models import Match
from tenants.models import Membership

ZERO = Decimal("0.00")
Pieces = Sequence[tuple[StatementLine, Decimal]]


@transaction.atomic
def match_lines(pairing: Pairing, *, by: Membership) -> Done:
    """Bills are paid and charges settled by it, each difference goes to its account, in one act.

    A difference by which the company has less waits for a second person above the company's limit
    (`waiting`). Runs inside the company's scope.

    Raises:
        InvalidInput, InvalidState, Changed, NotAllowed: as `plan_of`; and what paying the bill
            (`record_paid_outside`) or settling the charge (`settle_by_line`) raises.
    """
    return match_in_act(pairing, by=by)


def match_in_act(pairing: Pairing, *, by: Membership) -> Done:
    """As `match_lines`, in the transaction of an act that ends where this raises."""
    lock_person(by.tenant_id, by.user_id)
    plan = plan_of(pairing, by=by)
    if not pairing.given_up:
        return Done(write_match(plan, pairing, origin_of(pairing, by)))
    made: list[Match] = []

    def write(act: ExceptionalAct, by: Membership) -> None:
        made.append(write_match(plan, pairing, origin_of(pairing, by, act)))

    act = propose(DIFFERENCE, request_of(plan, pairing), by=by, apply=write)
    return Done(None, act) if act.is_waiting else Done(made[0])


def origin_of(pairing: Pairing, by: Membership, exception: ExceptionalAct | None = None) -> Origin:
    return Origin(
        by=by,
        degree=pairing.degree,
        reasons=pairing.reasons,
        score=pairing.score,
        exception=exception,
    )


def request_of(plan: Plan, pairing: Pairing) -> Request:
    line = plan.lines[0]
    told = {each.label: reais(-each.amount) for each in pairing.differences if each.is_given_up}
    return Request(
        on=line,
        url=page_of(line),
        amount=pairing.given_up,
        title=f"{DIFFERENCE.label}: {reais(pairing.given_up)} em {line}",
        why=read_line(pairing.why) or ", ".join(f"{name} {value}" for name, value in told.items()),
        counts_with=line.bank_account_id,
        effect={"Conta": str(line.bank_account), "Extrato": in_words(line), **told},
        value=pairing.to_json(),
    )


def apply_difference(act: ExceptionalAct, by: Membership) -> None:
    pairing = Pairing.from_json(act.value)
    write_match(plan_of(pairing, by=by), pairing, origin_of(pairing, by, act))


DIFFERENCE = Kind("match_difference", "Diferença na conciliação", apply_difference)


def page_of(line: StatementLine) -> str:
    return f"{reverse('reconciliation:reconcile')}?conta={line.bank_account_id}"


# --- Writing ---


@dataclass(slots=True)
class Supply:
    """What is left of the lines, which the items take in turn."""

    left: list[tuple[StatementLine, Decimal]]

    def take(self, total: Decimal) -> Pieces:
        pieces = []
        while total:
            line, free = self.left.pop(0)
            piece = min(abs(total), abs(free)).copy_sign(free)
            pieces.append((line, piece))
            total -= piece
            if free != piece:
                self.left.insert(0, (line, free - piece))
        return pieces


def write_match(plan: Plan, pairing: Pairing, origin: Origin) -> Match:
    writing = begin_match(plan.lines[0].tenant_id, Match.Kind.MATCH, origin, why=pairing.why)
    supply = Supply([(line, plan.open[line.id]) for line in plan.lines])
    taken: dict[StatementLine, Decimal] = {}
    for planned, pieces in with_pieces(plan, supply):
        WRITERS[planned.choice.kind](writing, planned, pieces)
        count(taken, pieces)
    if plan.free:
        pieces = supply.take(sum((each.amount for each in plan.free), ZERO))
        write_free(writing, plan, pieces)
        count(taken, pieces)
    for line, amount in taken.items():
        writing.add_line(line, amount)
    if origin.by is not None:
        learn(writing)
    said = Entry(
        Act.LINES_MATCHED,
        writing.match,
        pairing.why,
        after=particulars(plan, pairing.differences),
    )
    record_many([*writing.records, said], by=origin.by.user if origin.by else None)
    return writing.match


def with_pieces(plan: Plan, supply: Supply) -> Iterator[tuple[Planned, Pieces]]:
    for planned in plan.items:
        yield planned, supply.take(planned.total)


def count(taken: dict[StatementLine, Decimal], pieces: Pieces) -> None:
    for line, amount in pieces:
        taken[line] = taken.get(line, ZERO) + amount


def write_entry(writing: Writing, planned: Planned, pieces: Pieces) -> None:
    """It was there: the lines stand for it. With a difference it is written again first."""
    row: JournalLine = planned.row
    line = pieces[0][0]
    if planned.differences:
        entry = with_differences(planned, line, writing.origin)
        posted = posted_on(line.bank_account, entry)
        writing.note(Effect.REWRITTEN, entry=entry, former=row.entry)
    elif row.entry.is_provisional and planned.part == row.amount and len(pieces) == 1:
        entry = on_day_of(line, row.entry)
        posted = posted_on(line.bank_account, entry)
        writing.note(Effect.LINKED, entry=entry)
    else:
        posted = row
        writing.note(Effect.LINKED, entry=row.entry)
    join_all(writing, pieces, posted)


def with_differences(planned: Planned, line: StatementLine, origin: Origin) -> JournalEntry:
    assert origin.by is not None  # the product gives nothing up
    row: JournalLine = planned.row
    others = row.entry.lines.exclude(id=row.id).select_related("account", "cost_center")
    lines: Lines = [
        (row.account, planned.total),
        *(Posting(each.account, each.amount, each.cost_center) for each in others),
        *others_of(planned, line),
    ]
    why = "diferença na conciliação com o extrato"
    return rewrite_entry(row.entry, lines=lines, why=why, by=origin.by.user)


def others_of(planned: Planned, line: StatementLine) -> list[tuple[Account, Decimal]]:
    """The accounts of an item's differences: a debit is positive."""
    sign = 1 if line.is_incoming else -1
    return [(account_of(line.tenant, each, sign), -each.amount) for each in planned.differences]


def write_bill(writing: Writing, planned: Planned, pieces: Pieces) -> None:
    bill: Payable = planned.row
    by = writing.origin.by
    assert by is not None  # by itself only a payment's own line pays a bill, which payments does
    if planned.order is not None and planned.order.status != OrderStatus.QUEUED:
        prove_order(writing, planned, planned.order, pieces)
        return
    if planned.order is not None:
        take_back(planned.order)
    line = pieces[-1][0]
    paid = Paid(
        on=max(each.booked_on for each, _ in pieces),
        amount=-planned.total,
        source=line.bank_account,
        others=others_of(planned, line),
        rest=bill.amount + planned.part,
    )
    if planned.order is None and bill.status == PayableStatus.APPROVED:
        payment, said = pay_held(bill, paid, by=by)
        writing.records.append(said)
    else:
        payment = record_paid_outside(bill, paid, by=by, shown=planned.choice.shown)
    writing.note(Effect.BILL_PAID, bill=bill, payment=payment, entry=payment.entry)
    join_all(writing, pieces, posted_on(line.bank_account, payment.entry))


def take_back(order: PaymentOrder) -> None:
    """It never left, and does not any more."""
    why = "A conta foi conciliada com uma linha do extrato."
    if not take_from_queue(order.tenant_id, {order.id: why}):
        raise InvalidState(
            "O pagamento desta conta está saindo agora: espere o resultado do banco.",
            code="at_bank",
        )


def prove_order(writing: Writing, planned: Planned, order: PaymentOrder, pieces: Pieces) -> None:
    """The bank may be paying the bill: only the line that this payment would have proves it."""
    by = writing.origin.by
    assert by is not None  # as of every bill
    line, amount = pieces[0]
    is_whole = len(pieces) == 1 and not planned.differences
    if not is_whole or line.bank_account_id != order.bank_account_id:
        raise only_own_line(order)
    order.payable = planned.row
    source = f"Débito no extrato, conciliado por {by.user.display_name}."
    if amount != line.amount:
        prove_by_lot(writing, order, News(source, day=line.booked_on, by=by.user), pieces[0])
    elif is_debit_of(order, line):
        prove(writing, order, line, source)
    else:
        raise only_own_line(order)


def write_charge(writing: Writing, planned: Planned, pieces: Pieces) -> None:
    by = writing.origin.by
    assert by is not None  # by itself only an id settles a charge, which charges does
    line = max((line for line, _ in pieces), key=lambda line: line.booked_on)
    settlement, said = settle_by_line(planned.row, came_of(planned, line), line=line, by=by)
    assert settlement.entry is not None
    writing.records.append(said)
    writing.note(Effect.CHARGE_SETTLED, settlement=settlement, entry=settlement.entry)
    join_all(writing, pieces, posted_on(line.bank_account, settlement.entry))


# What each kind of difference is to a charge, and what its usual account is marked as.
OF_CHARGE: Mapping[str, tuple[str, AccountPurpose]] = {
    DifferenceKind.INTEREST: ("interest", AccountPurpose.LATE_CHARGES),
    DifferenceKind.FINE: ("fine", AccountPurpose.LATE_CHARGES),
    DifferenceKind.ADVANCE: ("excess", AccountPurpose.ADVANCES),
    DifferenceKind.DISCOUNT: ("discount", AccountPurpose.DISCOUNTS),
    DifferenceKind.FEE: ("fee", AccountPurpose.FEES),
    DifferenceKind.WITHHELD: ("withheld", AccountPurpose.WITHHELD),
}


def came_of(planned: Planned, line: StatementLine) -> Came:
    choice: Choice = planned.choice
    sums: dict[str, Decimal] = {}
    shares = []
    for each in planned.differences:
        name, purpose = role_of(each)
        sums[name] = sums.get(name, ZERO) + abs(each.amount)
        if each.account is None and COMING.get(each.kind) == purpose:
            continue  # the product's own
        account = account_of(line.tenant, each, 1)
        if account.purpose != purpose:
            shares.append(Share(purpose, account, -each.amount))
    return Came(
        principal=planned.part,
        shares=shares,
        late=choice.late,
        why=choice.why,
        ends_slip=choice.ends_slip,
        **sums,
    )


def role_of(difference: Difference) -> tuple[str, AccountPurpose]:
    """Cents and what is called otherwise is more than the charge, as interest, or less."""
    if difference.kind in OF_CHARGE:
        return OF_CHARGE[difference.kind]
    kind = DifferenceKind.INTEREST if difference.amount > 0 else DifferenceKind.DISCOUNT
    return OF_CHARGE[kind]


WRITERS = {
    ItemKind.ENTRY: write_entry,
    ItemKind.BILL: write_bill,
    ItemKind.CHARGE: write_charge,
}


def write_free(writing: Writing, plan: Plan, pieces: Pieces) -> None:
    """What is more than the items, on the day of the first line that brought it."""
    line, origin = pieces[0][0], writing.origin
    total = sum((each.amount for each in plan.free), ZERO)
    labels = ", ".join(dict.fromkeys(each.label for each in plan.free))
    entry = post_entry(
        line.tenant,
        date=line.booked_on,
        memo=f"{labels}: {line.description}"[:MEMO_LENGTH],
        lines=[
            (hold_leaf(line.bank_account), total),
            *((account_of(line.tenant, each, plan.sign), -each.amount) for each in plan.free),
        ],
        by=origin.by.user if origin.by else None,
    )
    writing.note(Effect.CREATED, entry=entry)
    join_all(writing, pieces, posted_on(line.bank_account, entry))


def join_all(writing: Writing, pieces: Pieces, posted: JournalLine) -> None:
    for line, amount in pieces:
        writing.join(line, posted, amount)


# --- On record ---


def particulars(plan: Plan, differences: Sequence[Difference]) -> dict[str, str]:
    said = {
        "Conta": str(plan.lines[0].bank_account),
        "Extrato": "; ".join(map(in_words, plan.lines)),
        "Conciliado com": "; ".join(map(item_words, plan.items)),
    }
    for each in differences:
        said[each.label] = reais(each.amount)
    return said


def in_words(line: StatementLine) -> str:
    return f"{line}, {reais(line.amount)}"


def item_words(planned: Planned) -> str:
    row = planned.row
    name = str(row.entry) if isinstance(row, JournalLine) else str(row)
    return f"{name}, {reais(planned.part)}"

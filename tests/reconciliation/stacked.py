"""Matches on which something later stands, made by the acts that people do."""

from dataclasses import dataclass
from datetime import date

from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import allocate
from charges.models import Settlement
from charges.refunds.register import register_refund
from payments.bills.paid_outside import Paid, record_paid_outside, undo_paid_outside
from payments.models import OutsidePayment, Payable
from payments.states import OrderStatus
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.give_back import give_back
from reconciliation.models import Match
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import approve, make_known, make_order
from tests.reconciliation.matched import DAY, D, account_named, choice, line, make_entry, matched


@dataclass(frozen=True)
class Stack:
    """`row` is below; `above` are the lines that stand on it, if only a match does."""

    row: StatementLine
    match: Match
    above: tuple[StatementLine, ...] = ()


def created(row: StatementLine, by: Membership) -> Match:
    with tenant_scope(by.tenant_id):
        return create_entry(row.id, [Slice(account_named(row.tenant, "5.5.01").id)], by=by)


def returned(
    back: StatementLine, of: StatementLine, by: Membership, part: Allocation | None = None
) -> Match:
    with tenant_scope(by.tenant_id):
        done = give_back(back.id, of.id, by=by, of=part.id if part else None)
    assert done.match is not None
    return done.match


def part_of(made: Match) -> Allocation:
    with tenant_scope(made.tenant_id):
        found: Allocation = Allocation.objects.of(made.tenant_id).get(match_parts__match=made)
    return found


def entry_given_back(account: BankAccount, by: Membership) -> Stack:
    row, back = line(account, "-20.00"), line(account, "5.00")
    made = created(row, by)
    returned(back, row, by)
    return Stack(row, made, (back,))


def rest_of(bill: Payable) -> Payable:
    """What is to be paid of it, approved."""
    with tenant_scope(bill.tenant_id):
        payments = OutsidePayment.objects.of(bill.tenant_id).select_related("rest__payee")
        rest = payments.get(payable=bill).rest
    assert rest is not None
    return approve(rest)


def paid_in_parts(account: BankAccount, by: Membership, *amounts: str) -> list[Stack]:
    """A bill of 100,00, then its rest, then what is left of that."""
    bill, stacks = make_known(account.tenant, "100.00", approved=True), []
    for amount in amounts:
        bill = rest_of(bill) if stacks else bill
        row = line(account, f"-{amount}")
        stacks.append(Stack(row, matched(row, choice(bill, amount), by=by)))
    return stacks


def rest_paid(account: BankAccount, by: Membership) -> Stack:
    first, second = paid_in_parts(account, by, "40.00", "60.00")
    return Stack(first.row, first.match, (second.row,))


def part_paid(account: BankAccount, by: Membership) -> tuple[Stack, Payable]:
    """40,00 of 100,00; the rest is approved."""
    bill, row = make_known(account.tenant, "100.00", approved=True), line(account, "-40.00")
    made = matched(row, choice(bill, "40.00"), by=by)
    return Stack(row, made), rest_of(bill)


def rest_paid_outside(account: BankAccount, by: Membership) -> Stack:
    stack, rest = part_paid(account, by)
    pay_outside(rest, account, by)
    return stack


def pay_outside(bill: Payable, account: BankAccount, by: Membership) -> None:
    with tenant_scope(by.tenant_id):
        record_paid_outside(bill, Paid(DAY, bill.amount, account), by=by, shown="")


def rest_of_our_own_payment(account: BankAccount, by: Membership) -> Stack:
    """Proved by its line: undoing that asks a person, and leaves it paid."""
    stack, rest = part_paid(account, by)
    make_order(rest, OrderStatus.UNKNOWN)
    payee = {"kind": "transfer", "counterparty_document": rest.payee.document}
    proof = line(account, "-60.00", date(2026, 11, 23), **payee)
    matched(proof, reread(rest), by=by)
    return stack


def rest_paid_outside_in_the_end(account: BankAccount, by: Membership) -> Stack:
    """A match had paid it, with another bill, which it still pays."""
    stack, rest = part_paid(account, by)
    other = make_known(account.tenant, "50.00", approved=True)
    matched(line(account, "-110.00"), [rest, other], by=by)
    with tenant_scope(by.tenant_id):
        undo_paid_outside(rest, by=by, why="Foi paga em dinheiro")
    pay_outside(approve(reread(rest)), account, by)
    return stack


def receipt_refunded(account: BankAccount, by: Membership) -> Stack:
    charge, row = opened(make_charge(account.tenant, account, "100.00")), line(account, "100.00")
    made = matched(row, charge, by=by)
    with tenant_scope(by.tenant_id):
        settlement = Settlement.objects.of(by.tenant_id).get(charge=charge)
        register_refund(
            settlement, by=by, debt="owed", why="Pagou a mais", amount=D("10.00"), day=DAY
        )
    return Stack(row, made)


def allocated(account: BankAccount, amount: str) -> StatementLine:
    """As the product did before there were matches."""
    row, posted = line(account, amount), make_entry(account, amount)
    with tenant_scope(account.tenant_id):
        allocate(row, posted)
    return row


# By what only the page of it takes back, and by other matches.
BARRED = (
    rest_paid_outside,
    rest_paid_outside_in_the_end,
    rest_of_our_own_payment,
    receipt_refunded,
)
STACKED = (entry_given_back, rest_paid)

"""Undo: what it says first, what it takes back, and from which door."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.chart.reclassify import move_entries
from accounts.journal.entries import reverse_by_hand
from accounts.models import Account, JournalEntry
from audit.models import Record
from banking.models import Allocation, StatementLine
from banking.statements.allocation import allocate, undo_allocation, was_undone
from charges.models import Settlement
from charges.refunds.register import register_refund
from charges.settlement.undo import undo_received
from charges.states import ChargeStatus
from core.errors import InvalidState, NotAllowed
from payments.bills.enter import cancel_payable
from payments.bills.paid_outside import undo_paid_outside
from payments.models import OutsidePayment, Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.effect import Undoing, effect_of
from reconciliation.matches.give_back import give_back
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import StandsOn, undo, undone_before
from reconciliation.models import Match
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.payments.factories import approve, make_bank_account, make_known, make_order
from tests.reconciliation.matched import (
    DAY,
    balance,
    choice,
    difference,
    line,
    make_entry,
    match,
    matched,
    open_of,
)
from tests.reconciliation.stacked import part_paid, pay_outside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


def undone(*matches: Match, by: Any, why: str = "") -> Undoing:
    with tenant_scope(by.tenant_id):
        return undo([each.id for each in matches], by=by, why=why)


def effect(*matches: Match) -> Undoing:
    with tenant_scope(matches[0].tenant_id):
        return effect_of(matches)


def created(row: StatementLine, by: Any, code: str = "5.5.01") -> Match:
    with tenant_scope(by.tenant_id):
        account = Account.objects.of(by.tenant_id).get(code=code)
        return create_entry(row.id, [Slice(account.id)], by=by)


def settlements(charge) -> list[Settlement]:
    with tenant_scope(charge.tenant_id):
        rows = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
        return list(rows.order_by("posted_on", "id"))


def entry_of(made: Match) -> JournalEntry:
    with tenant_scope(made.tenant_id):
        return made.effects.select_related("entry").get().entry


def is_reversed(entry: JournalEntry) -> bool:
    with tenant_scope(entry.tenant_id):
        return JournalEntry.objects.of(entry.tenant_id).filter(reverses=entry).exists()


# --- R-UND06 ---


def test_undoing_a_link_keeps_the_entry_and_undoing_a_creation_reverses_it(itau, ana):
    first, second = line(itau, "-150.00"), line(itau, "-8.00")
    entry = make_entry(itau, "-150.00")
    linked, made = matched(first, entry, by=ana), created(second, ana)
    made_entry = entry_of(made)

    said = effect(linked, made)
    undone(linked, made, by=ana)

    assert ([each.id for each in said.kept], [each.id for each in said.reversed]) == (
        [entry.entry_id],
        [made_entry.id],
    )
    assert (open_of(first), open_of(second)) == (D("-150.00"), D("-8.00"))
    assert not is_reversed(entry.entry)
    assert is_reversed(made_entry)


def test_a_difference_is_taken_out_of_the_entry_again(tenant, itau, ana):
    row, entry = line(itau, "97.00"), make_entry(itau, "100.00", code="4.1.01")
    made = matched(row, entry, difference("fee", "-3.00"), by=ana)

    said = effect(made)
    undone(made, by=ana)

    assert ([each.id for each in said.rewritten], said.kept) == ([entry.entry_id], [])
    assert balance(tenant, itau.ledger_account) == D("100.00")
    assert balance(tenant, "5.5.01") == 0
    assert open_of(row) == D("97.00")


def move(tenant, old: str, new: str, by: Any) -> None:
    """All entries of an account to another one: each is written again."""
    with tenant_scope(tenant.id):
        accounts = [Account.objects.of(tenant).get(code=code) for code in (old, new)]
        assert move_entries(*accounts, by=by.user, why="Outra conta")


def test_an_entry_that_was_written_again_on_another_account_is_taken_back_there(tenant, itau, ana):
    row, fee = line(itau, "-8.00"), line(itau, "97.00")
    made = created(row, ana)
    rewritten = matched(
        fee, make_entry(itau, "100.00", code="4.1.01"), difference("fee", "-3.00"), by=ana
    )
    move(tenant, "5.5.01", "5.4.03", ana)
    move(tenant, "4.1.01", "4.1.02", ana)

    undone(made, rewritten, by=ana)

    assert (open_of(row), open_of(fee)) == (D("-8.00"), D("97.00"))
    assert (balance(tenant, "5.5.01"), balance(tenant, "5.4.03")) == (0, 0)
    assert balance(tenant, itau.ledger_account) == D("100.00")
    assert (balance(tenant, "4.1.01"), balance(tenant, "4.1.02")) == (0, D("-100.00"))


# --- R-UND04, with the month open: on its own date, both visible ---


def test_what_was_made_is_reversed_on_its_own_day(itau, ana):
    made = created(line(itau, "-8.00", date(2026, 9, 14)), ana)
    entry = entry_of(made)

    undone(made, by=ana, why="Linha errada")

    with tenant_scope(itau.tenant_id):
        reversal = JournalEntry.objects.of(itau.tenant_id).get(reverses=entry)
        acts = Record.objects.of(itau.tenant_id).filter(on_id=made.id).order_by("number")
        assert [each.act for each in acts] == ["line_entered", "match_undone"]
    assert (reversal.date, reversal.created_by) == (date(2026, 9, 14), ana.user)


# --- Charges ---


def three_parts(tenant, itau, ana):
    """R-UND01: a charge of 900,00 that three lines paid."""
    charge = opened(make_charge(tenant, itau, "900.00"))
    days = (date(2026, 9, 14), date(2026, 10, 14), date(2026, 11, 16))
    rows = [line(itau, "300.00", day) for day in days]
    return charge, rows, [matched(row, choice(charge, "300.00"), by=ana) for row in rows]


def test_undoing_one_part_of_a_charge_leaves_the_others(tenant, itau, ana):
    charge, rows, matches = three_parts(tenant, itau, ana)
    first, _, third = settlements(charge)

    said = effect(matches[1])
    undone(matches[1], by=ana)

    assert len(said.settlements) == 1
    assert [open_of(row) for row in rows] == [0, D("300.00"), 0]
    assert (reread(charge).status, reread(charge).rest) == (
        ChargeStatus.PARTLY_PAID,
        D("300.00"),
    )
    assert [each.id for each in settlements(charge)] == [first.id, third.id]
    assert [reread(each).ended_at is None for each in matches] == [True, False, True]


def test_a_charge_that_nothing_pays_any_more_is_what_it_was(tenant, itau, ana):
    charge, _, matches = three_parts(tenant, itau, ana)

    undone(*matches, by=ana)

    assert (reread(charge).rest, reread(charge).paid_on) == (D("900.00"), None)
    # Its slip was to end because it was paid.
    assert reread(charge).status in {ChargeStatus.OPEN, ChargeStatus.WRITTEN_OFF}
    assert balance(tenant, "4.1.01") == 0


def test_a_receipt_that_is_undone_on_the_charge_opens_the_line(tenant, itau, ana):
    """R-UND02."""
    charge, row = opened(make_charge(tenant, itau, "100.00")), line(itau, "100.00")
    made = matched(row, charge, by=ana)

    with tenant_scope(tenant.id):
        undo_received(settlements(charge)[0], by=ana, why="Era de outra cobrança")

    assert open_of(row) == D("100.00")
    assert reread(made).ended_at is not None
    matched(row, charge, by=ana)
    assert reread(charge).status == ChargeStatus.PAID


def test_what_was_given_back_of_a_receipt_goes_first(tenant, itau, ana):
    charge, row = opened(make_charge(tenant, itau, "100.00")), line(itau, "100.00")
    made = matched(row, charge, by=ana)
    with tenant_scope(tenant.id):
        settlement = settlements(charge)[0]
        register_refund(
            settlement, by=ana, debt="owed", why="Pagou a mais", amount=D("10.00"), day=DAY
        )

    assert len(effect(made).blockers) == 1
    with pytest.raises(StandsOn):
        undone(made, by=ana)
    assert open_of(row) == 0


def test_what_went_back_of_a_charge_is_taken_from_its_line_alone(tenant, itau, ana):
    charge, row = opened(make_charge(tenant, itau, "100.00")), line(itau, "100.00")
    back = line(itau, "-100.00")
    matched(row, charge, by=ana)
    with tenant_scope(tenant.id):
        returned = give_back(back.id, row.id, by=ana, why="Desistiu", debt="owed").match
    assert reread(charge).status == ChargeStatus.RETURNED

    undone(returned, by=ana)

    assert (open_of(back), open_of(row)) == (D("-100.00"), 0)
    assert reread(charge).status == ChargeStatus.RETURNED


# --- Bills ---


def test_a_bill_waits_for_approval_again(tenant, itau, ana):
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-100.00")
    made = matched(row, bill, by=ana)

    said = effect(made)
    undone(made, by=ana)

    assert [each.id for each in said.bills] == [bill.id]
    assert reread(bill).status == PayableStatus.PENDING
    assert (open_of(row), balance(tenant, "5.3.02")) == (D("-100.00"), 0)


def test_a_payment_that_is_undone_on_the_bill_opens_the_line(tenant, itau, ana):
    """R-UND02."""
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-100.00")
    made = matched(row, bill, by=ana)

    with tenant_scope(tenant.id):
        undo_paid_outside(bill, by=ana, why="Não foi esta")

    assert open_of(row) == D("-100.00")
    assert reread(made).ended_at is not None


def test_a_bill_that_was_paid_otherwise_since_stays_paid(tenant, itau, ana):
    """The match stands, for it pays another bill too."""
    first, second = (make_known(tenant, "100.00", approved=True) for _ in range(2))
    row = line(itau, "-200.00")
    made = matched(row, [first, second], by=ana)
    with tenant_scope(tenant.id):
        undo_paid_outside(first, by=ana, why="Foi paga em dinheiro")
    pay_outside(approve(reread(first)), itau, ana)

    undone(made, by=ana)

    assert open_of(row) == D("-200.00")
    assert (reread(first).status, reread(second).status) == (
        PayableStatus.PAID,
        PayableStatus.PENDING,
    )
    with tenant_scope(tenant.id):
        (payment,) = OutsidePayment.objects.of(tenant).filter(undone_at=None)
    assert payment.payable_id == first.id


def test_the_rest_of_a_bill_goes_with_the_part_that_was_paid(tenant, itau, ana):
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-40.00")
    made = matched(row, choice(bill, "40.00"), by=ana)

    undone(made, by=ana)

    with tenant_scope(tenant.id):
        (rest,) = Payable.objects.of(tenant).exclude(id=bill.id)
    assert (rest.status, reread(bill).status) == (PayableStatus.CANCELLED, PayableStatus.PENDING)


def test_a_rest_that_was_given_up_bars_nothing(tenant, itau, ana):
    stack, rest = part_paid(itau, ana)
    with tenant_scope(tenant.id):
        cancel_payable(rest, by=ana.user)

    undone(stack.match, by=ana)

    assert open_of(stack.row) == stack.row.amount


def test_a_rest_that_was_paid_goes_first_or_with_it(tenant, itau, ana):
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-40.00")
    first = matched(row, choice(bill, "40.00"), by=ana)
    with tenant_scope(tenant.id):
        rest = OutsidePayment.objects.of(tenant).select_related("rest").get().rest
        rest = Payable.objects.of(tenant).select_related("payee").get(id=rest.id)
    second = matched(line(itau, "-60.00"), approve(rest), by=ana)

    with pytest.raises(StandsOn) as caught:
        undone(first, by=ana)
    assert [each.match for each in caught.value.blockers] == [second]
    undone(first, second, by=ana)

    assert open_of(row) == D("-40.00")
    assert reread(bill).status == PayableStatus.PENDING


def test_a_payment_of_ours_whose_proof_is_undone_waits_for_a_person(tenant, itau, ana):
    bill = make_known(tenant, "100.00", approved=True)
    order = make_order(bill, OrderStatus.UNKNOWN)
    with tenant_scope(tenant.id):
        payee = Payable.objects.of(tenant).select_related("payee").get(id=bill.id).payee
    row = line(
        itau, "-100.00", date(2026, 11, 23), kind="transfer", counterparty_document=payee.document
    )
    made = matched(row, reread(bill), by=ana)

    undone(made, by=ana)

    order: PaymentOrder = reread(order)
    assert (order.status, order.needs_person) == (OrderStatus.PAID, True)
    assert open_of(row) == D("-100.00")


# --- Other doors ---


def test_an_entry_that_is_reversed_in_the_journal_opens_the_line(itau, ana):
    row = line(itau, "-8.00")
    made = created(row, ana)

    with tenant_scope(itau.tenant_id):
        reverse_by_hand(entry_of(made), by=ana.user, date=DAY, why="Errado")

    assert open_of(row) == D("-8.00")
    assert reread(made).ended_at is not None


def test_an_entry_that_was_reversed_in_the_journal_is_not_reversed_again(tenant, itau, ana):
    """The match stands, for another entry is of it too."""
    row, entry = line(itau, "-103.00"), make_entry(itau, "-100.00")
    made = matched(row, entry, difference("interest", "-3.00"), by=ana)
    with tenant_scope(tenant.id):
        own = made.effects.select_related("entry").get(kind="created").entry
        reverse_by_hand(own, by=ana.user, date=DAY, why="Errado")
    assert open_of(row) == D("-3.00")

    undone(made, by=ana)

    assert (open_of(row), balance(tenant, itau.ledger_account)) == (D("-103.00"), D("-100.00"))


def test_an_allocation_that_is_undone_on_its_page_undoes_its_match(itau, ana):
    row = line(itau, "-8.00")
    made = created(row, ana)
    with tenant_scope(itau.tenant_id):
        undo_allocation(Allocation.objects.of(itau.tenant_id).standing().get(), by=ana)

    assert reread(made).undone_by == ana.user
    assert is_reversed(entry_of(made))


# --- Who, and together or not at all ---


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_work_on_the_statement_undoes_nothing(tenant, itau, ana, role):
    row, ignored = line(itau, "-1.00"), line(itau, "-2.00")
    made = matched(row, make_entry(itau, "-1.00"), by=ana)
    with tenant_scope(tenant.id):
        left_out = ignore(ignored.id, by=ana, why="Não é nossa").match

    for each in (made, left_out):
        with pytest.raises(NotAllowed):
            undone(each, by=membership(tenant, role=role))

    assert (reread(made).ended_at, open_of(row), open_of(ignored)) == (None, 0, 0)


def test_nothing_is_undone_where_one_of_them_is_over(itau, ana):
    first = matched(line(itau, "-1.00"), make_entry(itau, "-1.00"), by=ana)
    second = matched(line(itau, "-2.00"), make_entry(itau, "-2.00"), by=ana)
    undone(first, by=ana)

    with pytest.raises(InvalidState) as caught:
        undone(first, second, by=ana)

    assert caught.value.code == "already_undone"
    assert reread(second).ended_at is None


def test_nothing_is_undone_where_one_of_them_is_another_companys(tenant, itau, ana, other_tenant):
    made = matched(line(itau, "-1.00"), make_entry(itau, "-1.00"), by=ana)
    there, theirs = make_bank_account(other_tenant), membership(other_tenant)
    foreign = matched(line(there, "-2.00"), make_entry(there, "-2.00"), by=theirs)

    with pytest.raises(InvalidState) as caught:
        undone(made, foreign, by=ana)

    assert caught.value.code == "no_match"
    assert (reread(made).ended_at, reread(foreign).ended_at) == (None, None)


def test_another_line_of_the_same_entry_stays(itau, ana):
    row, entry = line(itau, "-60.00"), make_entry(itau, "-100.00")
    first = matched(row, choice(entry, "60.00"), by=ana)
    second = matched(line(itau, "-40.00"), entry, by=ana)

    undone(first, by=ana)

    assert reread(second).ended_at is None
    assert open_of(row) == D("-60.00")


def test_what_a_person_took_apart_is_remembered(itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-150.00")

    other, posted = line(itau, "-20.00"), make_entry(itau, "-20.00")

    undone(matched(row, entry, by=ana), by=ana)
    with tenant_scope(itau.tenant_id):
        undo_allocation(allocate(other, posted), by=ana)

    with tenant_scope(itau.tenant_id):
        assert was_undone(row, entry)
        assert undone_before(itau.tenant_id, [row.id, other.id]) == {
            (row.id, "entry", entry.entry_id),
            (other.id, "entry", posted.entry_id),
        }


def test_a_charge_that_was_taken_apart_is_remembered(tenant, itau, ana):
    charge, row = opened(make_charge(tenant, itau, "100.00")), line(itau, "100.00")

    undone(matched(row, charge, by=ana), by=ana)

    with tenant_scope(tenant.id):
        assert (row.id, "charge", charge.id) in undone_before(tenant.id, [row.id])


def test_a_line_may_be_matched_again_by_a_person(itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-150.00")
    undone(matched(row, entry, by=ana), by=ana)

    match(row, entry, by=ana)

    assert open_of(row) == 0

"""What was certain, and is another by the time it is written."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.journal.entries import reverse_entry
from banking.banks.contract.payments import OrderState
from banking.models import BankAccount, StatementLine
from charges.states import ChargeStatus
from payments.models import PaymentOrder
from payments.orders.transitions import apply_state
from payments.states import OrderStatus, PayableStatus
from reconciliation.engine.opened import leave_alone
from reconciliation.engine.run import work
from reconciliation.engine.single import is_payable_by
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.undo import undo
from reconciliation.models import Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.clock import at
from tests.payments.factories import approve, make_bank_account, make_known, make_order, move
from tests.reconciliation.engine.chosen import chosen_of, write
from tests.reconciliation.engine.lines import of_payee, of_payer, switch_on
from tests.reconciliation.matched import (
    DAY,
    account_named,
    choice,
    line,
    make_entry,
    matched,
    open_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def automatic(ana: Membership, itau: BankAccount) -> BankAccount:
    switch_on(itau, ana)
    return itau


def standing(tenant: Tenant) -> Match:
    with tenant_scope(tenant.id):
        return Match.objects.of(tenant).standing().get()


def back_of(row: StatementLine) -> StatementLine:
    told = {name: getattr(row, name) for name in ("counterparty_name", "counterparty_document")}
    with tenant_scope(row.tenant_id):
        account = row.bank_account
    text = "DEVOLUCAO TED"
    return line(account, str(-row.amount), row.booked_on, description=text, **told)


def test_a_bill_that_its_bank_may_have_paid_is_left_to_people(
    tenant: Tenant, automatic: BankAccount
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    order = make_order(bill, OrderStatus.REJECTED)
    approve(move(bill, PayableStatus.PENDING))
    row = of_payee(bill, automatic, "-731.17")
    gathered, chosen = chosen_of(tenant, [row])
    change(order, needs_person=True)

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), reread(bill).status) == (D("-731.17"), PayableStatus.APPROVED)


def test_a_bill_that_was_sent_meanwhile_is_left_to_its_bank(
    tenant: Tenant, automatic: BankAccount
) -> None:
    """The line is of a day before that: somebody paid it elsewhere, and the bank pays it too."""
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17", DAY)
    gathered, chosen = chosen_of(tenant, [row])
    order = make_order(bill, OrderStatus.AT_BANK)

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), reread(bill).status) == (D("-731.17"), PayableStatus.SENT)
    assert reread(order).status == OrderStatus.AT_BANK


def test_a_bill_of_another_amount_by_now_is_not_paid(
    tenant: Tenant, automatic: BankAccount
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    gathered, chosen = chosen_of(tenant, [row])
    change(move(bill, PayableStatus.PENDING), amount=D("740.00"))
    approve(reread(bill))

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), reread(bill).status) == (D("-731.17"), PayableStatus.APPROVED)


def test_a_return_whose_line_a_person_has_opened_is_left_to_them(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    back = back_of(row)
    gathered, chosen = chosen_of(tenant, [back])
    with tenant_scope(tenant.id):
        leave_alone(back, by=ana)

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), open_of(back)) == (0, D("731.17"))


def test_a_return_of_what_a_person_matched_meanwhile_is_left_to_people(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    back = back_of(row)
    gathered, chosen = chosen_of(tenant, [back])
    expense = account_named(tenant, "5.4.03")
    with tenant_scope(tenant.id):
        undo([standing(tenant).id], by=ana)
        mine = create_entry(row.id, [Slice(expense.id)], by=ana)

    assert write(tenant, gathered, chosen) == chosen
    assert (standing(tenant), open_of(back)) == (mine, D("731.17"))


def test_money_of_a_charge_that_goes_back_is_left_to_people(
    tenant: Tenant, automatic: BankAccount
) -> None:
    charge = opened(make_charge(tenant, automatic, "412.55"))
    row = of_payer(charge, automatic, "412.55", charge.due_date)
    work(tenant.id)
    made = standing(tenant)
    back = back_of(row)

    work(tenant.id)

    assert (standing(tenant), open_of(back)) == (made, D("-412.55"))
    assert reread(charge).status == ChargeStatus.PAID


def test_an_entry_of_a_provisional_day_is_written_on_the_day_of_its_line(
    tenant: Tenant, automatic: BankAccount
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    with tenant_scope(tenant.id):
        sent = PaymentOrder.objects.of(tenant).select_related("payable__payee").get(id=order.id)
        apply_state(sent, OrderState.PAID, source="O banco informou.")
    row = of_payee(bill, automatic, "-731.17", bill.payment_date + timedelta(days=1))

    work(tenant.id)

    with tenant_scope(tenant.id):
        entry = standing(tenant).effects.get(kind="linked").entry
    assert (open_of(row), entry.date, entry.is_provisional) == (0, row.booked_on, False)


def test_income_that_is_in_the_books_already_is_not_posted_for_a_charge(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    charge = opened(make_charge(tenant, automatic, "412.55"))
    row = of_payer(charge, automatic, "412.55", charge.due_date)
    gathered, chosen = chosen_of(tenant, [row])
    first = of_payer(charge, automatic, "412.55", charge.due_date - timedelta(days=1))
    income = account_named(tenant, "4.1.01")
    with tenant_scope(tenant.id):
        create_entry(first.id, [Slice(income.id)], by=ana)

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), reread(charge).status) == (D("412.55"), ChargeStatus.OPEN)


def test_a_charge_that_was_paid_in_part_meanwhile_is_left_to_people(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    charge = opened(make_charge(tenant, automatic, "412.55"))
    row = of_payer(charge, automatic, "412.55", charge.due_date)
    gathered, chosen = chosen_of(tenant, [row])
    matched(line(automatic, "100.00", charge.due_date), choice(charge, "100.00"), by=ana)

    assert write(tenant, gathered, chosen) == chosen
    assert (open_of(row), reread(charge).status) == (D("412.55"), ChargeStatus.PARTLY_PAID)


def test_the_debit_of_a_payment_is_a_line_of_its_own_account(
    tenant: Tenant, automatic: BankAccount
) -> None:
    there = make_bank_account(tenant, preferred=False)
    order = make_order(make_known(tenant, "731.17", approved=True), OrderStatus.AT_BANK)
    day = at("24 10:00").date()

    with tenant_scope(tenant.id):
        fits = [
            is_payable_by(reread(order), line(account, "-731.17", day), D("731.17"))
            for account in (automatic, there)
        ]

    assert fits == [True, False]


def test_an_entry_that_was_reversed_meanwhile_takes_no_line_and_no_other_along(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    gone = make_entry(automatic, "-88.37")
    make_entry(automatic, "-99.41")
    rows = [line(automatic, "-88.37"), line(automatic, "-99.41")]
    gathered, chosen = chosen_of(tenant, rows)
    with tenant_scope(tenant.id):
        reverse_entry(gone.entry, by=ana.user, date=DAY, why="Era outra")

    (refused,) = write(tenant, gathered, chosen)

    assert refused.lines == (str(rows[0].id),)
    assert [open_of(row) for row in rows] == [D("-88.37"), 0]


def test_an_entry_of_which_a_part_was_taken_meanwhile_is_left_to_people(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    entry, row = make_entry(automatic, "-88.37"), line(automatic, "-88.37")
    gathered, chosen = chosen_of(tenant, [row])
    mine = matched(line(automatic, "-8.37"), choice(entry, "8.37"), by=ana)

    assert write(tenant, gathered, chosen) == chosen
    assert (standing(tenant), open_of(row)) == (mine, D("-88.37"))

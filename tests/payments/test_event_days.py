"""An entry carries the day on which the bank moved the money, and its line of the statement."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.journal.entries import reverse_entry
from accounts.models import Account, JournalEntry
from audit.acts import Act
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.banks.contract.payments import OrderState
from banking.models import Allocation, BankAccount
from banking.statements.allocation import allocate, line_on, undo_allocation
from payments.models import PaymentOrder
from payments.orders.evidence import match_statement
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from payments.timeline import BANK_LINE_UNDONE, NEEDS_CHECKING, REDATED
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.audit.reading import audit_of
from tests.banking.factories import change, make_line, reread
from tests.payments.factories import SUPPLIER, make_bank_account, make_order, make_payable
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def order(tenant: Tenant, account: BankAccount) -> PaymentOrder:
    """A TED of R$ 150,00, at the bank since Monday morning."""
    return at_bank(tenant)


def at_bank(tenant: Tenant, **more: Any) -> PaymentOrder:
    payable = make_payable(tenant, "150.00", approved=True)
    return make_order(payable, OrderStatus.AT_BANK, first_sent_at=timezone.now(), **more)


def tell(order: PaymentOrder, state: OrderState, day: date | None = None) -> None:
    """The bank says so now."""
    with tenant_scope(order.tenant_id):
        apply_state(reread_in_scope(order), state, source="O banco informou.", day=day)


def reread_in_scope(order: PaymentOrder) -> PaymentOrder:
    rows = PaymentOrder.objects.of(order.tenant_id).select_related("payable__payee")
    found: PaymentOrder = rows.get(id=order.id)
    return found


def line_of(account: BankAccount, day: date, amount: str = "-150.00", **more: Any) -> Any:
    values = {"kind": "transfer", "counterparty_document": SUPPLIER, "description": "TED enviada"}
    return make_line(account, amount, day, **{**values, **more})


def match(account: BankAccount) -> None:
    """As after each reading of the statement."""
    with tenant_scope(account.tenant_id):
        match_statement(account)


def entry_of(order: PaymentOrder, name: str = "entry") -> JournalEntry:
    with tenant_scope(order.tenant_id):
        found: JournalEntry = getattr(reread_in_scope(order), name)
    return found


def said(entry: JournalEntry) -> tuple[date, bool]:
    return entry.date, entry.is_provisional


def standing(account: BankAccount) -> set[tuple[object, object]]:
    """(bank line, entry)"""
    with tenant_scope(account.tenant_id):
        parts = Allocation.objects.of(account.tenant_id).standing()
        return set(parts.values_list("statement_line", "journal_line__entry"))


def days_of(account: BankAccount) -> dict[date, Decimal]:
    """What each day brings on the Conta do Ativo; days that come to nothing are left out."""
    sums: dict[date, Decimal] = {}
    with tenant_scope(account.tenant_id):
        lines = account.ledger_account.lines.select_related("entry")
        for line in lines:
            sums[line.entry.date] = sums.get(line.entry.date, Decimal(0)) + line.amount
    return {day: total for day, total in sums.items() if total}


def undo(account: BankAccount, by: User) -> None:
    with tenant_scope(account.tenant_id):
        member = Membership.objects.of(account.tenant_id).select_related("user").get(user=by)
        undo_allocation(Allocation.objects.of(account.tenant_id).standing().get(), by=member)


# --- The day ---


def test_the_day_of_learning_is_provisional(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))

    tell(order, OrderState.PAID)

    assert said(entry_of(order)) == (TUESDAY, True)


def test_the_day_that_the_bank_says_is_believed(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))

    tell(order, OrderState.PAID, day=MONDAY)

    assert said(entry_of(order)) == (MONDAY, False)


@pytest.mark.parametrize("day", [date(2026, 11, 22), WEDNESDAY])
def test_a_day_that_cannot_be_is_not_believed(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller, day: date
) -> None:
    monday.shift(timedelta(days=1))

    tell(order, OrderState.PAID, day=day)

    assert said(entry_of(order)) == (TUESDAY, True)


def test_a_line_that_is_here_already_says_the_day_and_stands_for_the_entry(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    line = line_of(account, MONDAY)
    monday.shift(timedelta(days=1))

    tell(order, OrderState.PAID, day=TUESDAY)

    assert said(entry_of(order)) == (MONDAY, False)
    assert standing(account) == {(line.id, entry_of(order).id)}


def test_a_line_of_the_same_day_makes_it_certain(account: BankAccount, order: PaymentOrder) -> None:
    tell(order, OrderState.PAID)
    entry = entry_of(order)
    line = line_of(account, MONDAY)

    match(account)

    assert (entry_of(order), said(entry_of(order))) == (entry, (MONDAY, False))
    assert standing(account) == {(line.id, entry.id)}


def test_a_line_of_another_day_has_the_entry_written_again_on_it(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    """At the bank on 30/11, told as paid on 01/12, and then the line of 30/11 arrives."""
    monday.move_to("2026-11-30T16:00:00-03:00")
    order = at_bank(tenant)
    monday.move_to("2026-12-01T08:00:00-03:00")
    tell(order, OrderState.PAID)
    wrong = entry_of(order)
    assert said(wrong) == (date(2026, 12, 1), True)

    line = line_of(account, date(2026, 11, 30))
    match(account)

    right = entry_of(order)
    assert said(right) == (date(2026, 11, 30), False)
    assert right.replaces_id == wrong.id
    assert days_of(account) == {date(2026, 11, 30): Decimal("-150.00")}
    assert standing(account) == {(line.id, right.id)}
    assert timeline(order).count(REDATED) == 1
    *_, corrected = audit_of(tenant)
    assert (corrected.act, corrected.by, corrected.on_id) == (Act.ENTRY_REDATED, None, right.id)
    assert (corrected.before, corrected.after) == ({"Data": "01/12/2026"}, {"Data": "30/11/2026"})


def test_of_two_lines_the_one_of_the_day_that_the_bank_said_is_its_own(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    """The other one somebody made in the bank's app."""
    monday.shift(timedelta(days=2))
    tell(order, OrderState.PAID, day=TUESDAY)
    line_of(account, MONDAY)
    own = line_of(account, TUESDAY)

    match(account)

    assert said(entry_of(order)) == (TUESDAY, False)
    assert standing(account) == {(own.id, entry_of(order).id)}


def test_so_it_is_when_both_are_here_before_it_is_told(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    line_of(account, MONDAY)
    own = line_of(account, TUESDAY)
    monday.shift(timedelta(days=2))

    tell(order, OrderState.PAID, day=TUESDAY)

    assert standing(account) == {(own.id, entry_of(order).id)}


def test_matching_again_changes_nothing(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))
    tell(order, OrderState.PAID)
    line_of(account, MONDAY)
    match(account)
    before, told = standing(account), timeline(order)

    match(account)

    assert (standing(account), timeline(order)) == (before, told)
    with tenant_scope(tenant.id):
        assert JournalEntry.objects.of(tenant).count() == 3


# --- What a person did ---


def test_an_entry_that_a_person_reversed_is_not_written_again(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))
    tell(order, OrderState.PAID)
    reverse_entry(entry_of(order), by=None, date=TUESDAY, why="Engano")
    line_of(account, MONDAY)

    match(account)

    assert (standing(account), days_of(account)) == (set(), {})
    with tenant_scope(tenant.id):
        assert JournalEntry.objects.of(tenant).count() == 2


def test_its_line_does_not_pay_another_order(
    tenant: Tenant, account: BankAccount, order: PaymentOrder
) -> None:
    tell(order, OrderState.PAID)
    reverse_entry(entry_of(order), by=None, date=TUESDAY, why="Engano")
    twin = at_bank(tenant, left_list_at=timezone.now())
    line_of(account, MONDAY)

    match(account)

    assert reread(twin).status == OrderStatus.AT_BANK


def test_what_a_person_took_apart_is_not_joined_again(
    account: BankAccount, order: PaymentOrder, operator: User
) -> None:
    tell(order, OrderState.PAID)
    line_of(account, MONDAY)
    match(account)

    undo(account, operator)
    match(account)

    assert standing(account) == set()
    assert timeline(order).count(BANK_LINE_UNDONE) == 1

    right = line_of(account, TUESDAY)
    match(account)
    assert standing(account) == {(right.id, entry_of(order).id)}


def test_nor_when_its_entry_was_moved_to_another_leaf(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, operator: User, admin: User
) -> None:
    tell(order, OrderState.PAID)
    line_of(account, MONDAY)
    match(account)
    undo(account, operator)

    move_leaf(account, Entries.MOVE, admin)
    match(account)

    assert standing(account) == set()


def move_leaf(account: BankAccount, entries: Entries, by: User) -> None:
    new = account_of(account.tenant, "1.1.1.01")
    with tenant_scope(account.tenant_id):
        tie_account(account, new, entries=entries, seen=account.ledger_account_id, by=by)


def test_an_entry_that_was_moved_to_another_leaf_has_its_line_there(
    account: BankAccount, order: PaymentOrder, admin: User, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))
    tell(order, OrderState.PAID)
    move_leaf(account, Entries.MOVE, admin)
    line = line_of(account, MONDAY)

    match(account)

    assert said(entry_of(order)) == (MONDAY, False)
    assert standing(account) == {(line.id, entry_of(order).id)}


def test_a_line_whose_entry_stayed_on_a_former_leaf_pays_no_other_order(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, admin: User
) -> None:
    tell(order, OrderState.PAID)
    move_leaf(account, Entries.STAY, admin)
    twin = at_bank(tenant, left_list_at=timezone.now())
    line_of(account, MONDAY)

    match(account)

    assert (standing(account), reread(twin).status) == (set(), OrderStatus.AT_BANK)


def test_a_line_that_stands_for_something_else_pays_nothing(
    tenant: Tenant, account: BankAccount, order: PaymentOrder
) -> None:
    line = line_of(account, MONDAY)
    fee = make_entry(tenant, "1.00", credit=account.ledger_account.code)
    with tenant_scope(tenant.id):
        allocate(line, line_on(account, fee))
    change(order, left_list_at=timezone.now())

    match(account)

    assert reread(order).status == OrderStatus.AT_BANK


def test_where_the_books_refuse_the_other_day_a_person_is_told_once_and_it_is_tried_again(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=1))
    tell(order, OrderState.PAID)
    with tenant_scope(tenant.id):
        expense = Account.objects.of(tenant).get(id=order.payable.expense_account_id)
    change(expense, archived_at=timezone.now())  # its balance was moved, as archiving asks
    line = line_of(account, MONDAY)

    match(account)
    match(account)

    assert (standing(account), reread(order).needs_person) == (set(), True)
    assert timeline(order).count(NEEDS_CHECKING) == 1

    change(expense, archived_at=None)
    match(account)
    assert standing(account) == {(line.id, entry_of(order).id)}
    assert not reread(order).needs_person


# --- Money that comes back ---


def test_a_return_has_an_entry_of_its_own_day_and_both_have_their_lines(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    tell(order, OrderState.PAID)
    out = line_of(account, MONDAY)
    match(account)
    monday.shift(timedelta(days=2))
    tell(order, OrderState.RETURNED)
    assert said(entry_of(order, "return_entry")) == (WEDNESDAY, True)

    back = line_of(account, TUESDAY, "150.00", description="Devolução de TED")
    match(account)

    assert said(entry_of(order, "return_entry")) == (TUESDAY, False)
    assert days_of(account) == {MONDAY: Decimal("-150.00"), TUESDAY: Decimal("150.00")}
    assert standing(account) == {
        (out.id, entry_of(order).id),
        (back.id, entry_of(order, "return_entry").id),
    }


def test_a_return_whose_line_is_here_already_has_its_day(
    account: BankAccount, order: PaymentOrder, monday: time_machine.Traveller
) -> None:
    tell(order, OrderState.PAID)
    back = line_of(account, TUESDAY, "150.00", counterparty_document="", description="ESTORNO TED")
    monday.shift(timedelta(days=2))

    tell(order, OrderState.RETURNED)

    returned = entry_of(order, "return_entry")
    assert said(returned) == (TUESDAY, False)
    assert standing(account) == {(back.id, returned.id)}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "150.01"},
        {"day": date(2026, 11, 22)},
        {"counterparty_document": "52998224725"},
        {"counterparty_document": "", "description": "Recebimento"},
    ],
)
def test_another_credit_is_not_taken_for_the_return(
    account: BankAccount, order: PaymentOrder, changes: dict[str, Any]
) -> None:
    tell(order, OrderState.PAID)
    tell(order, OrderState.RETURNED)
    values = {"day": MONDAY, "amount": "150.00", "description": "Devolução"} | changes
    line_of(account, values.pop("day"), values.pop("amount"), **values)

    match(account)

    assert standing(account) == set()

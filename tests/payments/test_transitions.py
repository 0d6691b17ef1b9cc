"""Every move of an order is asked of ORDER_MOVES: what is not there is refused, and said so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.journal.entries import balances, reverse_entry
from accounts.models import JournalEntry
from banking.banks.contract.payments import OrderState
from banking.models import BankAccount
from core.errors import InvalidState
from payments.models import Payable, PaymentOrder
from payments.orders.settlement import News
from payments.orders.transitions import (
    apply_state,
    claim_queued,
    is_old_news,
    lock_order,
    move,
    requeue,
    write_status,
)
from payments.states import OLD_NEWS, ORDER_MOVES, OrderStatus, PayableStatus
from payments.timeline import NEEDS_CHECKING, RESULT_CONFIRMED
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.payments.factories import TODAY, bill_of, make_bank_account, make_order, make_payable
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def paid(tenant: Tenant, account: BankAccount) -> PaymentOrder:
    """A TED that the bank says it has paid, with its entry."""
    order = at_bank(tenant)
    tell(order, OrderState.PAID)
    found: PaymentOrder = reread(order)
    return found


def at_bank(tenant: Tenant, **more: object) -> PaymentOrder:
    payable = make_payable(tenant, "150.00", approved=True)
    return make_order(payable, OrderStatus.AT_BANK, first_sent_at=timezone.now(), **more)


def tell(order: PaymentOrder, state: OrderState) -> None:
    """The bank says so."""
    with tenant_scope(order.tenant_id):
        rows = PaymentOrder.objects.of(order.tenant_id).select_related("payable__payee")
        apply_state(rows.get(id=order.id), state, source="O banco informou.")


def is_asked_about(order: PaymentOrder) -> bool:
    return bool(reread(order).needs_person)


def entries(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return JournalEntry.objects.of(tenant).count()


def reverse_by_hand(order: PaymentOrder) -> None:
    """As on the page of the entry."""
    with tenant_scope(order.tenant_id):
        entry = JournalEntry.objects.of(order.tenant_id).get(id=order.entry_id)
        reverse_entry(entry, by=None, date=TODAY, why="Engano")


# --- The table ---


def test_news_are_either_a_move_or_old_or_a_contradiction_never_two_of_them() -> None:
    for status, older in OLD_NEWS.items():
        assert older.isdisjoint(ORDER_MOVES[status])


@pytest.mark.parametrize("start", OrderStatus)
def test_a_move_that_the_table_does_not_have_is_refused(
    tenant: Tenant, account: BankAccount, start: OrderStatus
) -> None:
    payable = make_payable(tenant, approved=True)
    order = make_order(payable)
    for end in OrderStatus:
        order.status = start
        with tenant_scope(tenant.id):
            if end not in ORDER_MOVES[start]:
                with pytest.raises(InvalidState) as error:
                    move(order, end, News("O banco informou."))
                assert error.value.code == "move_refused"
                with pytest.raises(InvalidState):
                    write_status(order, end)

    assert reread(order).status == OrderStatus.QUEUED


def test_of_many_only_those_move_that_may(tenant: Tenant, account: BankAccount) -> None:
    queued, at_the_bank = make_order(make_payable(tenant, approved=True)), at_bank(tenant)

    assert [order.id for order in claim_queued(account)] == [queued.id]

    assert reread(queued).status == OrderStatus.SENDING
    assert (reread(at_the_bank).status, reread(at_the_bank).claim) == (OrderStatus.AT_BANK, None)


def test_only_an_order_whose_answer_is_unknown_is_queued_again(
    tenant: Tenant, account: BankAccount
) -> None:
    order = at_bank(tenant)

    with tenant_scope(tenant.id), pytest.raises(InvalidState) as error:
        requeue(lock_order(order), "O banco não a tem.")

    assert error.value.code == "move_refused"
    assert reread(order).status == OrderStatus.AT_BANK


# --- What the bank says ---


@pytest.mark.parametrize(
    "state", [OrderState.AWAITING_APPROVAL, OrderState.SCHEDULED, OrderState.PAID]
)
def test_a_poll_that_arrives_late_changes_nothing_and_asks_nobody(
    tenant: Tenant, paid: PaymentOrder, state: OrderState
) -> None:
    tell(paid, state)

    assert (reread(paid).status, is_asked_about(paid)) == (OrderStatus.PAID, False)
    assert entries(tenant) == 1


@pytest.mark.parametrize("state", [OrderState.REJECTED, OrderState.CANCELLED])
def test_a_bank_that_takes_back_its_word_has_a_person_look_once(
    tenant: Tenant, paid: PaymentOrder, state: OrderState
) -> None:
    tell(paid, state)
    tell(paid, state)

    assert (reread(paid).status, is_asked_about(paid)) == (OrderStatus.PAID, True)
    assert bill_of(paid).status == PayableStatus.PAID
    assert timeline(paid).count(NEEDS_CHECKING) == 1


def test_so_has_one_that_paid_what_was_given_back(tenant: Tenant, account: BankAccount) -> None:
    order = at_bank(tenant)
    tell(order, OrderState.REJECTED)

    tell(order, OrderState.PAID)

    assert (reread(order).status, is_asked_about(order)) == (OrderStatus.REJECTED, True)
    assert (bill_of(order).status, entries(tenant)) == (PayableStatus.PENDING, 0)


def test_a_poll_that_read_the_order_before_somebody_else_moved_it_is_old_news(
    tenant: Tenant, account: BankAccount
) -> None:
    order = at_bank(tenant)
    stale = reread(order)
    tell(order, OrderState.PAID)

    with tenant_scope(tenant.id):
        apply_state(stale, OrderState.PAID, source="O banco informou.")

    assert not is_asked_about(order)
    assert entries(tenant) == 1
    assert is_old_news(reread(order), OrderStatus.PAID)


# --- What a person says ---


def answer(client: Client, order: PaymentOrder, ended: str) -> list[str]:
    """The levels of what the page says then."""
    address = reverse("payments:settle", args=[order.payable_id])
    here = f"http://testserver{address}"
    page = client.post(address, {"ended": ended}, follow=True, HTTP_REFERER=here)
    return [message.level_tag for message in page.context["messages"]]


@pytest.fixture
def stuck(tenant: Tenant, paid: PaymentOrder) -> PaymentOrder:
    """Its entry was reversed by hand, and then the TED came back: the books refuse a second one."""
    reverse_by_hand(paid)
    tell(paid, OrderState.RETURNED)
    assert (reread(paid).status, is_asked_about(paid)) == (OrderStatus.PAID, True)
    return paid


def test_one_that_came_back_is_returned_without_a_second_entry(
    as_approver: Client, tenant: Tenant, account: BankAccount, stuck: PaymentOrder
) -> None:
    assert answer(as_approver, stuck, "returned") == ["success"]

    after = reread(stuck)
    assert (after.status, after.needs_person) == (OrderStatus.RETURNED, False)
    assert (bill_of(stuck).status, bill_of(stuck).hold) == (
        PayableStatus.PENDING, Payable.Hold.RETURNED,
    )  # fmt: skip
    assert entries(tenant) == 2
    with tenant_scope(tenant.id):
        leaf = account.ledger_account
        assert balances(tenant, [leaf])[leaf.id] == 0


def test_one_that_stays_paid_is_asked_about_no_more(
    as_approver: Client, tenant: Tenant, stuck: PaymentOrder
) -> None:
    assert answer(as_approver, stuck, "paid") == ["success"]

    assert (reread(stuck).status, is_asked_about(stuck)) == (OrderStatus.PAID, False)
    assert (bill_of(stuck).status, entries(tenant)) == (PayableStatus.PAID, 2)
    assert RESULT_CONFIRMED in timeline(stuck)
    assert reread(stuck).watch_until is None  # it would be asked about at the next poll again


def test_one_that_came_back_while_its_entry_stands_is_written_back(
    as_approver: Client, tenant: Tenant, paid: PaymentOrder
) -> None:
    tell(paid, OrderState.CANCELLED)

    assert answer(as_approver, paid, "returned") == ["success"]

    assert reread(paid).status == OrderStatus.RETURNED
    assert entries(tenant) == 2


def test_the_answers_of_an_open_order_are_no_answers_for_a_paid_one(
    as_approver: Client, stuck: PaymentOrder
) -> None:
    page = as_approver.post(
        reverse("payments:settle", args=[stuck.payable_id]), {"ended": "not_paid"}
    )

    assert page.context["form"].has_error("ended", "invalid_choice")
    assert reread(stuck).status == OrderStatus.PAID


def test_one_that_ended_unpaid_and_was_paid_after_all_is_not_said_to_be_done(
    as_approver: Client, tenant: Tenant, account: BankAccount
) -> None:
    order = at_bank(tenant)
    tell(order, OrderState.REJECTED)
    tell(order, OrderState.PAID)

    assert answer(as_approver, order, "paid")[-1] == "error"
    assert (reread(order).status, is_asked_about(order)) == (OrderStatus.REJECTED, True)

    assert answer(as_approver, order, "not_paid") == ["success"]
    assert (reread(order).status, is_asked_about(order)) == (OrderStatus.REJECTED, False)


# --- How it is shown ---


def test_a_paid_order_that_requires_a_look_has_a_label_and_a_filter_of_its_own(
    as_approver: Client, tenant: Tenant, stuck: PaymentOrder
) -> None:
    make_payable(tenant)

    page = as_approver.get(reverse("payments:list"), {"situacao": "conferir", "periodo": "todas"})

    (row,) = page.context["rows"]
    assert (row.payable.id, row.situation.code, row.situation.tone) == (
        stuck.payable_id, "paid_needs_a_person", "bad",
    )  # fmt: skip
    assert row.can_settle


def test_so_has_one_that_ended_and_requires_a_look(
    as_approver: Client, tenant: Tenant, account: BankAccount
) -> None:
    order = at_bank(tenant)
    tell(order, OrderState.REJECTED)
    tell(order, OrderState.PAID)

    page = as_approver.get(reverse("payments:detail", args=[order.payable_id]))

    assert page.context["row"].situation.code == "ended_needs_a_person"


def test_a_paid_bill_says_that_its_day_is_provisional(
    as_approver: Client, paid: PaymentOrder
) -> None:
    page = as_approver.get(reverse("payments:detail", args=[paid.payable_id]))
    provisional = page.context["row"].situation.detail
    with tenant_scope(paid.tenant_id):
        JournalEntry.objects.filter(id=paid.entry_id).update(is_provisional=False)

    page = as_approver.get(reverse("payments:detail", args=[paid.payable_id]))

    assert page.context["row"].situation.detail != provisional


def test_a_return_that_the_books_refused_is_tried_again_at_the_next_poll(
    tenant: Tenant, paid: PaymentOrder
) -> None:
    with tenant_scope(tenant.id):
        expense = paid.payable.expense_account
    change(expense, archived_at=timezone.now() - timedelta(hours=1))
    tell(paid, OrderState.RETURNED)
    assert (reread(paid).status, is_asked_about(paid)) == (OrderStatus.PAID, True)

    change(expense, archived_at=None)
    tell(paid, OrderState.RETURNED)

    assert (reread(paid).status, is_asked_about(paid)) == (OrderStatus.RETURNED, False)

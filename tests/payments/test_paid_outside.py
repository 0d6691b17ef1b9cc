"""«Registrar como paga fora»: on record, in the books, and undone with all that follows."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.journal.entries import reverse_entry
from accounts.models import Account, JournalEntry
from audit.acts import Act
from banking.models import BankAccount
from core.errors import Changed
from payments.bills.approval import approve_payable
from payments.bills.warnings import warnings_of
from payments.models import OutsidePayment, Payable, PayableEvent
from payments.states import OrderStatus, PayableStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.payments.factories import (
    PIX_KEY,
    TODAY,
    approve,
    make_bank_account,
    make_order,
    make_payable,
    member_of,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def cash(tenant: Tenant) -> Account:
    with tenant_scope(tenant.id):
        found: Account = Account.objects.of(tenant).get(code="1.1.1.01")
        return found


def address(bill: Payable, name: str = "pay_outside") -> str:
    return reverse(f"payments:{name}", args=[bill.id])


def pay(client: Client, bill: Payable, source: Any, **changes: str) -> Any:
    form = {
        "paid_on": f"{YESTERDAY:%d/%m/%Y}",
        "source": str(source if isinstance(source, str) else source.id),
        "amount": "150,00",
        "shown": shown(bill) if reread(bill).is_pending else "",
    }
    return client.post(address(bill), form | changes)


def undo(client: Client, bill: Payable, why: str = "Não foi paga") -> Any:
    return client.post(address(bill, "undo_outside"), {"why": why})


def entries(tenant: Tenant) -> list[JournalEntry]:
    with tenant_scope(tenant.id):
        return list(JournalEntry.objects.of(tenant).prefetch_related("lines").order_by("id"))


def lines(entry: JournalEntry) -> dict[Any, str]:
    return {line.account_id: str(line.amount) for line in entry.lines.all()}


@pytest.mark.parametrize("from_cash", [False, True])
def test_an_approved_bill_is_paid_and_in_the_books(
    as_operator: Client, operator: User, tenant: Tenant, account: BankAccount, from_cash: bool
) -> None:
    bill = make_payable(tenant, destination=PIX_KEY, approved=True)
    source = cash(tenant) if from_cash else account
    leaf = source.id if from_cash else account.ledger_account_id

    answer = pay(as_operator, bill, source, amount="151,50")

    assert answer.url == reverse("payments:detail", args=[bill.id])
    assert reread(bill).status == PayableStatus.PAID
    (entry,) = entries(tenant)
    assert (entry.date, entry.is_provisional, entry.created_by) == (YESTERDAY, False, operator)
    assert lines(entry) == {bill.expense_account_id: "151.50", leaf: "-151.50"}
    (record,) = audit_of(tenant, Act.PAID_OUTSIDE)
    assert (record.act, record.by, record.on_id) == (Act.PAID_OUTSIDE, operator, bill.id)
    with tenant_scope(tenant.id):
        last = PayableEvent.objects.of(tenant).filter(payable=bill).latest("at")
    assert last.by == operator and "151,50" in last.text


def test_the_page_of_the_bill_says_so(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)
    page = reverse("payments:detail", args=[bill.id])
    assert address(bill) in as_operator.get(page).content.decode()
    pay(as_operator, bill, account)

    seen = as_operator.get(page)

    assert seen.context["row"].situation.code == "paid_outside"
    assert address(bill, "undo_outside") in seen.content.decode()
    assert address(bill) not in seen.content.decode().replace(address(bill, "undo_outside"), "")


def test_one_that_waits_is_approved_by_an_approver_who_says_so(
    as_approver: Client, approver: User, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant)

    pay(as_approver, bill, account)

    paid = reread(bill)
    assert paid.status == PayableStatus.PAID
    with tenant_scope(tenant.id):
        assert paid.approved_by == approver


@pytest.mark.parametrize("who", ["operator", "author"])
def test_one_that_waits_is_not_paid_by_others(
    client: Client, tenant: Tenant, account: BankAccount, operator: User, who: str
) -> None:
    author = make_member(tenant, Role.ADMIN)
    bill = make_payable(tenant, by=author)
    sign_in(client, operator if who == "operator" else author, tenant)

    pay(client, bill, account)

    assert reread(bill).is_pending and entries(tenant) == []


def test_one_that_needs_another_person_is_not_paid(
    as_approver: Client, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant)
    change(bill, approvals_needed=2)

    pay(as_approver, bill, account)

    assert reread(bill).is_pending and entries(tenant) == []


def test_one_that_changed_since_is_not_paid(
    as_approver: Client, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant)
    seen = shown(bill)
    change(bill, amount="9000.00")

    pay(as_approver, bill, account, shown=seen)

    assert reread(bill).is_pending and entries(tenant) == []


@pytest.mark.parametrize(
    "status",
    [OrderStatus.QUEUED, OrderStatus.UNKNOWN, OrderStatus.AT_BANK, OrderStatus.PAID],
)
def test_what_a_bank_may_be_paying_is_not_paid_outside(
    as_operator: Client, tenant: Tenant, account: BankAccount, status: str
) -> None:
    bill = make_payable(tenant, approved=True)
    make_order(bill, OrderStatus(status))

    pay(as_operator, bill, account)

    assert reread(bill).status == PayableStatus.SENT and entries(tenant) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"paid_on": f"{TODAY + timedelta(days=1):%d/%m/%Y}"},
        {"amount": "0,00"},
        {"amount": "-1,00"},
        {"source": str(uuid4())},
        {"source": ""},
        {"paid_on": ""},
    ],
)
def test_what_cannot_be_is_not_written(
    as_operator: Client, tenant: Tenant, account: BankAccount, changes: dict[str, str]
) -> None:
    bill, changes = make_payable(tenant, approved=True), dict(changes)

    source = changes.pop("source", account)
    answer = pay(as_operator, bill, source, **changes)

    assert answer.status_code == 422
    assert reread(bill).status == PayableStatus.APPROVED and entries(tenant) == []


def test_it_is_paid_once(as_operator: Client, tenant: Tenant, account: BankAccount) -> None:
    bill = make_payable(tenant, approved=True)

    pay(as_operator, bill, account)
    pay(as_operator, bill, account)

    assert len(entries(tenant)) == 1


def test_undone_the_entry_is_reversed_on_its_day_and_the_bill_waits_again(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)
    pay(as_operator, bill, account)

    asked = as_operator.get(address(bill, "undo_outside"))
    undo(as_operator, bill)

    assert asked.status_code == 200 and "150,00" in asked.content.decode()
    again = reread(bill)
    assert (again.status, again.approval_id, again.approval_round) == ("pending", None, 2)
    entry, reversal = entries(tenant)
    assert (reversal.reverses_id, reversal.date) == (entry.id, entry.date)
    told = audit_of(tenant, Act.PAID_OUTSIDE, Act.PAID_OUTSIDE_UNDONE)
    assert [r.act for r in told] == [Act.PAID_OUTSIDE, Act.PAID_OUTSIDE_UNDONE]
    approve(again)
    pay(as_operator, again, account)
    assert reread(bill).status == PayableStatus.PAID


def test_undone_it_is_another_bill_to_approve_than_before(
    as_operator: Client, tenant: Tenant, account: BankAccount, approver: User
) -> None:
    """Who undoes it alone does not have it paid by an approver's older page, or in bulk."""
    bill = make_payable(tenant)
    old_tab = shown(bill)
    pay(as_operator, approve(bill), account)
    undo(as_operator, bill)

    with tenant_scope(tenant.id):
        with pytest.raises(Changed):
            approve_payable(bill, by=member_of(tenant, approver), shown=old_tab)
        again = Payable.objects.of(tenant).with_details().with_cautions().get(id=bill.id)
        codes = {caution.code for caution in warnings_of(again)}
    assert "paid_outside_before" in codes
    assert reread(bill).is_pending


def test_undone_where_a_person_has_reversed_the_entry_nothing_more_is_written(
    as_operator: Client, operator: User, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)
    pay(as_operator, bill, account)
    (entry,) = entries(tenant)
    reverse_entry(entry, by=operator, date=TODAY, why="Engano")

    undo(as_operator, bill)

    assert len(entries(tenant)) == 2
    assert reread(bill).is_pending


def test_undoing_says_why(as_operator: Client, tenant: Tenant, account: BankAccount) -> None:
    bill = make_payable(tenant, approved=True)
    pay(as_operator, bill, account)

    assert undo(as_operator, bill, why="").status_code == 422
    assert reread(bill).status == PayableStatus.PAID


def test_a_reader_may_not(
    client: Client, reader: User, tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)
    sign_in(client, reader, tenant)

    assert pay(client, bill, account).status_code == 403
    assert undo(client, bill).status_code == 403


def test_another_companys_account_is_no_choice(
    as_operator: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    bill = make_payable(tenant, approved=True)

    for source in (make_bank_account(other_tenant), cash(other_tenant)):
        assert pay(as_operator, bill, source).status_code == 422


# --- The database -----------------------------------------------------------------------------


def run(tenant: Tenant, statement: str, *values: object) -> None:
    """As the application's role, to the end of the transaction."""
    with tenant_scope(tenant.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nothing_makes_a_bill_paid_that_no_bank_and_nobody_paid(tenant: Tenant) -> None:
    bill = make_payable(tenant, approved=True)

    with pytest.raises(DatabaseError, match="is not paid so"):
        run(tenant, "UPDATE payments_payable SET status = 'paid' WHERE id = %s", bill.id)

    assert reread(bill).status == PayableStatus.APPROVED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_outsidepayment SET amount = 1 WHERE payable_id = %s",
        "UPDATE payments_outsidepayment SET paid_on = paid_on - 1 WHERE payable_id = %s",
        "UPDATE payments_outsidepayment SET undone_at = now() WHERE payable_id = %s",
        "DELETE FROM payments_outsidepayment WHERE payable_id = %s",
    ],
)
def test_what_was_said_is_not_rewritten(
    as_operator: Client, tenant: Tenant, account: BankAccount, statement: str
) -> None:
    bill = make_payable(tenant, approved=True)
    pay(as_operator, bill, account)

    with pytest.raises(DatabaseError):
        run(tenant, statement, bill.id)

    with tenant_scope(tenant.id):
        (payment,) = OutsidePayment.objects.of(tenant)
        assert (str(payment.amount), payment.paid_on, payment.undone_at) == (
            "150.00", date(2026, 11, 22), None,
        )  # fmt: skip

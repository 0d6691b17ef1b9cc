"""What is told at once: a run of 07:00 that did not happen or was cut, orders that need a look."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount
from payments import tasks
from payments.dispatch.late_runs import waiting_since
from payments.dispatch.run import dispatch_account
from payments.dispatch.run_notices import notify_of_runs
from payments.models import DispatchRun, PaymentOrder
from payments.orders.review_notices import notify_of_reviews
from payments.states import OrderStatus
from tenants import notices
from tenants.models import Notice, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import sign_in
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    PIX_KEY,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
)

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("payments:list")


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY - timedelta(days=30))


def bill(account: BankAccount, amount: str = "150.00", **more: object) -> None:
    make_payable(account.tenant, amount, approved=True, bank_account=account, **more)


def run_at(account: BankAccount, moment: str) -> None:
    assert dispatch_account(account.tenant_id, account.id, now=at(moment)) is not None


def orders(tenant: Tenant) -> list[PaymentOrder]:
    with tenant_scope(tenant.id):
        return list(PaymentOrder.objects.of(tenant).order_by("id"))


def told(tenant: Tenant) -> list[tuple[str, bool]]:
    """What, and whether it is still shown; the same to several people counts once."""
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant)
        return sorted({(n.subject.partition(":")[0], n.closed_at is None) for n in rows})


def people(tenant: Tenant, subject: str) -> set[int]:
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).filter(subject__startswith=subject)
        assert rows.count() == len({row.user_id for row in rows})
        return {row.user_id for row in rows}


# --- The run of 07:00 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_told"),
    [("23 06:59", False), ("23 07:14", False), ("23 07:15", True), ("23 23:00", True)],
)
def test_a_run_that_did_not_happen_is_told_a_while_after_seven(
    tenant: Tenant, account: BankAccount, moment: str, is_told: bool
) -> None:
    bill(account)

    notify_of_runs(at(moment))

    assert told(tenant) == ([("run-missing", True)] if is_told else [])


def test_it_is_told_to_those_who_can_send_once_by_two_workers(
    tenant: Tenant,
    account: BankAccount,
    admin: User,
    operator: User,
    approver: User,
    reader: User,
) -> None:
    bill(account)

    at_once(lambda: notify_of_runs(at("23 07:15")), people=4)
    notify_of_runs(at("23 07:16"))

    ours = people(tenant, "run-missing")
    assert {admin.id, operator.id} <= ours
    assert ours.isdisjoint({approver.id, reader.id})


def test_it_is_taken_back_when_the_run_happens_after_all(
    tenant: Tenant, account: BankAccount
) -> None:
    bill(account)
    notify_of_runs(at("23 07:15"))

    run_at(account, "23 07:20")
    notify_of_runs(at("23 07:21"))

    assert told(tenant) == [("run-missing", False)]


@pytest.mark.parametrize("reason", ["no_bill", "another_day", "modo_off", "undone"])
def test_a_run_that_was_not_due_is_not_missed(
    tenant: Tenant, account: BankAccount, reason: str
) -> None:
    if reason == "another_day":
        bill(account, due_date=TODAY + timedelta(days=1))
    elif reason != "no_bill":
        bill(account)
    if reason == "modo_off":
        change(account, modo_banking_from=None)
    if reason == "undone":
        change(account.connection, status="undone")

    notify_of_runs(at("23 09:00"))

    assert told(tenant) == []


def test_a_run_that_a_lost_connection_kept_from_happening_is_told(
    tenant: Tenant, account: BankAccount
) -> None:
    bill(account)
    change(account.connection, status="lost")

    notify_of_runs(at("23 07:15"))

    assert told(tenant) == [("run-missing", True)]


def test_orders_of_a_run_that_stay_in_the_queue_are_told_and_taken_back_when_they_leave(
    tenant: Tenant, account: BankAccount
) -> None:
    bill(account)
    bill(account, "200.00")
    run_at(account, "23 07:00")
    one, other = orders(tenant)
    change(one, status=OrderStatus.SENDING)
    change(one, status=OrderStatus.AT_BANK)
    notify_of_runs(at("23 07:14"))
    assert told(tenant) == []

    notify_of_runs(at("23 07:15"))
    notify_of_runs(at("23 07:16"))
    assert told(tenant) == [("run-cut", True)]

    change(other, status=OrderStatus.SENDING)
    notify_of_runs(at("23 07:17"))
    assert told(tenant) == [("run-cut", False)]


def test_what_was_given_up_stays_told(tenant: Tenant, account: BankAccount) -> None:
    bill(account)
    run_at(account, "23 07:00")
    change(orders(tenant)[0], status=OrderStatus.CANCELLED)

    for moment in ("23 20:01", "23 20:02"):
        notify_of_runs(at(moment))

    assert told(tenant) == [("run-cut", True)]


def test_the_notice_leads_to_the_run(tenant: Tenant, account: BankAccount, operator: User) -> None:
    bill(account)
    run_at(account, "23 07:00")
    notify_of_runs(at("23 07:15"))
    with tenant_scope(tenant.id):
        run = DispatchRun.objects.of(tenant).get()
        (mine,) = Notice.objects.of(tenant).filter(user=operator)

    assert mine.url == reverse("payments:run", args=[run.id])
    assert mine.until == at("24 07:00")


@pytest.mark.parametrize(
    ("way", "since"),
    [([], "23 07:00"), (["run"], None), (["run", "sent"], None)],
)
def test_since_when_an_approved_bill_waits(
    tenant: Tenant, account: BankAccount, way: list[str], since: str | None
) -> None:
    bill(account)
    if "run" in way:
        run_at(account, "23 07:00")
        (order,) = orders(tenant)
        assert waiting_since(at("23 07:05")) == reread(order).created_at
    if "sent" in way or since is None:
        change(orders(tenant)[0], status=OrderStatus.SENDING)

    assert waiting_since(at("23 06:00")) is None
    assert waiting_since(at("23 07:05")) == (at(since) if since else None)


# --- Orders that require a look ---------------------------------------------------------------


def in_doubt(tenant: Tenant, amount: str = "150.00", **changes: object) -> PaymentOrder:
    payable = make_payable(tenant, amount, approved=True)
    return make_order(payable, OrderStatus.UNKNOWN, **{"needs_person": True, **changes})


@pytest.fixture
def preferred(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def test_an_order_that_requires_a_look_is_told_by_email_to_those_who_can_settle_it(
    tenant: Tenant,
    preferred: BankAccount,
    admin: User,
    operator: User,
    approver: User,
    reader: User,
) -> None:
    order = in_doubt(tenant)

    tasks.tell_of_trouble()
    notices.send_waiting(timezone.now())

    ours = people(tenant, "review")
    assert {admin.id, approver.id} <= ours
    assert ours.isdisjoint({operator.id, reader.id})
    (mine,) = [m for m in mail.outbox if m.to == [approver.email]]
    assert reverse("payments:detail", args=[order.payable_id]) in mine.body


def test_those_of_one_moment_are_one_notice(
    tenant: Tenant, preferred: BankAccount, approver: User
) -> None:
    for n in range(1, 6):
        in_doubt(tenant, f"{n}.00")

    at_once(notify_of_reviews, people=4)
    notify_of_reviews()

    with tenant_scope(tenant.id):
        (mine,) = Notice.objects.of(tenant).filter(user=approver)
    assert mine.url == LIST
    assert mine.title.startswith("5 ")


def test_one_that_comes_later_is_told_by_itself(
    tenant: Tenant, preferred: BankAccount, approver: User
) -> None:
    for _ in range(2):
        in_doubt(tenant)
        notify_of_reviews()

    with tenant_scope(tenant.id):
        assert Notice.objects.of(tenant).filter(user=approver, closed_at=None).count() == 2


def test_a_notice_is_taken_back_when_its_last_order_is_settled(
    tenant: Tenant, preferred: BankAccount
) -> None:
    one, other = in_doubt(tenant), in_doubt(tenant, "200.00")
    notify_of_reviews()

    change(one, needs_person=False)
    notify_of_reviews()
    assert told(tenant) == [("review", True)]
    change(other, needs_person=False)
    notify_of_reviews()

    assert told(tenant) == [("review", False)]


def test_an_order_that_requires_a_look_once_more_is_told_once_more(
    tenant: Tenant, preferred: BankAccount, approver: User
) -> None:
    order = in_doubt(tenant)
    for needs_person in (True, False, True):
        change(order, needs_person=needs_person)
        notify_of_reviews()

    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).filter(user=approver)
        assert sorted(notice.closed_at is None for notice in rows) == [False, True]


def test_it_is_shown_where_people_work_on_payments(
    client, tenant: Tenant, preferred: BankAccount, approver: User
) -> None:
    in_doubt(tenant)
    notify_of_reviews()
    with tenant_scope(tenant.id):
        (mine,) = Notice.objects.of(tenant).filter(user=approver)
    sign_in(client, approver, tenant)

    assert str(mine.id) in client.get(LIST).content.decode()


def test_another_company_is_told_nothing(
    tenant: Tenant, preferred: BankAccount, other_tenant: Tenant, outsider: User
) -> None:
    in_doubt(tenant)
    bill(preferred, destination=PIX_KEY)
    change(preferred, modo_banking_from=TODAY)

    notify_of_reviews()
    notify_of_runs(at("23 09:00"))

    assert told(other_tenant) == []
